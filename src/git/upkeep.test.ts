// Mirrors are tidied when it is worth it, and not all the time.
import { randomBytes } from 'node:crypto'
import { copyFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { testClock } from '../testing/clock.ts'
import { gitScene, token } from './testing/scene.ts'

test('many packs become few, at most every six hours, and nothing is lost', async () => {
  const scene = await gitScene()
  onTestFinished(() => scene.close())
  const clock = testClock()
  let asked = 0
  const mirror = scene.mirror({
    clock,
    async token() {
      asked++
      return token
    },
  })
  const base = scene.repo.commit('one', { a: 'a\n' })
  await mirror.ensure([base])
  const head = scene.pull({ b: 'b\n' }, base)
  const merged = await mirror.merged(base, [head], 'merge')

  const folder = join(scene.mirrorDir, 'objects/pack')
  const packs = () => readdirSync(folder).filter((name) => name.endsWith('.pack')).length
  const [pack = ''] = readdirSync(folder).filter((name) => name.endsWith('.pack'))
  for (let n = 0; n < 301; n++) {
    const name = `pack-${randomBytes(20).toString('hex')}`
    for (const ending of ['.pack', '.idx', '.promisor'])
      copyFileSync(join(folder, pack.replace('.pack', ending)), join(folder, `${name}${ending}`))
  }
  const before = asked
  await mirror.ensure([scene.repo.commit('two', { c: 'c\n' })])
  for (let n = 0; n < 5; n++) await mirror.files(base)
  expect(asked, 'runs that may use the network').toBe(before + 1)
  await clock.advance('6h')
  await mirror.ensure([scene.repo.commit('three', { d: 'd\n' })])
  await vi.waitFor(() => expect(scene.logged.join('')).toContain('tidied the mirror'), { timeout: 10_000 })
  expect(packs()).toBeLessThan(5)
  const uploads = scene.uploads()
  await mirror.ensure([base, head])
  expect((await mirror.files(merged)).map(({ path }) => path)).toEqual(['a', 'b'])
  expect(scene.uploads()).toBe(uploads)
})
