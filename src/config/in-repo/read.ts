// Reads the files of a repository into jobs and presets as they stand there; nothing is filled in yet.
import { configErrors, type Finding } from '../errors.ts'
import { asMap, typeName } from '../fields.ts'
import type { ReadJob } from '../jobs/defaults.ts'
import type { Preset, RawPostsubmit, RawPresubmit } from '../jobs/fields.ts'
import { readRepoFile } from '../jobs/read.ts'
import { type Findings, type Report, reportOn } from '../report.ts'
import type { ConfigProblem } from '../types.ts'
import { inJobFiles } from '../unquoted.ts'
import { parseYaml, YamlError } from '../yaml.ts'
import { inRepoLimits, jobFilesOf, type RepoFile } from './files.ts'
import { inRepoFindings } from './findings.ts'

/** What the files of a repository say. */
export interface ReadInRepo {
  readonly presubmits: readonly ReadJob<RawPresubmit>[]
  readonly postsubmits: readonly ReadJob<RawPostsubmit>[]
  readonly presets: readonly Preset[]
}

/** Reads those of the files that count. Findings carry file, line and column. */
export function readInRepo(files: readonly RepoFile[], repo: string, findings: Findings): ReadInRepo {
  const counted = jobFilesOf(files)
  const most = inRepoLimits.files
  if (counted.length > most) {
    findings.errors.push(about('.prow', inRepoFindings.tooManyFiles(counted.length, most)))
    return { presubmits: [], postsubmits: [], presets: [] }
  }
  const read = counted.map((file) => readOne(file, repo, findings))
  return {
    presubmits: read.flatMap(({ presubmits }) => presubmits),
    postsubmits: read.flatMap(({ postsubmits }) => postsubmits),
    presets: read.flatMap(({ presets }) => presets),
  }
}

/** A problem of a file as a whole. */
export const about = (path: string, finding: Finding): ConfigProblem => ({
  ...finding,
  field: '',
  place: { file: path, line: 1, column: 1 },
})

function readOne(file: RepoFile, repo: string, findings: Findings): ReadInRepo {
  const nothing = { presubmits: [], postsubmits: [], presets: [] }
  const refuse = (problem: ConfigProblem) => {
    findings.errors.push(problem)
    return nothing
  }
  if (file.path === '.prow') return refuse(about('.prow', inRepoFindings.notAFolder()))
  if (file.text === undefined) return refuse(about(file.path, whyUnread(file.problem)))
  let yaml: ReturnType<typeof parseYaml>
  try {
    yaml = parseYaml(file.text, file.path)
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    return refuse({ ...configErrors.YAML({ why: error.message }), field: '', place: error.place })
  }
  if (yaml.value !== undefined && asMap(yaml.value) === undefined) {
    const finding = configErrors.NOT_A_MAP({})
    return refuse(about(file.path, { ...finding, message: `${finding.message}, but is ${typeName(yaml.value)}` }))
  }
  const report = advising(inJobFiles(reportOn(yaml, findings)))
  for (const { path } of yaml.repeated) {
    report.warn(path, configErrors.DUPLICATE_KEY({ key: String(path.at(-1)) }), 'key')
  }
  const { presets, ...jobs } = readRepoFile(yaml, repo, report)
  return { ...jobs, presets: presets.map(({ preset }) => preset) }
}

const whyUnread = (problem: 'link' | { readonly size: number }): Finding =>
  problem === 'link'
    ? inRepoFindings.link('that leads to no file of this repository')
    : inRepoFindings.fileSize(problem.size, inRepoLimits.file)

/** Says what to do about the mistakes that people make who know the central files. */
function advising(report: Report): Report {
  return {
    error: (path, finding) => {
      const isWholeList = path.length === 1 && /^p(?:re|ost)submits$/i.test(String(path[0]))
      const hint = 'in a repository this is a plain list of jobs, without org/repo above it'
      report.error(path, isWholeList ? { hint, ...finding } : finding)
    },
    warn: (path, finding, subject) => {
      const isPeriodics = path.length === 1 && String(path[0]).toLowerCase() === 'periodics'
      const hint = 'periodics cannot be defined in a repository, only in the central configuration'
      report.warn(path, isPeriodics ? { ...finding, hint } : finding, subject)
    },
  }
}
