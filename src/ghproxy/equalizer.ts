// One token per installation for everybody: then all of them share one quota window, one cache and its validators.
import type { Answer, Call } from '../github/exchange.ts'
import type { Clock } from '../system/clock.ts'

const path = /^\/app\/installations\/(\d+)\/access_tokens$/
const leastLifeMs = 60_000

/**
 * Replaces the token in an answer by the one that was handed out before, while that one holds for another minute. GitHub has answered 201
 * by then, so whoever asks may have one. A token that was asked for with conditions of its own is left as it is.
 */
export function tokenEqualizer(clock: Clock): (call: Call, answer: Answer) => Answer {
  const tokens = new Map<string, { readonly body: Uint8Array; readonly expiresAt: number }>()
  return (call, answer) => {
    const [, installation] = path.exec(call.path) ?? []
    if (installation === undefined || call.method !== 'POST' || answer.status !== 201 || !isPlain(call)) return answer
    const known = tokens.get(installation)
    if (known && known.expiresAt - clock.now() >= leastLifeMs) {
      const headers = { ...answer.headers, 'x-prow-ghproxy-replaced-token': 'true' }
      return { ...answer, headers, body: known.body }
    }
    const expiresAt = expiryOf(answer.body)
    if (Number.isFinite(expiresAt)) tokens.set(installation, { body: answer.body, expiresAt })
    return answer
  }
}

const isPlain = ({ body = '' }: Call): boolean => /^\s*(?:\{\s*\})?\s*$/.test(Buffer.from(body).toString('utf8'))

function expiryOf(body: Uint8Array): number {
  try {
    const made: unknown = JSON.parse(Buffer.from(body).toString('utf8'))
    return typeof made === 'object' && made !== null && 'expires_at' in made
      ? Date.parse(String(made.expires_at))
      : Number.NaN
  } catch {
    return Number.NaN
  }
}
