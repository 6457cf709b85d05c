// The cache of answers: always asked of GitHub whether they still hold, because a 304 costs no quota; and one question at a time.
import { createHash } from 'node:crypto'
import type { Clock } from '../system/clock.ts'
import { type Answer, type Call, isGraphql, type Send } from './exchange.ts'
import type { ResponseStore, Stored } from './response-store.ts'

/** Called when an answer was taken from the cache. */
type OnAge = (ageMs: number) => void

/**
 * A cache that several credentials may share without seeing each other's answers. An answer 304 is for those only who asked whether an
 * answer of their own still holds.
 * @param partition Whose answers: a hash of the credential, or its name.
 */
export type Cache = (send: Send, partition: string, onAge?: OnAge) => Send

export function revalidating(store: ResponseStore, clock: Clock): Cache {
  const underWay = new Map<string, Promise<Answer>>()
  return (send, partition, onAge) => async (call) => {
    if (call.method !== 'GET' || call.headers.range !== undefined) {
      const answer = await send(call)
      // Whoever asks after a change wants to see it: a question that was asked before it is not theirs.
      if (call.method !== 'GET') underWay.clear()
      return { ...answer, mode: 'SKIP' }
    }
    // Another representation is another answer.
    const { accept = '', 'x-github-api-version': version = '' } = call.headers
    const key = createHash('sha256')
      .update(JSON.stringify([partition, call.path, accept, version]))
      .digest('hex')
    const same = underWay.get(key)
    if (same) return { ...(await same), mode: 'COALESCED' }
    const asking: Promise<Answer> = ask(send, call, key, onAge).finally(() => {
      if (underWay.get(key) === asking) underWay.delete(key)
    })
    underWay.set(key, asking)
    return asking
  }

  async function ask(send: Send, call: Call, key: string, onAge?: OnAge): Promise<Answer> {
    const known = store.get(key)
    const answer = await send(known ? { ...call, headers: withConditionOf(known, call) } : call)
    if (answer.status === 304) {
      if (!known) return { ...answer, mode: 'REVALIDATED' }
      onAge?.(clock.now() - known.storedAt)
      const headers = { ...known.headers, ...answer.headers }
      return { status: known.status, headers, body: known.body, mode: 'REVALIDATED' }
    }
    if (!isCacheable(answer, call)) {
      // A failure of the server says nothing about what is kept.
      if (answer.status < 500) store.delete(key)
      return { ...answer, mode: 'NO-STORE' }
    }
    const { status, headers, body } = answer
    if (hasValidator(headers)) store.set(key, { status, headers, body, storedAt: clock.now() })
    return { ...answer, mode: known ? 'CHANGED' : 'MISS' }
  }
}

const hasValidator = (headers: Answer['headers']) =>
  headers.etag !== undefined || headers['last-modified'] !== undefined

const isCacheable = ({ status, headers }: Answer, call: Call): boolean =>
  status < 400 && !isGraphql(call) && !/\bno-store\b/i.test(headers['cache-control'] ?? '')

function withConditionOf({ headers: { etag, 'last-modified': modified } }: Stored, call: Call): Call['headers'] {
  const { 'if-none-match': _match, 'if-modified-since': _since, ...others } = call.headers
  return {
    ...others,
    ...(etag !== undefined && { 'if-none-match': etag }),
    ...(modified !== undefined && { 'if-modified-since': modified }),
  }
}
