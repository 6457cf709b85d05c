// Room for bodies: each has a limit, all together have one, and what is let go makes room again.
import { expect, test } from 'vitest'
import { BodyRefused, roomFor } from './bodies.ts'

async function* of(...sizes: number[]) {
  for (const size of sizes) yield Buffer.alloc(size, 'x')
}
const room = () => roomFor({ mostBytes: 10, mostTogether: 15 })

test('a body is put together from its pieces', async () => {
  expect((await room().hold().read(of(3, 4), 7)).toString()).toBe('xxxxxxx')
  expect(await room().hold().read(of(), 0)).toHaveLength(0)
})

test.each<[why: string, pieces: number[], declared: number]>([
  ['that says so', [], 11],
  ['that does not say so', [6, 5], 0],
])('one body larger than allowed %s is refused', async (_why, pieces, declared) => {
  await expect(
    room()
      .hold()
      .read(of(...pieces), declared),
  ).rejects.toThrow(new BodyRefused(413, 'a delivery may have at most 10 bytes, which is all that GitHub sends'))
})

test('together they have a limit; what is announced takes no room, and what is let go gives it back', async () => {
  const { hold } = room()
  const [first, second, third] = [hold(), hold(), hold()]
  await first.read(of(8), 8)
  await expect(second.read(of(4, 4), 8)).rejects.toThrow(
    new BodyRefused(503, 'deliveries of 12 bytes wait to be recorded, and at most 15 may; send it again later'),
  )
  second.release()
  second.release()
  expect(await third.read(of(7), 10)).toHaveLength(7)
  first.release()
  expect(await hold().read(of(8), 8)).toHaveLength(8)
})

test('who has hung up while sending holds nothing', async () => {
  const { hold } = room()
  const gone = hold()
  async function* hangsUp() {
    yield Buffer.alloc(5)
    gone.release()
    yield Buffer.alloc(5)
  }
  await gone.read(hangsUp(), 10)
  expect(await hold().read(of(10), 10)).toHaveLength(10)
  await expect(hold().read(of(6), 6)).rejects.toThrow('deliveries of 10 bytes wait')
})
