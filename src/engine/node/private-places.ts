// Where the account that the node runs as keeps what opens other doors. Containers do not see these places.
import { statSync } from 'node:fs'
import { join } from 'node:path'

// Key rings, tokens and sockets of agents: nothing that a compiler or a test needs from a home directory.
const inHome = [
  ...[
    '.ssh',
    '.gnupg',
    '.kube',
    '.docker',
    '.aws',
    '.azure',
    '.oci',
    '.netrc',
    '.git-credentials',
    '.pypirc',
    '.npmrc',
  ],
  ...['.config/gcloud', '.config/gh', '.config/hub', '.config/containers', '.config/op', '.cargo/credentials.toml'],
  ...[
    '.local/share/keyrings',
    '.password-store',
    '.terraform.d/credentials.tfrc.json',
    '.bash_history',
    '.zsh_history',
  ],
]

/** @param home Of the account. */
export const privatePlaces = (home: string, uid: number | undefined): readonly string[] => [
  ...inHome.map((name) => join(home, name)),
  // Session bus, agents of SSH and GnuPG: whoever reaches these acts as the person who is logged in.
  ...(uid === undefined ? [] : [`/run/user/${uid}`]),
]

/** Those of the paths that exist now, with what they are; links are followed. */
export function presentOf(paths: readonly string[]): { readonly path: string; readonly kind: 'dir' | 'file' }[] {
  return paths.flatMap((path) => {
    try {
      return [{ path, kind: statSync(path).isDirectory() ? 'dir' : 'file' }]
    } catch {
      return [] // not there, or nothing that this account could reach
    }
  })
}
