// The mounts of this machine, as /proc/self/mountinfo lists them.

/** One mount point. */
export interface HostMount {
  readonly path: string
  /** Per-mount options, e.g. `rw`, `nosuid`. */
  readonly options: readonly string[]
}

/** Parses mountinfo. Of mounts on top of each other only the uppermost is there. */
export function parseMountTable(text: string): HostMount[] {
  const mounts = new Map<string, HostMount>()
  for (const line of text.split('\n')) {
    const [, , , , path, options] = line.split(' ')
    if (path === undefined || options === undefined) continue
    const plain = path.replace(/\\([0-7]{3})/g, (_whole, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    )
    mounts.set(plain, { path: plain, options: options.split(',') })
  }
  return [...mounts.values()]
}

// What an ordinary user may not take away when binding a mount again.
const sticky = ['nosuid', 'nodev', 'noexec']

/** Options that a new mount of `path` has to keep. */
export function stickyOptions(path: string, mounts: readonly HostMount[]): string[] {
  const holder = mounts
    .filter((mount) => isWithin(path, mount.path))
    .reduce<HostMount | undefined>((best, one) => (best && best.path.length > one.path.length ? best : one), undefined)
  return sticky.filter((option) => holder?.options.includes(option))
}

/** Whether `path` is `directory` or lies in it. Both absolute and normal. */
export function isWithin(path: string, directory: string): boolean {
  return path === directory || directory === '/' || path.startsWith(`${directory}/`)
}
