// Turns, one after the other.
import { expect, test } from 'vitest'
import { turns } from './turns.ts'

test('who waits comes in order, who leaves is passed over, and nobody comes early', async () => {
  const take = turns(1)
  const came: string[] = []
  const first = await take()
  const leaver = new AbortController()
  const left = take(leaver.signal).then(
    () => came.push('left'),
    (reason: unknown) => came.push(String(reason)),
  )
  const second = take().then((done) => {
    came.push('second')
    return done
  })
  const third = take().then((done) => {
    came.push('third')
    return done
  })
  leaver.abort('gone')
  await left
  expect(came).toEqual(['gone'])
  first()
  const done = await second
  expect(came).toEqual(['gone', 'second'])
  done()
  ;(await third)()
  expect(came).toEqual(['gone', 'second', 'third'])
  await expect(take(AbortSignal.abort('too late'))).rejects.toBe('too late')
  ;(await take())()
})
