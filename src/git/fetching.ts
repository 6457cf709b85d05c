// Brings commits and contents of files into a mirror, each once, and only those that are not there.

import type { RepoRef } from '../api/code-host.ts'
import type { Clock } from '../system/clock.ts'
import { inBatches, type Outcome } from './batches.ts'
import { GitError } from './git.ts'
import type { GitMetrics } from './metrics.ts'
import type { MirrorRuns } from './mirror-folder.ts'

/** What is known about an object that is here. */
export interface ObjectInfo {
  readonly type: string
  readonly size: number
}

export interface Fetching {
  /** Throws GitError `no-commit`. */
  commits(shas: readonly string[], signal?: AbortSignal): Promise<void>
  /** Fetches the contents that are not here. Throws GitError `no-commit` for one that the remote has not got either. */
  blobs(shas: readonly string[], signal?: AbortSignal): Promise<void>
  /** The SHA of each branch at the remote, or an empty text. */
  heads(branches: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, string>>
}

interface Parts {
  readonly at: RepoRef
  readonly runs: MirrorRuns
  readonly clock: Clock
  readonly metrics: GitMetrics
  /** Called after each fetch. */
  readonly fetched: () => void
}

export function fetching({ at, runs, clock, metrics, fetched }: Parts): Fetching {
  const labels = { org: at.org, repo: at.repo }

  async function fetchObjects(shas: readonly string[], more: readonly string[], signal: AbortSignal): Promise<void> {
    const start = clock.now()
    try {
      const args = [
        'fetch',
        '--quiet',
        '--no-tags',
        '--no-write-fetch-head',
        '--no-auto-maintenance',
        '--stdin',
        'origin',
      ]
      await runs.remote([...more, ...args], { input: `${shas.join('\n')}\n`, signal })
    } finally {
      metrics.fetch.observe(labels, (clock.now() - start) / 1000)
      fetched()
    }
  }

  /** Fetches all that the remote has; an outcome for each of the others. */
  async function fetchKnown(shas: readonly string[], more: readonly string[], signal: AbortSignal) {
    const outcomes = new Map<string, Outcome<true>>(shas.map((sha) => [sha, true]))
    let left = [...shas]
    while (left.length > 0) {
      try {
        await fetchObjects(left, more, signal)
        break
      } catch (error) {
        if (!(error instanceof GitError) || error.kind !== 'no-commit') throw error
        // The remote names the first that it does not know.
        const unknown = left.length === 1 ? left : left.filter((sha) => error.message.includes(sha))
        if (unknown.length === 0) throw error
        for (const sha of unknown) outcomes.set(sha, noCommit(runs.about, sha))
        left = left.filter((sha) => !unknown.includes(sha))
      }
    }
    return outcomes
  }

  const commits = inBatches<true>(async (shas, signal) => {
    const outcomes = new Map<string, Outcome<true>>(shas.map((sha) => [sha, true]))
    const missing = await missingOf(runs, shas, signal)
    if (missing.length === 0) return outcomes
    for (const [sha, outcome] of await fetchKnown(missing, [], signal)) outcomes.set(sha, outcome)
    const here = missing.filter((sha) => outcomes.get(sha) === true)
    await keep(runs, here, signal)
    return outcomes
  })

  const blobs = inBatches<true>(async (shas, signal) => {
    const missing = await missingOf(runs, shas, signal)
    // Nothing that is here helps with contents, so it is not offered.
    const outcomes = await fetchKnown(missing, ['-c', 'fetch.negotiationAlgorithm=noop'], signal)
    return new Map(shas.map((sha) => [sha, outcomes.get(sha) ?? true]))
  })

  const heads = inBatches<string>(async (branches, signal) => {
    const refs = branches.map((branch) => `refs/heads/${branch}`)
    const { stdout } = await runs.remote(['ls-remote', '--quiet', 'origin', ...refs], { signal })
    const found = stdout
      .toString('utf8')
      .split('\n')
      .map((line) => line.split('\t'))
    const shas = new Map(found.map(([sha = '', ref = '']) => [ref, sha]))
    return new Map(branches.map((branch) => [branch, shas.get(`refs/heads/${branch}`) ?? '']))
  })

  return {
    async commits(shas, signal) {
      const start = clock.now()
      try {
        const infos = await infosOf(runs, shas, signal)
        const missing = shas.filter((sha) => infos.get(sha) === undefined)
        if (missing.length > 0) await commits(missing, signal)
        const now = missing.length > 0 ? await infosOf(runs, shas, signal) : infos
        for (const sha of shas) if (now.get(sha)?.type !== 'commit') throw noCommit(runs.about, sha)
      } finally {
        metrics.primary.observe(labels, (clock.now() - start) / 1000)
      }
    },
    async blobs(shas, signal) {
      if (shas.length > 0) await blobs(shas, signal)
    },
    heads,
  }
}

const noCommit = (about: string, sha: string) =>
  new GitError('no-commit', `${about}: the remote has no commit ${sha.slice(0, 64)}`)

const fullSha = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/

/** Throws GitError `no-commit` for what is not a whole SHA: it would mean something else to git. */
export function checkShas(about: string, shas: readonly string[]): void {
  for (const sha of shas) {
    if (fullSha.test(sha)) continue
    throw new GitError('no-commit', `${about}: ${JSON.stringify(sha.slice(0, 64))} is not a full SHA`)
  }
}

/** Type and size of the objects that are here; nothing is fetched. */
export async function infosOf(
  runs: MirrorRuns,
  shas: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, ObjectInfo>> {
  if (shas.length === 0) return new Map()
  const { stdout } = await runs.local(['cat-file', '--batch-check'], { input: `${shas.join('\n')}\n`, signal })
  const lines = stdout.toString('utf8').split('\n')
  return new Map(
    lines
      .map((line) => line.split(' '))
      .flatMap(([sha = '', type = '', size]) => (size ? [[sha, { type, size: Number(size) }] as const] : [])),
  )
}

async function missingOf(runs: MirrorRuns, shas: readonly string[], signal: AbortSignal): Promise<string[]> {
  const infos = await infosOf(runs, shas, signal)
  return shas.filter((sha) => !infos.has(sha))
}

/**
 * Points refs at the newest commits, by the beginning of their SHA: enough for the next fetch to say what is here already, and
 * never more than 256. A failure costs nothing but time, later.
 */
async function keep(runs: MirrorRuns, shas: readonly string[], signal: AbortSignal): Promise<void> {
  const bySlot = new Map(shas.map((sha) => [sha.slice(0, 2), sha]))
  const lines = [...bySlot].map(([slot, sha]) => `update refs/kept/${slot} ${sha}\n`)
  if (lines.length > 0) await runs.local(['update-ref', '--stdin'], { input: lines.join(''), signal, accept: [0, 128] })
}
