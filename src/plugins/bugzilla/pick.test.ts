// bugzilla and cherry-picks: whose bug is taken, and when one is made.
import { expect, test } from 'vitest'
import { CodeHostError } from '../../api/code-host.ts'
import type { Fields } from '../../bugzilla/bug.ts'
import type { Options } from './state.ts'
import { link, says, title, town } from './testing/bug-town.ts'

const body = 'This is an automated cherry-pick of #7'

/** Number 1 picks number 7, which was for bug 1. */
function picking(options: Options = { target_release: '2.0' }) {
  const it = town({ enable_backporting: true, ...options })
  it.host.open({ org: 'org', repo: 'repo', number: 7 }, { title })
  return it
}

test('a pick gets a clone, and its title', async () => {
  const { opens, after, memory } = picking()
  memory.file(1, { whiteboard: 'x' })
  expect(await after(opens({ title: `[release-2.0] ${title}`, body }))).toEqual([
    says(
      'author',
      `${link(1)} has been cloned as ${link(2)}. Retitling PR to link against new bug.\n/retitle [release-2.0] Bug 2: mend the lamp`,
    ),
  ])
  expect(memory.bugs.get(2)).toMatchObject({ target_release: ['2.0'], depends_on: [1], whiteboard: 'x' })
})

test('a clone that is there is taken', async () => {
  const { opens, after, memory } = picking()
  memory.file(1, { blocks: [2, 3, 4] })
  memory.file(2, { summary: 'another', target_release: ['2.0'] })
  memory.file(3, { target_release: ['2.0', '2.1'] })
  memory.file(4, { target_release: ['2.0'] })
  expect(await after(opens({ title: 'mend\nthe lamp', body }))).toEqual([
    says(
      'author',
      `Detected clone of ${link(1)} with correct target release. Retitling PR to link to clone:\n/retitle Bug 4: mend the lamp`,
    ),
  ])
  expect(memory.effects).toEqual([])
})

test('a clone that was left without its release is finished, not made again', async () => {
  const { opens, host, clock, memory } = picking()
  const fail = (operation: string) => {
    if (operation !== 'pullRequest') return
    host.before = undefined
    throw new CodeHostError('unavailable', 502, 'x')
  }
  host.before = fail
  await opens({ title, body })
  // What an attempt left that was cut off.
  memory.file(2)
  memory.file(1, { blocks: [2] })
  await clock.advance('1m')
  expect([...memory.bugs.keys()]).toEqual([1, 2])
  expect(memory.bugs.get(2)).toMatchObject({ target_release: ['2.0'] })
  expect(host.take()).toEqual([expect.stringContaining(`cloned as ${link(2)}`)])
})

test.each<[why: string, options: Options | undefined, original: string, bug: Fields, want: readonly string[]]>([
  [
    'no release is configured',
    {},
    title,
    {},
    [
      expect.stringContaining(
        `Failed to make a bug for the cherry-pick of ${link(1)}: no target release is configured`,
      ),
    ],
  ],
  ['the original has no bug', undefined, 'x', {}, []],
  [
    'the bug is in a group of others',
    { target_release: '2.0', allowed_groups: ['a'] },
    title,
    { groups: ['b'] },
    [expect.stringContaining('is not in the allowed groups')],
  ],
  [
    'it cannot be cloned',
    undefined,
    title,
    { product: '' },
    [expect.stringContaining('An error was encountered cloning for bug 1')],
  ],
])('a pick: %s', async (_why, options, original, bug, want) => {
  const { opens, host, after, memory } = picking(options)
  host.open({ org: 'org', repo: 'repo', number: 7 }, { title: original })
  memory.file(1, bug)
  expect(await after(opens({ title, body }))).toEqual(want)
  expect([...memory.bugs.keys()]).toEqual([1])
})
