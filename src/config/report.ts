// Collects what is wrong with a configuration while it is read; places are looked up only for what is reported.
import type { Finding } from './errors.ts'
import type { ConfigProblem } from './types.ts'
import type { Path, YamlFile } from './yaml.ts'

/** Takes findings about values; paths are those of the file that is being read. */
export interface Report {
  error(path: Path, finding: Finding): void
  warn(path: Path, finding: Finding): void
}

/** All findings of one loading. */
export interface Findings {
  readonly errors: ConfigProblem[]
  readonly warnings: ConfigProblem[]
}

/** A report about one file. Problems that say the same of the same place count once. */
export function reportOn(file: YamlFile, findings: Findings): Report {
  const add = (to: ConfigProblem[], path: Path, finding: Finding) => {
    const field = fieldText(path)
    const place = file.place(path)
    const isKnown = to.some(
      (known) => known.field === field && known.message === finding.message && known.place?.file === place.file,
    )
    if (!isKnown) to.push({ ...finding, field, place })
  }
  return {
    error: (path, finding) => add(findings.errors, path, finding),
    warn: (path, finding) => add(findings.warnings, path, finding),
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
