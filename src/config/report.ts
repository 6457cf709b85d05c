// Collects what is wrong with a configuration while it is read; places are looked up only for what is reported.
import type { Finding } from './errors.ts'
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

/** A report about one file. Problems that say the same of the same place count once. */
export function reportOn(file: YamlFile, findings: Findings): Report {
  const known = new Set<string>()
  const add = (to: ConfigProblem[], path: Path, finding: Finding, about?: 'key') => {
    const field = fieldText(path)
    const key = `${field}\0${finding.message}`
    if (known.has(key)) return
    known.add(key)
    to.push({ ...finding, field, place: about === 'key' ? file.placeOfKey(path) : file.place(path) })
  }
  return {
    error: (path, finding) => add(findings.errors, path, finding),
    warn: (path, finding, about) => add(findings.warnings, path, finding, about),
  }
}

/** `periodics[3].cron`, `presubmits["org/repo"][0].name`. */
function fieldText(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`
      if (!/^[\w-]+$/.test(part)) return `[${JSON.stringify(part)}]`
      return index === 0 ? part : `.${part}`
    })
    .join('')
}
