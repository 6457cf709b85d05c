// Globs of config_updater.maps, as upstream's library reads them: which paths of a repository they mean.
import { posix } from 'node:path'
import { compileRe2, quoteRe2 } from '../../config/re2.ts'

/**
 * Whether a glob means a path. Without a star it is that path and nothing else. Otherwise `**` before a slash is any number of folders,
 * other stars are any characters but slashes, `{a,b}` is one of these texts, and everything else is itself. Upstream also puts
 * environment variables and the home folder in; here `$NAME` and `~` are themselves.
 */
export function globOf(glob: string): (path: string) => boolean {
  if (!glob.includes('*')) return (path) => path === glob
  const clean = posix.normalize(glob).replace(/\/$/, '')
  const pattern = compileRe2(`^${expression(clean)}$`)
  const longerThan = Buffer.byteLength(fixedRoot(clean))
  return (path) => Buffer.byteLength(path) > longerThan && pattern.test(path)
}

/** The folders before the first star. Upstream's library finds only what is longer, braces included; at the top that is more than one byte. */
function fixedRoot(glob: string): string {
  const parts = glob.split('/')
  const fixed = parts.slice(
    0,
    parts.findIndex((part) => part.includes('*')),
  )
  return fixed.join('/') || '.'
}

function expression(glob: string): string {
  return glob.replace(/\*\*\/|\*|\{([^}]+)\}|[^*{]+|\{/g, (part, choices?: string) => {
    if (part === '**/') return '(?:.*/)?'
    if (part === '*') return '[^/]*'
    return choices === undefined ? quoteRe2(part) : `(?:${choices.split(',').map(quoteRe2).join('|')})`
  })
}
