// Which jobs of the list are shown: filters ↔ the address bar, and the matching itself. Pure.
import type { JobState, JobType } from '../../src/api/prowjob.ts'
import type { JobRow } from '../../src/deck/wire.ts'

/** Empty texts and lists do not filter. Names are those of upstream's index page, so that old links work. */
export interface Filters {
  /** Words that all have to occur somewhere in the row. */
  readonly q: string
  readonly state: readonly JobState[]
  readonly type: readonly JobType[]
  /** Part of org/repo. */
  readonly repo: string
  /** Part of the name of the job, or a pattern with *. */
  readonly job: string
  /** Part of the login of an author. */
  readonly author: string
  /** Number of a pull request. */
  readonly pull: string
  readonly cluster: string
}

export const noFilters: Filters = { q: '', state: [], type: [], repo: '', job: '', author: '', pull: '', cluster: '' }

/** In the order in which a run passes through them. */
export const states: readonly JobState[] = [
  'scheduling',
  'triggered',
  'pending',
  'success',
  'failure',
  'error',
  'aborted',
]
export const types: readonly JobType[] = ['presubmit', 'postsubmit', 'periodic', 'batch']

const texts = ['q', 'repo', 'job', 'author', 'pull', 'cluster'] as const

/** @param search `location.search`. Unknown states and types are dropped. */
export function readFilters(search: string): Filters {
  const query = new URLSearchParams(search)
  const listed = <T extends string>(name: string, known: readonly T[]) => {
    const given = new Set(query.getAll(name).flatMap((value) => value.toLowerCase().split(',')))
    return known.filter((value) => given.has(value))
  }
  const text = (name: string) => query.get(name)?.trim() ?? ''
  return {
    q: query.get('q') ?? '', // a blank at its end is a word being typed
    state: listed('state', states),
    type: listed('type', types),
    repo: text('repo'),
    job: text('job'),
    author: text('author'),
    pull: text('pull').replace(/^#/, ''),
    cluster: text('cluster'),
  }
}

/** `?…` or an empty text. The inverse of readFilters. */
export function writeFilters(filters: Filters): string {
  const query = new URLSearchParams()
  for (const name of texts) if (filters[name]) query.set(name, filters[name])
  if (filters.state.length > 0) query.set('state', filters.state.join(','))
  if (filters.type.length > 0) query.set('type', filters.type.join(','))
  const search = query.toString().replaceAll('%2C', ',').replaceAll('%2F', '/')
  return search ? `?${search}` : ''
}

export const isFiltering = (filters: Filters): boolean => writeFilters(filters) !== ''

/** The rows that pass, in their order. `except` leaves one filter out, for counting what choosing it would show. */
export function filterRows(rows: readonly JobRow[], filters: Filters, except?: 'state'): readonly JobRow[] {
  const passes = matcher(except === 'state' ? { ...filters, state: [] } : filters)
  return passes ? rows.filter(passes) : rows
}

/** Undefined when everything passes. */
function matcher(filters: Filters): ((row: JobRow) => boolean) | undefined {
  const tests: ((row: JobRow) => boolean)[] = []
  const { state, type, pull } = filters
  if (state.length > 0) tests.push((row) => state.includes(row.state))
  if (type.length > 0) tests.push((row) => type.includes(row.type))
  if (pull) tests.push((row) => row.pulls.some(({ number }) => String(number) === pull))
  if (filters.cluster) tests.push((row) => row.cluster === filters.cluster)
  if (filters.repo) {
    const repo = filters.repo.toLowerCase()
    tests.push((row) => `${row.org}/${row.repo}`.toLowerCase().includes(repo))
  }
  if (filters.author) {
    const author = filters.author.toLowerCase().replace(/^@/, '')
    tests.push((row) => row.pulls.some((one) => one.author.toLowerCase().includes(author)))
  }
  if (filters.job) tests.push(jobTest(filters.job))
  const words = filters.q.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length > 0) {
    tests.push((row) => {
      const hay = haystack(row)
      return words.every((word) => hay.includes(word))
    })
  }
  return tests.length > 0 ? (row) => tests.every((test) => test(row)) : undefined
}

function jobTest(pattern: string): (row: JobRow) => boolean {
  const wanted = pattern.toLowerCase()
  if (!wanted.includes('*')) return (row) => row.job.toLowerCase().includes(wanted)
  const source = wanted.split(/\*+/).map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'))
  const whole = new RegExp(`^${source.join('.*')}$`)
  return (row) => whole.test(row.job.toLowerCase())
}

// Rows never change, they are replaced: what was made from one stays right.
const haystacks = new WeakMap<JobRow, string>()

function haystack(row: JobRow): string {
  const known = haystacks.get(row)
  if (known !== undefined) return known
  const pulls = row.pulls.map((pull) => `#${pull.number} ${pull.author} ${pull.title} ${pull.sha}`)
  const made = [row.job, row.state, row.type, `${row.org}/${row.repo}`, row.base, row.cluster, row.build, row.name]
    .concat(pulls, row.description, row.reason)
    .join('\n')
    .toLowerCase()
  haystacks.set(row, made)
  return made
}

/** How many rows there are of each state. */
export function countStates(rows: readonly JobRow[]): ReadonlyMap<JobState, number> {
  const counts = new Map<JobState, number>()
  for (const { state } of rows) counts.set(state, (counts.get(state) ?? 0) + 1)
  return counts
}

/** What can be chosen in the filter bar: the values that occur, the most frequent first. */
export function choices(rows: readonly JobRow[]): { repos: string[]; jobs: string[]; authors: string[] } {
  const [repos, jobs, authors] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()]
  const count = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1)
  for (const row of rows) {
    if (row.repo) count(repos, `${row.org}/${row.repo}`)
    count(jobs, row.job)
    for (const pull of row.pulls) count(authors, pull.author)
  }
  const top = (map: Map<string, number>) =>
    [...map]
      .sort((a, b) => b[1] - a[1])
      .slice(0, 300)
      .map(([key]) => key)
  return { repos: top(repos), jobs: top(jobs), authors: top(authors) }
}
