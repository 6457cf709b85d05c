// How long a request waits that GitHub refused or did not answer, before it is sent again. GitHub's limits are honoured when they are
// met: to ask slowly from the start would hold up every status of a busy repository.
import type { Logger } from 'pino'
import type { Clock } from '../system/clock.ts'
import type { Octokit } from './octokit.ts'

/** Why to wait, and how long. `primary` and `secondary` are the limits of GitHub's documentation. */
export interface Pause {
  readonly kind: 'primary' | 'secondary' | 'transient'
  readonly seconds: number
}

export interface Patience {
  readonly clock: Clock
  readonly log: Logger
  /** A limit that lasts longer fails the request. */
  readonly longestWaitSeconds: number
  /** What a second of waiting is, milliseconds. */
  readonly secondMs: number
  /** Ends all waiting. */
  readonly signal: AbortSignal
}

// What does not get better by asking again.
const answers = [400, 401, 403, 404, 405, 409, 410, 422, 451]
const mostTransient = 3
const mostLimited = 8
// When GitHub does not say how long a secondary limit lasts.
const secondarySeconds = 60

/**
 * What to do about a failed request; undefined is: give up.
 * @param transient How often it was already sent again after a transient failure.
 * @param now Milliseconds since the epoch.
 */
export function pauseAfter(error: unknown, transient: number, now: number): Pause | undefined {
  const failed = failureOf(error)
  if (!failed) return undefined
  const { status, message, headers } = failed
  if (status === 403 || status === 429) {
    const asked = headers['retry-after'] === undefined ? undefined : Number(headers['retry-after'])
    if (/\bsecondary rate\b/i.test(message)) return { kind: 'secondary', seconds: asked ?? secondarySeconds }
    if (String(headers['x-ratelimit-remaining']) === '0') {
      const left = Math.ceil(Number(headers['x-ratelimit-reset']) - now / 1000) + 1
      return { kind: 'primary', seconds: Math.max(0, left) }
    }
    if (asked !== undefined) return { kind: 'secondary', seconds: asked }
  }
  if (status < 400 || answers.includes(status) || transient >= mostTransient) return undefined
  return { kind: 'transient', seconds: (transient + 1) ** 2 }
}

/** Makes every request of a client patient. */
export function bePatient(octokit: Octokit, { clock, log, longestWaitSeconds, secondMs, signal }: Patience): void {
  octokit.hook.wrap('request', async (request, options) => {
    let limited = 0
    let transient = 0
    for (;;) {
      try {
        return await request(options)
      } catch (error) {
        const pause = pauseAfter(error, transient, clock.now())
        if (!pause) throw error
        const { kind, seconds } = pause
        if (kind === 'transient') transient++
        else {
          const again = seconds <= longestWaitSeconds && limited++ < mostLimited
          const { method, url: path } = options
          log.warn({ kind, method, path, retryAfter: seconds, again }, 'GitHub limits the rate of requests')
          if (!again) throw error
        }
        await clock.sleep(seconds * secondMs, signal)
      }
    }
  })
}

type Headers = Readonly<Record<string, string | number | undefined>>

/** An error of Octokit; a broken connection is a 500 without an answer. */
function failureOf(error: unknown): { status: number; message: string; headers: Headers } | undefined {
  if (!(error instanceof Error && 'status' in error && typeof error.status === 'number')) return undefined
  const { status, message } = error
  const response: unknown = 'response' in error ? error.response : undefined
  const headers = isObject(response) && 'headers' in response && isObject(response.headers) ? response.headers : {}
  return { status, message, headers: headers as Headers }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
