// How containers are kept apart on this machine: namespaces where the kernel gives them to us, path mapping elsewhere.
import { access } from 'node:fs/promises'
import { join } from 'node:path'

/** Programs of util-linux that build a container's file system, as absolute paths. */
export interface Tools {
  readonly unshare: string
  readonly mount: string
  readonly umount: string
  readonly pivotRoot: string
  readonly setpriv: string
  readonly env: string
}

export type Isolation =
  /** Mount and PID namespaces; `privileged` when the node is root, else inside of a user namespace. */
  | { readonly kind: 'namespaces'; readonly privileged: boolean; readonly tools: Tools }
  /** Processes of the machine as any others; paths are rewritten. */
  | { readonly kind: 'mapping' }

const places = ['/usr/bin', '/bin', '/usr/sbin', '/sbin']

/** Finds the programs; a text names the one that is missing. */
export async function findTools(): Promise<Tools | string> {
  const found = new Map<string, string>()
  for (const name of ['unshare', 'mount', 'umount', 'pivot_root', 'setpriv', 'env', 'sh']) {
    for (const file of places.map((place) => join(place, name))) {
      if (!found.has(name) && (await exists(file))) found.set(name, file)
    }
    if (!found.has(name)) return `${name} is not installed`
  }
  const at = (name: string) => found.get(name) ?? name
  return {
    unshare: at('unshare'),
    mount: at('mount'),
    umount: at('umount'),
    pivotRoot: at('pivot_root'),
    setpriv: at('setpriv'),
    env: at('env'),
  }
}

const exists = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  )
