// Hands a token to git without showing it: not in the URL (git writes that to the checkout's configuration, where the
// test can read it), and on no command line (other processes can read those).
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What git asks for at a host. */
export interface Credentials {
  readonly user: string
  readonly password: string
}

// git asks "Username for 'https://host': " and "Password for 'https://user@host': ". Whoever else asks, such as a
// submodule elsewhere, gets nothing. Submodules at the same host are answered too.
const script = `#!/bin/sh
case "$1" in
*"://$CLONEREFS_HOST'"* | *"@$CLONEREFS_HOST'"*) ;;
*) exit 1 ;;
esac
case "$1" in
Username*) printf '%s\\n' "$CLONEREFS_USER" ;;
Password*) printf '%s\\n' "$CLONEREFS_PASSWORD" ;;
esac
`

export interface Askpass {
  /** Variables for git; empty when the URI is not one that git asks a password for. */
  env(uri: string, credentials: Credentials): Readonly<Record<string, string>>
  close(): Promise<void>
}

/** @param folder Where the script may be written. */
export async function askpass(folder: string): Promise<Askpass> {
  const own = await mkdtemp(join(folder, 'askpass-'))
  const path = join(own, 'askpass')
  await writeFile(path, script, { mode: 0o700 })
  return {
    env(uri, { user, password }) {
      const url = httpUrl(uri)
      if (!url) return {}
      return { GIT_ASKPASS: path, CLONEREFS_HOST: url.host, CLONEREFS_USER: user, CLONEREFS_PASSWORD: password }
    },
    close: () => rm(own, { recursive: true, force: true }),
  }
}

/** The URI without user and password when it is one of HTTP; others are left alone. */
export function withoutUser(uri: string): string {
  const url = httpUrl(uri)
  if (!url?.username && !url?.password) return uri
  url.username = ''
  url.password = ''
  return url.href
}

function httpUrl(uri: string): URL | undefined {
  const url = URL.parse(uri)
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url : undefined
}
