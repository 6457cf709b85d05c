// hold, as the people on a pull request see it.
import { expect, test } from 'vitest'
import { survivesInterruptions } from '../testing/interrupted.ts'
import { scene } from '../testing/plugin-scene.ts'
import hold from './hold.ts'

test('a hold lasts until somebody releases it', async () => {
  const { says, pr, host } = scene({ with: [hold] })
  await says('bob', '/hold until the release is out')
  expect(pr().labels).toEqual(['do-not-merge/hold'])
  await says('alice', 'it is out, thanks!\r\n/HOLD cancel\r\n')
  expect(pr().labels).toEqual([])
  expect(host.take()).toEqual(['org/repo#1 +do-not-merge/hold', 'org/repo#1 -do-not-merge/hold'])
})

test.each([
  ['/hold', true],
  ['/HOLD because of reasons', true],
  ['/hold cancelled', true],
  ['/hold cancel', false],
  ['/hold   cancel  because', false],
  ['/hold\ncancel', false],
  ['/unhold now', false],
  ['/remove-hold', false],
])('%j on a held pull request leaves it held: %s', async (text, held) => {
  const { says, change, pr } = scene({ with: [hold] })
  change({ labels: ['do-not-merge/hold'] })
  await says('bob', text)
  expect(pr().labels.includes('do-not-merge/hold')).toBe(held)
})

test.each(['/removehold', ' /hold', '> /hold', '/holdit', 'please /hold'])('%j says nothing', async (text) => {
  const { says, host } = scene({ with: [hold] })
  await says('bob', text)
  expect(host.calls).toEqual([])
})

test('works on closed pull requests, not on issues, and not when a comment is edited', async () => {
  const { says, saysOnIssue, change, pr } = scene({ with: [hold] })
  change({ state: 'closed' })
  await saysOnIssue('bob', '/hold')
  await says('bob', '/hold', { action: 'edited' })
  expect(pr().labels).toEqual([])
  await says('bob', '/hold')
  expect(pr().labels).toEqual(['do-not-merge/hold'])
})

test('an interrupted task holds all the same', () =>
  survivesInterruptions(
    () => scene({ with: [hold] }),
    ({ says }) => says('bob', '/hold'),
  ))
