// Gathering of questions while a piece of work runs.
import { expect, test } from 'vitest'
import { inBatches } from './batches.ts'

/** Work that ends when the test says so, and what it was asked. */
function desk() {
  const asked: { keys: readonly string[]; signal: AbortSignal; end(): void; fail(why: Error): void }[] = []
  const ask = inBatches<string>((keys, signal) => {
    const done = Promise.withResolvers<ReadonlyMap<string, string | Error>>()
    const answers = new Map(keys.map((key) => [key, key === 'bad' ? new Error('bad') : key.toUpperCase()]))
    asked.push({ keys, signal, end: () => done.resolve(answers), fail: done.reject })
    return done.promise
  })
  return { asked, ask }
}
const settled = () => new Promise((resolve) => setImmediate(resolve))

test('what is asked at the same moment is one piece of work, and later questions are the next', async () => {
  const { asked, ask } = desk()
  const first = [ask(['a']), ask(['a', 'b'])]
  await settled()
  const second = [ask(['a']), ask(['c'])]
  await settled()
  expect(asked.map(({ keys }) => keys)).toEqual([['a', 'b']])
  asked[0]?.end()
  expect(await Promise.all(first)).toEqual([
    new Map([['a', 'A']]),
    new Map([
      ['a', 'A'],
      ['b', 'B'],
    ]),
  ])
  await settled()
  expect(asked[1]?.keys).toEqual(['a', 'c'])
  asked[1]?.end()
  expect((await Promise.all(second)).flatMap((answers) => [...answers.values()])).toEqual(['A', 'C'])
})

test('a key that fails concerns those who asked for it, a piece of work that fails all', async () => {
  const { asked, ask } = desk()
  const answers = Promise.allSettled([ask(['a']), ask(['bad'])])
  await settled()
  asked[0]?.end()
  expect((await answers).map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  const others = Promise.allSettled([ask(['a']), ask(['b'])])
  await settled()
  asked[1]?.fail(new Error('no network'))
  expect((await others).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  const again = ask(['a'])
  await settled()
  asked[2]?.end()
  expect(await again).toEqual(new Map([['a', 'A']]))
})

test('work is aborted when the last who waits gives up, and not begun when nobody is left', async () => {
  const { asked, ask } = desk()
  const [one, two] = [new AbortController(), new AbortController()]
  const answers = Promise.allSettled([ask(['a'], one.signal), ask(['a'], two.signal)])
  await settled()
  const third = new AbortController()
  const waiting = ask(['b'], third.signal)
  third.abort(new Error('gone'))
  await expect(waiting).rejects.toThrow('gone')
  one.abort(new Error('gone'))
  expect(asked[0]?.signal.aborted).toBe(false)
  two.abort(new Error('gone'))
  expect(asked[0]?.signal.aborted).toBe(true)
  expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  asked[0]?.fail(new Error('ended'))
  await settled()
  expect(asked).toHaveLength(1)
  const next = ask(['c'])
  await settled()
  asked[1]?.end()
  expect(await next).toEqual(new Map([['c', 'C']]))
})
