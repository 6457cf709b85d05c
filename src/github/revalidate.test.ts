// Who shares an answer with whom: the same question at the same time, but nobody with whom a change lies between.
import { expect, test } from 'vitest'
import { testClock } from '../testing/clock.ts'
import type { Answer, Call } from './exchange.ts'
import { openResponseStore } from './response-store.ts'
import { revalidating } from './revalidate.ts'

/** A server that answers when the test says so. */
function slowServer() {
  const waiting: { call: Call; answer: (body: string) => void }[] = []
  const send = revalidating(openResponseStore(undefined, 1024 * 1024), testClock())((call) => {
    const { promise, resolve } = Promise.withResolvers<Answer>()
    const answer = (body: string) => resolve({ status: 200, headers: {}, body: Buffer.from(body), mode: 'SKIP' })
    waiting.push({ call, answer })
    return promise
  }, 'me')
  const get = () => send({ method: 'GET', path: '/labels', headers: {} })
  const change = () => send({ method: 'POST', path: '/labels', headers: {} })
  const text = async (answer: Promise<Answer>) => Buffer.from((await answer).body).toString()
  return { waiting, get, change, text }
}

test('the same question at the same time is asked once', async () => {
  const { waiting, get, text } = slowServer()
  const [one, two] = [get(), get()]
  expect(waiting).toHaveLength(1)
  waiting[0]?.answer('now')
  expect([await text(one), await text(two), (await two).mode]).toEqual(['now', 'now', 'COALESCED'])
})

test('who asks after a change does not get what was asked before it', async () => {
  const { waiting, get, change, text } = slowServer()
  const before = get()
  const changed = change()
  waiting[1]?.answer('changed')
  await changed
  const [after, beside] = [get(), get()]
  expect(waiting).toHaveLength(3)
  // The older question ends later than it was overtaken, and does not take the newer one along.
  waiting[0]?.answer('old')
  expect(await text(before)).toBe('old')
  const third = get()
  expect(waiting).toHaveLength(3)
  waiting[2]?.answer('new')
  expect([await text(after), await text(beside), await text(third)]).toEqual(['new', 'new', 'new'])
})
