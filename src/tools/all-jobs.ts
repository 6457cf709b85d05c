// All jobs of a configuration in one list, whatever their type.
import { formatDuration } from '../config/durations.ts'
import type { Config, JobBase, Periodic, Postsubmit, Presubmit } from '../config/types.ts'

/** A job of a configuration. `repo` is `org/repo`. */
export type AnyJob =
  | { readonly type: 'presubmit'; readonly repo: string; readonly job: Presubmit }
  | { readonly type: 'postsubmit'; readonly repo: string; readonly job: Postsubmit }
  | { readonly type: 'periodic'; readonly job: Periodic }

/** Presubmits, then postsubmits, then periodics. */
export const allJobs = ({ presubmits, postsubmits, periodics }: Config): readonly AnyJob[] => [
  ...Object.entries(presubmits).flatMap(([repo, jobs]) =>
    jobs.map((job) => ({ type: 'presubmit', repo, job }) as const),
  ),
  ...Object.entries(postsubmits).flatMap(([repo, jobs]) =>
    jobs.map((job) => ({ type: 'postsubmit', repo, job }) as const),
  ),
  ...periodics.map((job) => ({ type: 'periodic', job }) as const),
]

/** Fields of a job that are milliseconds, besides the interval of its retries. */
export const durationFields = ['interval', 'minimum_interval'] as const

/** The job with its durations as text. */
export function inWords(job: JobBase): JobBase {
  const { retry, ...rest }: Partial<Periodic> = job
  const texts = durationFields.flatMap((field) => {
    const value = rest[field]
    return value === undefined ? [] : [[field, formatDuration(value)]]
  })
  return {
    ...job,
    ...Object.fromEntries(texts),
    ...(retry && { retry: { ...retry, interval: formatDuration(retry.interval) } }),
  }
}

/** Jobs by the file they stand in, then by name. */
export const byFileAndName = (a: JobBase, b: JobBase): number =>
  compare(a.source?.file ?? '', b.source?.file ?? '') || compare(a.name, b.name)

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
