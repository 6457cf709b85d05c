// Recovery: finds deliveries that never arrived, because hook or the network was down, and has them sent again.
import type { Logger } from 'pino'
import { CodeHostError } from '../api/code-host.ts'
import { type Attempt, nameOf, type Webhook, type Webhooks } from '../github/deliveries.ts'
import type { Clock } from '../system/clock.ts'
import { every } from '../system/clock.ts'
import type { Delivery, Journal } from './journal.ts'
import type { HookMetrics } from './metrics.ts'
import { type Asked, firstFrom, lookFrom, planRecovery } from './recovery-plan.ts'

export interface RecoveryNeeds {
  readonly webhooks: Webhooks
  readonly journal: Pick<Journal, 'knows' | 'note' | 'setNote'>
  readonly metrics: HookMetrics
  readonly clock: Clock
  readonly log: Logger
  readonly signal: AbortSignal
}

export interface Recovery {
  /** Learns from a verified delivery which webhook it came through. */
  saw(delivery: Delivery, payload: unknown): void
  /** Looks now and every few minutes until the signal aborts. Never rejects. */
  run(): Promise<void>
}

/** A webhook that deliveries came through, and since when to look at it. */
interface Known {
  readonly hook: Webhook
  /** Milliseconds since the epoch. */
  readonly from: number
}

const noteName = 'recovery'
const periodMs = 300_000
/** Whoever may send webhooks can make their ids up, and must not fill the memory. */
const mostKnown = 2000
/** With many webhooks the rounds become longer, so that no more than this many are asked about in a minute. */
const looksAMinute = 6
/** Between two requests for another attempt: GitHub asks for some patience with those. */
const pauseMs = 250
/** A webhook that this account may not look at is left alone for that long. */
const refusedMs = 6 * 3_600_000

export function recovery({ webhooks, journal, metrics, clock, log, signal }: RecoveryNeeds): Recovery {
  const known = new Map<string, Known>()
  const asked = new Map<string, Asked>()
  /** Until when a webhook is left alone. */
  const refused = new Map<string, number>()
  const fresh = (hook: Webhook): Known => ({ hook, from: firstFrom(clock.now()) })
  if (webhooks.isApp) known.set(nameOf({ of: 'app' }), fresh({ of: 'app' }))
  for (const one of notedIn(journal.note(noteName))) known.set(nameOf(one.hook), one)

  async function keep(one: Known): Promise<void> {
    known.set(nameOf(one.hook), one)
    await journal.setNote(noteName, JSON.stringify([...known.values()]))
  }

  async function look({ hook, from }: Known, now: number): Promise<void> {
    const plan = planRecovery(await webhooks.attempts(hook, lookFrom(from, now)), { knows: journal.knows, asked, now })
    for (const { guid, event } of plan.givenUp) {
      if (asked.get(guid)?.at === Number.POSITIVE_INFINITY) continue
      asked.set(guid, { times: Number.POSITIVE_INFINITY, at: Number.POSITIVE_INFINITY })
      metrics.redeliveries.inc({ result: 'given up' })
      log.error(
        { 'event-GUID': guid, 'event-type': event },
        'a delivery failed each time it was sent again; it is lost',
      )
    }
    for (const attempt of plan.ask) {
      if (signal.aborted) return
      await ask(hook, attempt)
      await clock.sleep(pauseMs, signal)
    }
    metrics.lookedAt.set(now / 1000)
    await keep({ hook, from: plan.from })
  }

  async function ask(hook: Webhook, { id, guid, event, at }: Attempt): Promise<void> {
    const facts = {
      'event-GUID': guid,
      'event-type': event,
      webhook: nameOf(hook),
      failedAt: new Date(at).toISOString(),
    }
    asked.set(guid, { times: (asked.get(guid)?.times ?? 0) + 1, at: clock.now() })
    try {
      await webhooks.redeliver(hook, id)
      metrics.redeliveries.inc({ result: 'asked for' })
      log.info(facts, 'a delivery did not arrive; GitHub sends it again')
    } catch (err) {
      metrics.redeliveries.inc({ result: 'refused' })
      log.warn({ ...facts, err }, 'a delivery did not arrive, and GitHub does not send it again now')
    }
  }

  /** GitHub may let us wait for minutes, which nobody who ends hook wants to. */
  async function orEnd(work: Promise<void>): Promise<void> {
    const end = Promise.withResolvers<never>()
    const tell = () => end.reject(signal.reason)
    signal.addEventListener('abort', tell, { once: true })
    try {
      await Promise.race([work, end.promise])
    } finally {
      signal.removeEventListener('abort', tell)
    }
  }

  async function lookAtAll(): Promise<void> {
    for (const [name, one] of [...known]) {
      const now = clock.now()
      if (signal.aborted || (refused.get(name) ?? 0) > now) continue
      try {
        await orEnd(look(one, now))
      } catch (err) {
        if (signal.aborted) return
        if (mayNot(err)) {
          refused.set(name, now + refusedMs)
          log.warn({ err, webhook: name }, 'cannot see which deliveries failed: the account is no admin of the webhook')
        } else log.warn({ err, webhook: name }, 'cannot look for deliveries that failed; tried again in some minutes')
      }
    }
  }

  return {
    saw(delivery, payload) {
      const hook = hookOf(delivery.headers, payload)
      if (!hook || known.has(nameOf(hook)) || known.size >= mostKnown) return
      keep(fresh(hook)).catch((err: unknown) => log.error({ err }, 'cannot note a webhook'))
    },
    async run() {
      const period = () => Math.max(periodMs, (known.size / looksAMinute) * 60_000)
      for await (const _ of every(clock, period, signal)) await lookAtAll()
    },
  }
}

const mayNot = (error: unknown): boolean =>
  error instanceof CodeHostError && (error.kind === 'forbidden' || error.kind === 'not-found')

/** The webhook that GitHub's headers name; of an app there is only one, which is known by itself. */
export function hookOf(headers: Readonly<Record<string, string>>, payload: unknown): Webhook | undefined {
  const id = Number(headers['x-github-hook-id'])
  if (!Number.isSafeInteger(id) || id <= 0) return undefined
  const { repository, organization } = (payload ?? {}) as {
    repository?: { full_name?: unknown } | null
    organization?: { login?: unknown } | null
  }
  const type = headers['x-github-hook-installation-target-type']
  if (type === 'organization' && typeof organization?.login === 'string')
    return { of: 'org', org: organization.login, id }
  if (type !== 'repository' || typeof repository?.full_name !== 'string') return undefined
  const [org, repo] = repository.full_name.split('/')
  return org && repo ? { of: 'repo', org, repo, id } : undefined
}

/** What an earlier process knew. */
const notedIn = (note: string | undefined): readonly Known[] => (note ? (JSON.parse(note) as readonly Known[]) : [])
