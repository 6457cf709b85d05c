// The visible jobs as Deck knows them now, and what has changed since any earlier moment.
import type { ProwJob } from '../api/prowjob.ts'
import { type JobChanges, type JobRow, newestFirst } from './wire.ts'

export interface Board {
  /** Takes a new or changed job; one that is not to be shown disappears. */
  put(job: ProwJob): void
  remove(name: string): void
  /** Makes all rows anew, after a setting that they depend on has changed. */
  refresh(): void
  /** Changes with every change of a shown job; opaque. */
  revision(): string
  get(name: string): ProwJob | undefined
  /** The newest job with that job name and build id. */
  byBuild(job: string, build: string): ProwJob | undefined
  /** Newest first. The array is not changed later. */
  rows(): readonly JobRow[]
  /** In the order of rows. */
  jobs(): readonly ProwJob[]
  /** Undefined when the revision is of another process or too old: start over with rows(). */
  since(revision: string): JobChanges | undefined
  /** Called at each change; returns the function that ends the subscription. */
  subscribe(listener: () => void): () => void
}

interface Entry {
  readonly job: ProwJob
  /** Undefined for a job that is not shown. */
  readonly row: JobRow | undefined
  readonly changed: number
}

/** How many removals are remembered for those who come back after a lost connection. */
const tombstones = 10_000

/** @param epoch Differs from start to start of the process, so that an old revision is recognised. */
export function createBoard(options: {
  epoch: string
  row: (job: ProwJob) => JobRow
  visible: (job: ProwJob) => boolean
}): Board {
  const entries = new Map<string, Entry>()
  /** Name → when it went away; oldest first. */
  const gone = new Map<string, number>()
  const listeners = new Set<() => void>()
  const byBuild = new Map<string, string>()
  let count = 0
  let forgottenUpTo = 0
  let sorted: { rows: readonly JobRow[]; jobs: readonly ProwJob[] } | undefined

  function changed() {
    sorted = undefined
    for (const listener of listeners) listener()
  }

  function bury(name: string, at: number) {
    gone.delete(name)
    gone.set(name, at)
    for (const [oldest, when] of gone) {
      if (gone.size <= tombstones) break
      gone.delete(oldest)
      forgottenUpTo = when
    }
  }

  function put(job: ProwJob): void {
    const name = job.metadata.name ?? ''
    const before = entries.get(name)
    const row = options.visible(job) ? options.row(job) : undefined
    const shown = row !== undefined || before?.row !== undefined
    entries.set(name, { job, row, changed: shown ? ++count : 0 })
    if (row) gone.delete(name)
    else if (before?.row) bury(name, count)
    indexBuild(job, row)
    if (shown) changed()
  }

  function indexBuild(job: ProwJob, row: JobRow | undefined) {
    if (!row?.build) return
    const key = buildKey(row.job, row.build)
    const other = entries.get(byBuild.get(key) ?? '')?.row
    if (!other || other.created <= row.created) byBuild.set(key, job.metadata.name ?? '')
  }

  function sort() {
    const shown: { row: JobRow; job: ProwJob }[] = []
    for (const { row, job } of entries.values()) if (row) shown.push({ row, job })
    shown.sort((a, b) => newestFirst(a.row, b.row))
    return { rows: shown.map(({ row }) => row), jobs: shown.map(({ job }) => job) }
  }

  const get = (name: string) => {
    const entry = entries.get(name)
    return entry?.row && entry.job
  }

  return {
    put,
    get,
    remove(name) {
      const before = entries.get(name)
      if (!before) return
      entries.delete(name)
      if (!before.row) return
      const key = buildKey(before.row.job, before.row.build)
      if (byBuild.get(key) === name) byBuild.delete(key)
      bury(name, ++count)
      changed()
    },
    refresh() {
      for (const { job } of [...entries.values()]) put(job)
    },
    revision: () => `${options.epoch}.${count}`,
    byBuild: (job, build) => get(byBuild.get(buildKey(job, build)) ?? ''),
    rows: () => {
      sorted ??= sort()
      return sorted.rows
    },
    jobs: () => {
      sorted ??= sort()
      return sorted.jobs
    },
    since(revision) {
      const at = revision.startsWith(`${options.epoch}.`)
        ? Number(revision.slice(options.epoch.length + 1))
        : Number.NaN
      if (!Number.isSafeInteger(at) || at > count || at < forgottenUpTo) return undefined
      const put: JobRow[] = []
      for (const { row, changed } of entries.values()) if (row && changed > at) put.push(row)
      const removed: string[] = []
      for (const [name, when] of gone) if (when > at) removed.push(name)
      return { put, removed }
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

const buildKey = (job: string, build: string) => `${job}/${build}`
