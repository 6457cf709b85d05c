// Which build cluster a new run goes to: as configured, by a map of replacements, or as a service says.
import type { Logger } from 'pino'
import type { ProwJob } from '../api/prowjob.ts'
import type { Config } from '../config/types.ts'
import type { Clock } from '../system/clock.ts'

/** Names the cluster of a run; empty is `default`. Never fails: without an answer the run stays where its job wants it. */
export type ChooseCluster = (job: ProwJob, config: Config['scheduler'], signal: AbortSignal) => Promise<string>

type External = NonNullable<Config['scheduler']['external']>

// Runs of other agents know no build clusters.
const agents: readonly string[] = ['kubernetes', 'tekton-pipeline']
const answerWithinMs = 10_000

export function clusterChooser({
  fetch,
  clock,
  log,
}: {
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
  readonly log: Logger
}): ChooseCluster {
  const answers = answerCache(clock)

  async function ask({ url }: External, job: string, signal: AbortSignal): Promise<string> {
    const late = new AbortController()
    const stopWatch = clock.after(answerWithinMs, () =>
      late.abort(new Error(`no answer within ${answerWithinMs / 1000} s`)),
    )
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ job }),
        signal: AbortSignal.any([signal, late.signal]),
      })
      if (answer.status !== 200) throw new Error(`HTTP ${answer.status}`)
      const body: unknown = await answer.json()
      if (typeof body !== 'object' || body === null) throw new Error('the answer is not an object')
      const { cluster = '' } = body as { cluster?: unknown }
      if (typeof cluster !== 'string') throw new Error('the cluster in the answer is not text')
      return cluster
    } finally {
      stopWatch()
    }
  }

  return async ({ spec }, { failover, external }, signal) => {
    const wanted = spec.cluster ?? ''
    if (!agents.includes(spec.agent ?? '')) return wanted
    if (failover) return Object.hasOwn(failover.mappings, wanted) ? (failover.mappings[wanted] ?? '') : wanted
    if (!external) return wanted
    try {
      return await answers.get(external, spec.job, () => ask(external, spec.job, signal))
    } catch (err) {
      if (signal.aborted) throw err
      log.warn(
        { err, job: spec.job, url: external.url },
        'no cluster from the external scheduler; the job stays on its own',
      )
      return wanted
    }
  }
}

/** Answers by URL and job name. Failures are not kept. */
function answerCache(clock: Clock) {
  const known = new Map<string, { cluster: string; at: number }>()
  let cleanedAt = clock.now()
  return {
    async get({ url, cache }: External, job: string, ask: () => Promise<string>): Promise<string> {
      if (!cache) return ask()
      const { entry_timeout_interval: keepMs, cleanup_interval: cleanMs } = cache
      const now = clock.now()
      if (now - cleanedAt >= cleanMs) {
        cleanedAt = now
        for (const [key, { at }] of known) if (now - at >= keepMs) known.delete(key)
      }
      const key = `${url} ${job}`
      const fresh = known.get(key)
      if (fresh && now - fresh.at < keepMs) return fresh.cluster
      const cluster = await ask()
      known.set(key, { cluster, at: now })
      return cluster
    },
  }
}
