// Which files are censored: globs over their paths.

/**
 * A glob matches the whole path of a file: a folder in front with two stars stands for any number of folders, also
 * none; a star for anything but a slash; the rest for itself.
 */
export function globMatches(glob: string, path: string): boolean {
  const pattern = glob
    .split(/(\*\*\/|\*+)/)
    .map((part) => {
      if (part === '**/') return '(?:[^/]*/)*'
      if (part.startsWith('*')) return '[^/]*'
      return part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&')
    })
    .join('')
  return new RegExp(`^${pattern}$`, 's').test(path)
}

/** Exclusion goes first; without inclusions everything is included. */
export function isCensored(path: string, include: readonly string[] = [], exclude: readonly string[] = []): boolean {
  if (exclude.some((glob) => globMatches(glob, path))) return false
  return include.length === 0 || include.some((glob) => globMatches(glob, path))
}
