// What Deck's server and its pages say to each other. Both import it, so it stands on types alone.
import type { JobState, JobType, ProwJob } from '../api/prowjob.ts'

/** One pull request under test, as the list needs it. */
export interface RowPull {
  readonly number: number
  readonly author: string
  readonly title: string
  /** Address of the pull request; empty when nobody said. */
  readonly link: string
  readonly sha: string
}

/** One ProwJob as the list shows it. Times are milliseconds since the epoch, 0 for "not yet". Absent texts are empty. */
export interface JobRow {
  /** Name of the ProwJob: its identity. */
  readonly name: string
  readonly job: string
  readonly type: JobType
  readonly state: JobState
  readonly build: string
  readonly cluster: string
  readonly org: string
  readonly repo: string
  readonly repoLink: string
  readonly base: string
  readonly pulls: readonly RowPull[]
  /** When it was made. */
  readonly created: number
  /** When its Pod was made. */
  readonly pending: number
  readonly completed: number
  readonly description: string
  /** Why it has not ended, since when, and what would move it. Empty once it has. */
  readonly reason: string
  readonly since: number
  readonly next: string
}

/** Body of `GET /api/jobs`: one array per field, all of the same length, newest job first. */
export interface JobColumns {
  /** Where a stream of changes has to start. */
  readonly revision: string
  readonly columns: { readonly [Field in keyof JobRow]: readonly JobRow[Field][] }
}

/** Data of a `jobs` event: what changed since the event before. */
export interface JobChanges {
  readonly put: readonly JobRow[]
  readonly removed: readonly string[]
}

/** Data of a `beat` event: the server's clock, so that a browser with a wrong one still shows true durations. */
export interface Beat {
  readonly now: number
  /** Since when Deck cannot follow the cluster; 0 when it does. */
  readonly staleSince: number
}

export interface ContainerDetail {
  readonly name: string
  readonly init: boolean
  readonly state: 'waiting' | 'running' | 'terminated'
  /** Kubernetes' word, e.g. `ImagePullBackOff`, `Completed`, with its message. */
  readonly reason: string
  readonly exitCode?: number
  /** Milliseconds since the epoch, 0 when it has not happened. */
  readonly started: number
  readonly finished: number
}

/** Where the log of one container is to be had now. */
export type LogDetail = { readonly container: string; readonly title: string } & (
  | { readonly from: 'nowhere'; readonly why: string; readonly next: string }
  | { readonly from: 'pod'; readonly url: string; readonly raw: string }
  | {
      readonly from: 'bucket'
      readonly url: string
      readonly raw: string
      /** Bytes, or -1 when parts of it cannot be asked for (it is stored compressed). */
      readonly size: number
    }
)

export interface LinkDetail {
  readonly label: string
  readonly href: string
}

/** What a person may do with this job here. `why` explains a no. */
export interface Permission {
  readonly allowed: boolean
  readonly why: string
}

/** Body of `GET /api/jobs/:name` and `GET /api/runs/<provider>/<path>`. */
export interface JobDetail {
  readonly row: JobRow
  /** The object, or what the bucket kept of it. Without managedFields. */
  readonly job: ProwJob
  /** False when the ProwJob is gone and only its results are left. */
  readonly live: boolean
  readonly pod: { readonly name: string; readonly node: string; readonly phase: string; readonly gone: boolean }
  readonly containers: readonly ContainerDetail[]
  readonly logs: readonly LogDetail[]
  readonly links: readonly LinkDetail[]
  /** API address of the run's folder; empty when there is none. */
  readonly artifacts: string
  readonly rerun: Permission
  readonly abort: Permission
  /** The server's clock, milliseconds since the epoch. */
  readonly now: number
}

/** Body of `GET /api/artifacts/<provider>/<path>/`. */
export interface Folder {
  readonly entries: readonly {
    readonly name: string
    readonly folder: boolean
    readonly size: number
    /** Milliseconds since the epoch; 0 when unknown. */
    readonly modified: number
    /** API address of a folder, download address of a file. */
    readonly href: string
  }[]
  /** True when the folder holds more than is shown. */
  readonly cut: boolean
}

/** Body of `GET /api/config-problems`. */
export interface ConfigState {
  /** When the configuration in force was loaded, milliseconds since the epoch. */
  readonly inForceSince: number
  /** How many problems the newest files have; 0 when they are in force. */
  readonly count: number
  /** The first of them. An absent place has line 0. */
  readonly problems: readonly {
    readonly file: string
    readonly line: number
    readonly column: number
    readonly field: string
    readonly message: string
    readonly hint: string
  }[]
}

/** Body of every refusal and failure under `/api/`. */
export interface Trouble {
  readonly error: string
}

/** Body of `GET /api/session`. */
export interface Session {
  readonly admin: boolean
  /** How somebody becomes admin here. */
  readonly mode: 'nobody' | 'token'
}

/** Body of the answer to a rerun. */
export interface Rerun {
  readonly name: string
  readonly message: string
}

/** Newest first; equal times by job, then by name, so that the order is total. */
export function newestFirst(a: JobRow, b: JobRow): number {
  return b.created - a.created || compare(a.job, b.job) || compare(a.name, b.name)
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Rows → columns, which are a third smaller to send and to parse. */
export function toColumns(revision: string, rows: readonly JobRow[]): JobColumns {
  return {
    revision,
    columns: {
      name: rows.map((row) => row.name),
      job: rows.map((row) => row.job),
      type: rows.map((row) => row.type),
      state: rows.map((row) => row.state),
      build: rows.map((row) => row.build),
      cluster: rows.map((row) => row.cluster),
      org: rows.map((row) => row.org),
      repo: rows.map((row) => row.repo),
      repoLink: rows.map((row) => row.repoLink),
      base: rows.map((row) => row.base),
      pulls: rows.map((row) => row.pulls),
      created: rows.map((row) => row.created),
      pending: rows.map((row) => row.pending),
      completed: rows.map((row) => row.completed),
      description: rows.map((row) => row.description),
      reason: rows.map((row) => row.reason),
      since: rows.map((row) => row.since),
      next: rows.map((row) => row.next),
    },
  }
}

/** Columns → rows: the inverse of toColumns. */
export function fromColumns({ columns: c }: JobColumns): JobRow[] {
  return c.name.map((name, at) => ({
    name,
    job: c.job[at] ?? '',
    type: c.type[at] ?? 'periodic',
    state: c.state[at] ?? 'triggered',
    build: c.build[at] ?? '',
    cluster: c.cluster[at] ?? '',
    org: c.org[at] ?? '',
    repo: c.repo[at] ?? '',
    repoLink: c.repoLink[at] ?? '',
    base: c.base[at] ?? '',
    pulls: c.pulls[at] ?? [],
    created: c.created[at] ?? 0,
    pending: c.pending[at] ?? 0,
    completed: c.completed[at] ?? 0,
    description: c.description[at] ?? '',
    reason: c.reason[at] ?? '',
    since: c.since[at] ?? 0,
    next: c.next[at] ?? '',
  }))
}
