// What is left of GitHub's limits, by credential and kind; holds requests back that may not be sent yet, and counts who spends.
import type { Logger } from 'pino'
import type { Clock } from '../system/clock.ts'
import { type Priority, type Quota, waitUntil } from './budget.ts'
import { type Answer, type Call, isFree, isGraphql } from './exchange.ts'
import type { GitHubMetrics } from './metrics.ts'
import { limitOf } from './patience.ts'

/** Who sends requests, for what. */
export interface Purpose {
  /** Component or plugin. */
  readonly by: string
  readonly priority: Priority
}

/** One limit: whose, and of which kind. */
export interface QuotaReport {
  readonly budget: string
  /** `core`, `search`, `graphql`. */
  readonly resource: string
  readonly quota?: Quota
  /** End of a secondary limit, milliseconds since the epoch. */
  readonly pausedUntil?: number
  /** Requests that wait for this limit. */
  readonly waiting: Readonly<Partial<Record<Priority, number>>>
}

/** Requests since the start of the process. */
export interface Spending extends Purpose {
  /** `org/repo`, `org`, or empty. */
  readonly where: string
  readonly paid: number
  /** Answered without using up quota. */
  readonly free: number
}

export interface Quotas {
  /** Resolves when a request may be sent. */
  enter(budget: string, call: Call, purpose: Purpose): Promise<void>
  /** Notes what an answer says about limits. */
  note(budget: string, call: Call, answer: Answer, purpose: Purpose, org: string): void
  limits(): readonly QuotaReport[]
  spending(): readonly Spending[]
}

interface State {
  readonly budget: string
  readonly resource: string
  quota?: Quota
  pausedUntil?: number
  readonly waiting: Partial<Record<Priority, number>>
}

// How often whoever waits looks again: a limit may be lifted early.
const lookMs = 60_000
const tellMs = 900_000
// GitHub's servers do not quite agree on the end of a window.
const jitterMs = 60_000

export function createQuotas(
  clock: Clock,
  { log, metrics, signal }: { log: Logger; metrics: GitHubMetrics; signal: AbortSignal },
): Quotas {
  const states = new Map<string, State>()
  const spent = new Map<string, { -readonly [K in keyof Spending]: Spending[K] }>()

  const stateOf = (budget: string, resource: string): State => {
    const key = JSON.stringify([budget, resource])
    const state = states.get(key) ?? { budget, resource, waiting: {} }
    states.set(key, state)
    return state
  }
  /** Tokens come and go: what a past window said is of no use. */
  const forgetOld = (now: number) => {
    for (const [key, { quota, pausedUntil = 0, waiting }] of states)
      if ((quota?.resetsAt ?? 0) < now && pausedUntil < now && Object.keys(waiting).length === 0) states.delete(key)
  }

  return {
    async enter(budget, call, { by, priority }) {
      const state = stateOf(budget, resourceOf(call))
      const began = clock.now()
      let isTold = false
      for (;;) {
        const now = clock.now()
        const until = waitUntil(priority, state, now)
        if (until === undefined) break
        const facts = { by, priority, budget, resource: state.resource, waitMs: until - now }
        if (!isTold) log[until - now > tellMs ? 'warn' : 'info'](facts, 'a request to GitHub waits for its quota')
        isTold = true
        state.waiting[priority] = (state.waiting[priority] ?? 0) + 1
        metrics.waiting.inc({ priority })
        try {
          await clock.sleep(Math.min(until - now, lookMs), signal)
        } finally {
          metrics.waiting.dec({ priority })
          state.waiting[priority] = (state.waiting[priority] ?? 1) - 1
          if (state.waiting[priority] === 0) delete state.waiting[priority]
        }
      }
      // Until the answer tells: many requests may set out at once.
      if (state.quota) state.quota = { ...state.quota, remaining: state.quota.remaining - 1 }
      const labels = { token_hash: budget, request_type: call.method, api: isGraphql(call) ? 'v4' : 'v3' }
      metrics.wait.observe(labels, (clock.now() - began) / 1000)
    },

    note(budget, call, answer, { by, priority }, org) {
      const now = clock.now()
      const { headers } = answer
      const state = stateOf(budget, headers['x-ratelimit-resource'] ?? resourceOf(call))
      const quota = quotaIn(headers)
      // Of two answers the older one may come last; the window that it tells of is over then.
      const isOld = state.quota && quota && quota.resetsAt < state.quota.resetsAt - jitterMs
      if (quota && (!isOld || (state.quota?.resetsAt ?? 0) <= now)) state.quota = quota
      const limit = limitOf(answer, call, now)
      if (limit?.kind === 'secondary' && Number.isFinite(limit.ms)) {
        // It is about all that this account does.
        for (const other of states.values()) if (other.budget === budget) other.pausedUntil = now + limit.ms
      }
      const where = whereOf(call, org)
      const key = JSON.stringify([by, where])
      const entry = spent.get(key) ?? { by, priority, where, paid: 0, free: 0 }
      spent.set(key, entry)
      const free = isFree(answer)
      if (free) entry.free++
      else entry.paid++
      const [inOrg = '', repo = ''] = where.split('/')
      metrics.requests.inc({ user_agent: by, org: inOrg, repo, cost: free ? 'free' : 'paid' })
      if (states.size > 1000) forgetOld(now)
    },

    limits: () => {
      forgetOld(clock.now())
      return [...states.values()]
    },
    spending: () => [...spent.values()].sort((a, b) => b.paid - a.paid),
  }
}

/** GitHub counts some kinds of requests by themselves. */
function resourceOf(call: Call): string {
  if (isGraphql(call)) return 'graphql'
  return /^\/search\/code\b/.test(call.path) ? 'code_search' : /^\/search\//.test(call.path) ? 'search' : 'core'
}

function quotaIn(headers: Answer['headers']): Quota | undefined {
  const number = (name: string) => Number(headers[`x-ratelimit-${name}`] || Number.NaN)
  const [remaining, reset] = [number('remaining'), number('reset')]
  const limit = number('limit')
  if (!Number.isFinite(remaining) || !Number.isFinite(reset)) return undefined
  return { limit: Number.isFinite(limit) ? limit : remaining, remaining, resetsAt: reset * 1000 }
}

function whereOf({ path }: Call, org: string): string {
  return /^\/repos\/([^/?]+\/[^/?]+)/.exec(path)?.[1] ?? /^\/orgs\/([^/?]+)/.exec(path)?.[1] ?? org
}
