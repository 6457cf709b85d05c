// What becomes of a request that GitHub refused or did not answer: sent again, when, and to which server.
import type { Logger } from 'pino'
import { CodeHostError } from '../api/code-host.ts'
import type { Clock } from '../system/clock.ts'
import { type Answer, type Call, isGraphql, type Send, TimedOut } from './exchange.ts'

/** The settings of --github-client.… */
export interface RetryRules {
  /** Attempts in all. */
  readonly attempts: number
  /** How many answers 404 are asked again, where the thing asked for has to be there. */
  readonly attempts404: number
  /** A limit that lasts longer fails the request, milliseconds. */
  readonly longestWaitMs: number
  /** First back-off, milliseconds; doubled each time. */
  readonly firstPauseMs: number
}

/** Upstream's defaults. */
export const defaultRetryRules: RetryRules = {
  attempts: 8,
  attempts404: 2,
  longestWaitMs: 120_000,
  firstPauseMs: 2000,
}

/** Why to wait, and how long. `primary` and `secondary` are the limits of GitHub's documentation. */
export interface Pause {
  readonly kind: 'primary' | 'secondary' | 'transient'
  readonly ms: number
}

// GitHub asks for a minute at least where it does not say how long a secondary limit lasts.
const secondaryMs = 60_000
// GitHub's times are whole seconds.
const roundedMs = 1000

/** The limit that an answer tells of, and how long it lasts. */
export function limitOf({ status, headers, body }: Answer, call: Call, now: number): Pause | undefined {
  const text = () => Buffer.from(body.subarray(0, 4096)).toString('utf8')
  const refused = status === 403 || status === 429
  const refusedByGraphql = status === 200 && isGraphql(call) && /"type"\s*:\s*"RATE_LIMITED"/.test(text())
  if (!refused && !refusedByGraphql) return undefined
  if (headers['x-ratelimit-remaining'] === '0') {
    const resetsAt = Number(headers['x-ratelimit-reset'] || Number.NaN) * 1000
    // Without a time it fails, as a limit that lasts too long.
    const ms = Number.isFinite(resetsAt) ? Math.max(0, resetsAt - now) + roundedMs : Number.POSITIVE_INFINITY
    return { kind: 'primary', ms }
  }
  const asked = headers['retry-after'] ?? ''
  if (asked !== '' && asked !== '0') {
    return { kind: 'secondary', ms: /^\d+$/.test(asked) ? Number(asked) * 1000 + roundedMs : Number.POSITIVE_INFINITY }
  }
  if (/\bsecondary rate\b/i.test(text())) return { kind: 'secondary', ms: asked === '0' ? 0 : secondaryMs }
  return undefined
}

// What an event promises: its issue or pull request, and the commit. GitHub may need a moment until every server of it knows them. Of
// everything else 404 is an answer that nobody should wait for.
const promised = /^\/repos\/[^/]+\/[^/]+\/(?:(?:issues|pulls)\/\d+|commits\/[^/]+|statuses)(?:[/?]|$)/

/**
 * What to do about an answer, or about its absence; undefined is: give it to the caller.
 * @param attempt The first one is 1.
 * @param backoffMs The present back-off.
 */
export function pauseAfter(
  outcome: Answer | Error,
  { call, attempt, backoffMs, now }: { call: Call; attempt: number; backoffMs: number; now: number },
  rules: RetryRules,
): Pause | undefined {
  if (attempt >= rules.attempts) return undefined
  const transient = { kind: 'transient', ms: Math.min(backoffMs, rules.longestWaitMs) } as const
  // It may have had its effect, and whoever asked has waited long enough.
  if (outcome instanceof TimedOut) return undefined
  if (outcome instanceof Error) return transient
  const limit = limitOf(outcome, call, now)
  if (limit) return limit.ms < rules.longestWaitMs ? limit : undefined
  const { status } = outcome
  const missing = status === 404 && attempt <= rules.attempts404 && call.method !== 'DELETE' && promised.test(call.path)
  return missing || status === 429 || status >= 500 ? transient : undefined
}

export interface Patience {
  readonly clock: Clock
  readonly log: Logger
  readonly rules: RetryRules
  /** Ends all waiting. */
  readonly signal: AbortSignal
}

/** Sends until there is an answer worth having; after a failure of the wire to the next server, round and round. */
export function patient(servers: readonly Send[], { clock, log, rules, signal }: Patience): Send {
  return async (call) => {
    let server = 0
    let backoffMs = rules.firstPauseMs
    for (let attempt = 1; ; attempt++) {
      const send = servers[server % servers.length]
      if (!send) throw new Error('no endpoint of GitHub is known')
      const outcome = await send(call).catch((error: unknown) => {
        if (signal.aborted) throw signal.reason
        // A CodeHostError is about who we are: nobody else needs to be asked.
        if (!(error instanceof Error) || error instanceof CodeHostError) throw error
        return error
      })
      const pause = pauseAfter(outcome, { call, attempt, backoffMs, now: clock.now() }, rules)
      if (!pause) {
        if (outcome instanceof Error) throw outcome
        return outcome
      }
      const facts = { kind: pause.kind, method: call.method, path: call.path, attempt, waitMs: pause.ms }
      if (pause.kind === 'transient') {
        log.debug(facts, 'a request to GitHub is sent again')
        backoffMs *= 2
        if (outcome instanceof Error) server++
      } else log.warn(facts, 'GitHub limits the rate of requests')
      await clock.sleep(pause.ms, signal)
    }
  }
}
