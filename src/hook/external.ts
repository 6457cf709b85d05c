// External plugins: programs elsewhere that get the deliveries they ask for, with body and headers as they came.
import type { Logger } from 'pino'
import type { Clock } from '../system/clock.ts'
import type { Fetch } from './bounded-fetch.ts'
import type { Delivery } from './journal.ts'
import { TransientError } from './retry.ts'

// These belong to one connection, not to the message.
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

// Answers of a proxy whose backend is not there (yet), and of a server that asks to come back later.
const comeBackLater: readonly number[] = [429, 502, 503, 504]
const answerWithinMs = 60_000
const mostOfAnswer = 2000

/**
 * Sends a delivery on. Failing to connect, no answer within a minute, and answers that say "not now" throw something
 * transient; any other answer, good or bad, ends the matter, because the plugin has seen the delivery.
 */
export async function forward(
  delivery: Delivery,
  endpoint: string,
  { fetch, clock, log, signal }: { fetch: Fetch; clock: Clock; log: Logger; signal: AbortSignal },
): Promise<void> {
  const headers = Object.entries(delivery.headers).filter(([name]) => !hopByHop.has(name))
  const late = new AbortController()
  const stopWatch = clock.after(answerWithinMs, () => late.abort())
  let answer: Response
  let body: string
  try {
    answer = await fetch(endpoint, {
      method: 'POST',
      headers: { ...Object.fromEntries(headers), 'user-agent': 'ProwHook' },
      body: new Uint8Array(delivery.body),
      signal: AbortSignal.any([signal, late.signal]),
    })
    body = await beginningOf(answer)
  } catch (error) {
    if (late.signal.aborted) throw new TransientError(`${endpoint} did not answer within ${answerWithinMs / 1000} s`)
    throw error
  } finally {
    stopWatch()
  }
  if (comeBackLater.includes(answer.status)) throw new TransientError(`${endpoint} answered ${answer.status}: ${body}`)
  if (!answer.ok) log.error({ endpoint, status: answer.status, body }, 'an external plugin answered with an error')
}

/** For messages. The rest is not even read: an answer may be of any length. */
async function beginningOf(answer: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length >= mostOfAnswer) return text.slice(0, mostOfAnswer)
  }
  return text
}
