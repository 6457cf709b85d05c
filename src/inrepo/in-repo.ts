// The jobs that repositories bring themselves, in .prow.yaml or .prow/, as they would be after a merge.
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { RepoRef } from '../api/code-host.ts'
import type { Finding } from '../config/errors.ts'
import { type InRepoJobs, noInRepoJobs } from '../config/in-repo/evaluate.ts'
import { inRepoFindings } from '../config/in-repo/findings.ts'
import { centralPart } from '../config/in-repo/finish.ts'
import { type Matching, slowPart } from '../config/in-repo/patterns.ts'
import { inRepoEnabled } from '../config/in-repo/policy.ts'
import { about } from '../config/in-repo/read.ts'
import type { Config } from '../config/types.ts'
import type { Git, MergeMethod } from '../git/git.ts'
import type { Clock } from '../system/clock.ts'
import { cache, inRepoMetrics } from './cache.ts'
import { commitsOf, type Fetched, fetchFiles, type Merge } from './fetch.ts'
import { mergeMethodOf } from './merge-method.ts'
import { CutOffError, type Sandbox, sandbox } from './sandbox.ts'

/** Whose jobs are asked for. The commits are asked for only where the repository may bring jobs. */
export interface InRepoAsk extends RepoRef {
  baseSha(): Promise<string>
  /** Commits to merge into the base, in order; none for what was pushed. */
  heads(): Promise<readonly string[]>
  /** How they are merged. Default: as Tide would merge in this repository. */
  readonly method?: MergeMethod
  readonly config: Config
  /** Ends the wait, not the work: others may wait for it, too. */
  readonly signal: AbortSignal
}

/** The jobs of repositories. */
export interface InRepo {
  /**
   * The jobs of a repository beside the central ones; none, and nothing is asked of anybody, where `in_repo_config` does not enable it.
   * Mistakes in the files are a value. Throws GitError when there is no such commit, merge or repository.
   */
  jobs(ask: InRepoAsk): Promise<InRepoJobs>
  /** Whether patterns of such jobs can be held against these texts without stopping everybody else for long. */
  canMatch(matching: Matching): Promise<boolean>
}

export interface InRepoNeeds {
  readonly git: Git
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Registry
  readonly signal: AbortSignal
  /** Entries of the cache: one for each base and its heads. */
  readonly cacheSize?: number | undefined
  readonly sandbox?: Sandbox
}

/** Default of `--in-repo-config-cache-size`. */
export const defaultCacheSize = 200

const mostCachedBytes = 64_000_000
const evaluateMs = 5000
const matchMs = 500
/** Longest time that patterns of a repository may hold up everybody else at once. */
const blockMs = 50
/** Work that was cut off is not tried again before that, or one repository could keep the thread busy. */
const cutOffMs = 600_000

interface Entry {
  readonly fetched: Fetched
  /** Of the jobs below. */
  size: number
  /** For the configuration that was asked with last. */
  evaluated?: { readonly config: Config; readonly until: number; readonly jobs: Promise<InRepoJobs> }
}

/** Reads the jobs of repositories through git, with one cache and one thread. */
export function inRepo({
  git,
  clock,
  log,
  metrics,
  signal,
  cacheSize = defaultCacheSize,
  ...given
}: InRepoNeeds): InRepo {
  const measured = inRepoMetrics(metrics)
  const inside = given.sandbox ?? sandbox({ clock, signal })
  const entries = cache<Entry>({
    mostEntries: cacheSize,
    mostBytes: mostCachedBytes,
    sizeOf: ({ fetched, size }) =>
      'files' in fetched ? fetched.files.reduce((sum, { text = '' }) => sum + text.length, size) : 0,
    metrics: measured,
  })

  async function fetched(at: RepoRef, merge: Merge): Promise<Entry> {
    const labels = { org: at.org, repo: at.repo }
    const mirror = git.mirror(at)
    await timed(measured.acquisition.startTimer(labels), mirror.ensure(commitsOf(merge), signal))
    const files = await timed(measured.git.startTimer(labels), fetchFiles(mirror, merge, signal))
    return { fetched: files, size: 0 }
  }

  function evaluated(entry: Entry, repo: string, config: Config): Promise<InRepoJobs> {
    if (entry.evaluated?.config === config && clock.now() < entry.evaluated.until) return entry.evaluated.jobs
    const jobs = evaluate(entry, repo, config)
    entry.evaluated = { config, until: Number.POSITIVE_INFINITY, jobs }
    jobs.catch(() => delete entry.evaluated)
    return jobs
  }

  async function evaluate(entry: Entry, repo: string, config: Config): Promise<InRepoJobs> {
    const refused = (finding: Finding): InRepoJobs => ({ ...noInRepoJobs, problems: [about('.prow', finding)] })
    if ('refused' in entry.fetched) return refused(entry.fetched.refused)
    const { files } = entry.fetched
    if (files.length === 0) return noInRepoJobs
    try {
      return await inside.evaluate({ files, repo, central: centralPart(config, repo) }, evaluateMs)
    } catch (error) {
      if (!(error instanceof CutOffError)) throw error
      log.warn({ repo, why: error.message }, 'reading the jobs of a repository was given up')
      if (entry.evaluated?.config === config) entry.evaluated = { ...entry.evaluated, until: clock.now() + cutOffMs }
      return refused(inRepoFindings.cutOff(error.message))
    }
  }

  return {
    async jobs({ org, repo, config, ...ask }) {
      const identifier = org === '' && repo === '' ? '' : `${org}/${repo}`
      if (!inRepoEnabled(config, identifier)) return noInRepoJobs
      const stop = measured.duration.startTimer({ org, repo })
      const baseSha = await named('baseSHA', ask.baseSha)
      const heads = [...new Set(await named('headSHAs', ask.heads))].filter((sha) => sha !== '')
      const merge = { baseSha, heads, method: ask.method ?? mergeMethodOf(config.tide.merge_method, { org, repo }) }
      const key = JSON.stringify({ identifier, baseSHA: baseSha, headSHAs: heads, method: merge.method })
      const entry = entries.get(key, { org, repo }, () => fetched({ org, repo }, merge))
      const made = async () => {
        const there = await timed(stop, entry)
        const jobs = await evaluated(there, identifier, config)
        there.size = jobs.size
        entries.weigh(key, there)
        return jobs
      }
      return await unless(ask.signal, made())
    },
    async canMatch(matching) {
      const slow = slowPart(matching)
      if (slow === undefined) return true
      try {
        return (await inside.match(slow, matchMs)) <= blockMs
      } catch (error) {
        if (error instanceof CutOffError) return false
        throw error
      }
    },
  }
}

async function timed<T>(stop: () => void, work: Promise<T>): Promise<T> {
  try {
    return await work
  } finally {
    stop()
  }
}

async function named<T>(what: string, get: () => Promise<T>): Promise<T> {
  try {
    return await get()
  } catch (error) {
    throw new Error(`failed to get ${what}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}

/** The outcome, unless the signal aborts first. */
function unless<T>(signal: AbortSignal, outcome: Promise<T>): Promise<T> {
  const aborted = Promise.withResolvers<never>()
  const abort = () => aborted.reject(signal.reason)
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  return Promise.race([outcome, aborted.promise]).finally(() => signal.removeEventListener('abort', abort))
}
