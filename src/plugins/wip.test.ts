// wip: which titles count, and when it looks.
import { expect, test } from 'vitest'
import { survivesInterruptions } from '../testing/interrupted.ts'
import { scene } from '../testing/plugin-scene.ts'
import wip, { isWorkInProgress } from './wip.ts'

const label = 'do-not-merge/work-in-progress'

test.each([
  ['WIP: x', true],
  ['wip x', true],
  ['[wip] x', true],
  ['(WIP) x', true],
  ['<WIP> x', true],
  ['🚧WIP: x', true],
  ['WIP', false],
  ['wip_x', false],
  ['Wipe out the cache', false],
  ['[[WIP] x', false],
  ['🚧 WIP: x', false],
  ['fix WIP: x', false],
])('the title %j: %s', (title, want) => {
  expect(isWorkInProgress({ title, draft: false })).toBe(want)
})

test('a draft is not ready whatever its title', () => {
  expect(isWorkInProgress({ title: 'a change', draft: true })).toBe(true)
})

test.each(['opened', 'reopened', 'edited', 'ready_for_review', 'converted_to_draft'])(
  'looks at %s: the label comes and goes, once',
  async (action) => {
    const { acts, pr, host } = scene({ with: [wip] })
    await acts(action, {}, { draft: true })
    expect(pr().labels).toEqual([label])
    await acts(action)
    await acts(action, {}, { draft: false })
    await acts(action)
    expect(host.take()).toEqual([`org/repo#1 +${label}`, `org/repo#1 -${label}`])
  },
)

test.each(['synchronize', 'labeled', 'closed', 'assigned'])('does not look at %s', async (action) => {
  const { acts, host } = scene({ with: [wip] })
  await acts(action, { label: { name: 'x' } }, { draft: true })
  expect(host.calls).toEqual([])
})

test('an interrupted task sets the label all the same', () =>
  survivesInterruptions(
    () => scene({ with: [wip] }),
    ({ opens }) => opens({ title: 'WIP: x' }),
  ))
