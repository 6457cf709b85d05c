// .prowignore: which job files are left out, by gitignore's rules.
import { compileRe2, type Pattern, quoteRe2 } from './re2.ts'

/** The patterns of one .prowignore file, last first. */
export interface Ignore {
  /** True: ignored; false: explicitly not; undefined: this file says nothing. Paths are relative to its folder. */
  says(path: string, isFolder: boolean): boolean | undefined
}

/** Reads a .prowignore file; lines that are no pattern are skipped. */
export function parseIgnore(text: string): Ignore {
  const rules = text
    .split('\n')
    .map((line) => line.replace(/\r$/, ''))
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .flatMap(ruleOf)
    .reverse()
  return {
    says: (path, isFolder) => {
      const rule = rules.find(({ onlyFolders, pattern }) => (isFolder || !onlyFolders) && pattern.test(path))
      return rule?.ignores
    },
  }
}

interface Rule {
  readonly ignores: boolean
  readonly onlyFolders: boolean
  readonly pattern: Pattern
}

function ruleOf(line: string): Rule[] {
  const ignores = !line.startsWith('!')
  const text = (ignores ? line : line.slice(1)).trimEnd()
  const onlyFolders = text.endsWith('/')
  const path = onlyFolders ? text.slice(0, -1) : text
  const glob = path.startsWith('/') ? path.slice(1) : path
  if (glob === '') return []
  const anywhere = !path.includes('/')
  try {
    return [{ ignores, onlyFolders, pattern: compileRe2(`^${anywhere ? '(?:.*/)?' : ''}${globPattern(glob)}$`) }]
  } catch {
    return []
  }
}

/** A shell glob as a pattern: `*` and `?` stay inside one path segment, `**` crosses them. */
function globPattern(glob: string): string {
  return glob.replace(/\*\*\/|\/\*\*$|\*\*|\*|\?|\[!?[^\]]+\]|\\.|[^*?[\\]+|./g, (part) => {
    if (part === '**/') return '(?:.*/)?'
    if (part === '/**') return '/.*'
    if (part === '**') return '.*'
    if (part === '*') return '[^/]*'
    if (part === '?') return '[^/]'
    if (part.startsWith('[') && part.endsWith(']') && part.length > 2) return part.replace(/^\[!/, '[^')
    return quoteRe2(part.startsWith('\\') ? part.slice(1) : part)
  })
}
