// What Deck says about configuration files that cannot be used.
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ConfigProblem } from '../config/types.ts'
import { type DeckScene, startDeck } from './testing/scene.ts'
import type { ConfigState } from './wire.ts'

let scene: DeckScene
beforeEach(async () => {
  scene = await startDeck()
})
afterEach(() => scene.close())

const asked = async (): Promise<ConfigState> => {
  const answer = await fetch(`${scene.url}/api/config-problems`)
  expect(answer.headers.get('cache-control')).toContain('no-store')
  return (await answer.json()) as ConfigState
}
const problem = (line: number): ConfigProblem => ({
  ...{ code: 'CONFIG_TYPE', place: { file: 'a.yaml', line, column: 2 }, field: 'plank', message: 'must be a map' },
})

test('nothing, while the newest files are in force', async () => {
  expect(await asked()).toEqual({ inForceSince: 0, count: 0, problems: [] })
})

test('where and what is wrong, the first of many', async () => {
  const many = Array.from({ length: 60 }, (_, index) => problem(index + 1))
  scene.setProblems([{ code: 'CONFIG_X', field: '', message: 'without a place', hint: 'do this' }, ...many])
  const { count, problems } = await asked()
  expect([count, problems.length]).toEqual([61, 50])
  expect(problems.slice(0, 2)).toEqual([
    { file: '', line: 0, column: 0, field: '', message: 'without a place', hint: 'do this' },
    { file: 'a.yaml', line: 1, column: 2, field: 'plank', message: 'must be a map', hint: '' },
  ])
})
