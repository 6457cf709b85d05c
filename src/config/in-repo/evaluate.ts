// From the files of a repository to its jobs, or to everything that is wrong with them. May take long for files that mean harm.
import { type Findings, noFindings } from '../report.ts'
import type { ConfigProblem, Postsubmit, Presubmit } from '../types.ts'
import { inRepoLimits, type RepoFile } from './files.ts'
import { inRepoFindings } from './findings.ts'
import { type CentralPart, finishInRepo } from './finish.ts'
import { about, readInRepo } from './read.ts'

/** What is asked; plain data. */
export interface InRepoFiles {
  readonly files: readonly RepoFile[]
  /** `org/repo`, or Gerrit's `https://host/path`. */
  readonly repo: string
  readonly central: CentralPart
}

/** The jobs that a repository brings; none when there is any problem. Plain data. */
export interface InRepoJobs {
  readonly presubmits: readonly Presubmit[]
  readonly postsubmits: readonly Postsubmit[]
  readonly problems: readonly ConfigProblem[]
  /** What works, but is probably not meant so: settings that nothing knows. */
  readonly warnings: readonly ConfigProblem[]
  /** Characters of the jobs as JSON, roughly. */
  readonly size: number
}

/** No jobs, and nothing wrong. */
export const noInRepoJobs: InRepoJobs = { presubmits: [], postsubmits: [], problems: [], warnings: [], size: 0 }

/** Reads, completes and checks the jobs of a repository. */
export function evaluateInRepo({ files, repo, central }: InRepoFiles): InRepoJobs {
  const findings = noFindings()
  const read = readInRepo(files, repo, findings)
  const jobs = finishInRepo(read, central, repo)
  const size = findings.errors.length === 0 ? sizeOf(jobs, inRepoLimits.result) : 0
  if (size > inRepoLimits.result) {
    const [{ path } = { path: '.prow.yaml' }] = files
    findings.errors.push(about(path, inRepoFindings.result(inRepoLimits.result)))
  }
  return findings.errors.length > 0 ? { ...noInRepoJobs, ...told(findings) } : { ...jobs, ...told(findings), size }
}

const mostTold = 50
const longestText = 600

const told = ({ errors, warnings }: Findings) => ({ problems: shortened(errors), warnings: shortened(warnings) })

function shortened(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const cut = (text: string) => (text.length <= longestText ? text : `${text.slice(0, longestText)}…`)
  return problems.slice(0, mostTold).map((problem) => ({
    ...problem,
    field: cut(problem.field),
    message: cut(problem.message),
    ...(problem.hint !== undefined && { hint: cut(problem.hint) }),
  }))
}

/**
 * Characters of a value as JSON, roughly; counting ends above `most`. An anchor that is used often is shared here, but not in JSON.
 */
function sizeOf(value: unknown, most: number): number {
  let size = 0
  const open: unknown[] = [value]
  while (open.length > 0 && size <= most) {
    const next = open.pop()
    size += typeof next === 'string' ? next.length : 4
    if (typeof next !== 'object' || next === null) continue
    for (const [key, inner] of Object.entries(next)) {
      size += key.length
      open.push(inner)
    }
  }
  return size
}
