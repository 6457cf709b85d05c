// Collects what is wrong with a configuration while it is read; places are looked up only for what is reported.
import { configErrors, cut, type Finding } from './errors.ts'
import type { ConfigProblem } from './types.ts'
import type { Path, YamlFile } from './yaml.ts'

/** Takes findings about values; paths are those of the file that is being read. */
export interface Report {
  error(path: Path, finding: Finding): void
  /** `key`: it is the last key of the path that the finding is about, not its value. */
  warn(path: Path, finding: Finding, about?: 'key'): void
}

/** Takes no notice of anything. */
export const silent: Report = { error: () => {}, warn: () => {} }

/** A file that can be read, and where findings about it go. */
export interface Opened {
  readonly file: YamlFile
  readonly report: Report
}

/** All findings of one loading. */
export interface Findings {
  readonly errors: ConfigProblem[]
  readonly warnings: ConfigProblem[]
}

/** Nothing found so far. */
export const noFindings = (): Findings => ({ errors: [], warnings: [] })

// Who has more to mend begins with these; a hostile file cannot make more of them than fit into memory.
const mostPerFile = 1_000

/** A report about one file. Problems that say the same of the same place count once. */
export function reportOn(file: YamlFile, findings: Findings): Report {
  const told = { errors: new Set<string>(), warnings: new Set<string>() }
  const add = (list: keyof Findings, path: Path, finding: Finding, about?: 'key') => {
    const known = told[list]
    if (known.size > mostPerFile) return
    const field = fieldText(path)
    const key = `${field}\0${finding.message}`
    if (known.has(key)) return
    known.add(key)
    if (known.size > mostPerFile) {
      const rest = configErrors.TOO_MANY({ most: mostPerFile })
      findings[list].push({ ...rest, field: '', place: { file: file.file, line: 1, column: 1 } })
    } else findings[list].push({ ...finding, field, place: about === 'key' ? file.placeOfKey(path) : file.place(path) })
  }
  return {
    error: (path, finding) => add('errors', path, finding),
    warn: (path, finding, about) => add('warnings', path, finding, about),
  }
}

/** `periodics[3].cron`, `presubmits["org/repo"][0].name`. */
function fieldText(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`
      if (!/^[\w-]{1,200}$/.test(part)) return `[${JSON.stringify(cut(part, 200))}]`
      return index === 0 ? part : `.${part}`
    })
    .join('')
}
