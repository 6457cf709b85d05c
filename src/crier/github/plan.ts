// What happens to the comments of a pull request, given what is there and how its jobs ended: pure.
import { isOptional } from '../../api/labels.ts'
import { isComplete, type ProwJob } from '../../api/prowjob.ts'
import { mergeRows, parseRows, type Row, renderComment, rowOf } from './table.ts'

/** A comment of the bot that carries the marker. */
export interface Known {
  readonly id: number
  readonly body: string
}

export interface Plan {
  readonly remove: readonly number[]
  /** The comment as it has to be afterwards; undefined when there has to be none. */
  readonly keep?: { readonly id: number | undefined; readonly body: string }
}

/** Jobs that the comment is about now, or the word why nothing is to be done. */
export type Considered = { readonly jobs: readonly ProwJob[]; readonly summary: boolean } | 'nothing'

/** @param all In summary mode, every job of the pull request; else undefined. */
export function considered(job: ProwJob, all: readonly ProwJob[] | undefined, types: readonly string[]): Considered {
  if (all?.some((one) => !isComplete(one))) return 'nothing'
  const candidates = all ? newestByName(all.filter(({ spec }) => spec.report)) : [job]
  const jobs = candidates.filter((one) => isComplete(one) && types.includes(one.spec.type))
  if (jobs[0]?.spec.refs?.pulls?.length !== 1) return 'nothing'
  return { jobs, summary: all !== undefined }
}

function newestByName(jobs: readonly ProwJob[]): ProwJob[] {
  const newest = new Map<string, ProwJob>()
  const time = (job: ProwJob) => job.metadata.creationTimestamp ?? ''
  for (const job of jobs) {
    const other = newest.get(job.spec.job)
    if (!other || time(job) > time(other)) newest.set(job.spec.job, job)
  }
  return [...newest.values()].sort((a, b) => (a.spec.job < b.spec.job ? -1 : 1))
}

/** @param comments Oldest first. */
export function planComment(
  { jobs, summary }: Exclude<Considered, 'nothing'>,
  comments: readonly Known[],
  rest: { report: string | undefined; about: string },
): Plan {
  const told = new Set(jobs.map((job) => job.spec.context ?? ''))
  const failed = jobs.filter((job) => job.status.state === 'failure').map(failureRow)
  const rows = mergeRows(
    comments.flatMap((comment) => parseRows(comment.body)),
    told,
    failed,
  )
  const latest = comments.at(-1)
  const ids = comments.map((comment) => comment.id)
  const mustBe = summary && !jobs.some((job) => job.status.state === 'aborted')
  if (rows.length === 0 && !mustBe) return { remove: ids }
  const author = jobs[0]?.spec.refs?.pulls?.[0]?.author ?? ''
  return {
    remove: ids.slice(0, -1),
    keep: { id: latest?.id, body: renderComment(rows, { author, ...rest }) },
  }
}

function failureRow({ spec, status, metadata }: ProwJob): Row {
  const optional = spec.type === 'presubmit' ? asBoolean(metadata.labels?.[isOptional]) : undefined
  return rowOf({
    context: spec.context ?? '',
    sha: spec.refs?.pulls?.[0]?.sha ?? '',
    url: status.url ?? '',
    required: optional === undefined ? 'unknown' : optional ? 'false' : 'true',
    rerunCommand: spec.rerun_command ?? '',
  })
}

// Texts that Go takes for a boolean.
function asBoolean(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true
  return ['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text) ? false : undefined
}
