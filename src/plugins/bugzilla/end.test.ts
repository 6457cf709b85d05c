// bugzilla at the end of a pull request: what is said, and where the bug goes.
import { expect, test } from 'vitest'
import { CodeHostError } from '../../api/code-host.ts'
import type { Fields } from '../../bugzilla/bug.ts'
import type { Options } from './state.ts'
import { link, says, self, title, town } from './testing/bug-town.ts'

const merging = { valid_states: [{ status: 'POST' }], state_after_merge: { status: 'MODIFIED' } }

test('merged: the bug moves with its last pull request', async () => {
  const { acts, host, after, memory } = town(merging)
  memory.file(1, { status: 'POST' })
  memory.links.set(1, [self, 'org/other/pull/5', 'un/known/pull/6'])
  const other = { org: 'org', repo: 'other', number: 5 }
  host.open(other)
  expect(await after(acts('closed', {}, { title, merged: true, state: 'closed' }))).toEqual([
    says(
      'author',
      `Some pull requests linked via external trackers have merged:
 * [org/repo#1](https://github.com/org/repo/pull/1)

The following pull requests linked via external trackers have not merged:
 * [org/other#5](https://github.com/org/other/pull/5)

These pull requests must merge or be unlinked from the Bugzilla bug in order for it to move to the next state. Once unlinked, request a bug refresh with <code>/bugzilla refresh</code>.

${link(1)} has not been moved to the MODIFIED state.`,
    ),
  ])
  host.open(other, { merged: true, state: 'closed' })
  expect(await after(acts('closed'))).toEqual([
    says(
      'author',
      `All pull requests linked via external trackers have merged:
 * [org/repo#1](https://github.com/org/repo/pull/1)
 * [org/other#5](https://github.com/org/other/pull/5)

${link(1)} has been moved to the MODIFIED state.`,
    ),
  ])
  expect(memory.effects).toEqual(['1 {"status":"MODIFIED"}'])
})

test('merged: a command asks again; without links the bug just moves', async () => {
  const { says: say, change, after, memory } = town(merging)
  change({ title, merged: true, state: 'closed' })
  memory.file(1, { status: 'NEW' })
  expect(await after(say('bob', '/bugzilla refresh'))).toEqual([
    says('bob', `${link(1)} is in an unrecognized state (NEW) and will not be moved to the MODIFIED state.`),
  ])
  memory.file(1, { status: 'POST' })
  expect(await after(say('bob', '/bugzilla refresh'))).toEqual([
    says('bob', `${link(1)} has been moved to the MODIFIED state.`),
  ])
})

test('merged: without a state for that nothing is asked', async () => {
  const { acts, after, memory } = town({ is_open: true })
  expect(await after(acts('closed', {}, { title, merged: true }))).toEqual([])
  expect(memory.asked).toEqual([])
})

test('merged: a related pull request that cannot be seen, or only later', async () => {
  const { acts, host, clock, after, memory } = town({ state_after_merge: { status: 'MODIFIED' } })
  memory.links.set(1, ['org/other/pull/5'])
  expect(await after(acts('closed', {}, { title, merged: true }))).toEqual([
    expect.stringContaining('checking the state of a related pull request, org/other#5, for bug 1'),
  ])
  host.open({ org: 'org', repo: 'other', number: 5 }, { merged: true })
  host.before = (operation) => {
    host.before = undefined
    if (operation === 'pullRequest') throw new CodeHostError('unavailable', 502, 'x')
  }
  // Answers of just now could be those of an earlier attempt.
  await clock.advance('2m')
  await acts('closed')
  expect(host.take()).toEqual([])
  await clock.advance('1m')
  expect(host.take()).toEqual([expect.stringContaining(`${link(1)} has been moved to the MODIFIED state.`)])
})

test('merged: what an earlier attempt moved is told once', async () => {
  const { acts, host, clock, memory } = town(merging)
  memory.file(1, { status: 'POST' })
  let attempts = 0
  host.after = (operation) => {
    if (operation === 'comment' && attempts++ === 0) throw new CodeHostError('unavailable', 502, 'x')
  }
  await acts('closed', {}, { title, merged: true })
  await clock.advance('1m')
  expect(host.take()).toHaveLength(1)
  expect(memory.effects).toHaveLength(1)
})

test('merged: the bug was moved, and nobody could be told before', async () => {
  const { acts, host, clock, memory } = town(merging)
  memory.file(1, { status: 'POST' })
  let attempts = 0
  host.before = (operation) => {
    if (operation === 'comment' && attempts++ === 0) throw new CodeHostError('unavailable', 502, 'x')
  }
  await acts('closed', {}, { title, merged: true })
  await clock.advance('1m')
  expect(host.take()).toEqual([expect.stringContaining('has been moved to the MODIFIED state.')])
})

const gone = `This pull request references ${link(1)}. The bug has been updated to no longer refer to the pull request using the external bug tracker.`

test.each<
  [why: string, options: Options, bug: Fields, links: string[], want: readonly string[], effects: readonly string[]]
>([
  ['the link goes', {}, {}, [self], [gone], [`1 -${self}`]],
  ['no link, no answer', { state_after_close: { status: 'NEW' } }, {}, [], [], []],
  [
    'the last link: the bug moves',
    { state_after_close: { status: 'NEW' } },
    { status: 'POST' },
    [self],
    [`${gone} All external bug links have been closed. The bug has been moved to the NEW state.`],
    [
      `1 -${self}`,
      '1 {"status":"NEW"}',
      '1 private comment: Bug status changed to NEW as previous linked PR https://github.com/org/repo/pull/1 has been closed',
    ],
  ],
  [
    'another link is left',
    { state_after_close: { status: 'NEW' } },
    { status: 'POST' },
    [self, 'org/x/pull/2'],
    [gone],
    [`1 -${self}`],
  ],
  [
    'a closed bug stays',
    { state_after_close: { status: 'NEW' } },
    { status: 'CLOSED' },
    [self],
    [gone],
    [`1 -${self}`],
  ],
  [
    'a bug that is there stays',
    { state_after_close: { status: 'POST' } },
    { status: 'POST' },
    [self],
    [gone],
    [`1 -${self}`],
  ],
])('closed: %s', async (_why, options, bug, links, want, effects) => {
  const { acts, after, memory } = town({ add_external_link: true, ...options })
  memory.file(1, bug)
  memory.links.set(1, links)
  expect(await after(acts('closed', {}, { title, state: 'closed' }))).toEqual(want.map((one) => says('author', one)))
  expect(memory.effects).toEqual(effects)
})

test('closed: where bugs are not linked, or none is named, nothing is asked', async () => {
  const unlinked = town({ state_after_close: { status: 'NEW' } })
  expect(await unlinked.after(unlinked.acts('closed', {}, { title }))).toEqual([])
  const unnamed = town({ add_external_link: true })
  expect(await unnamed.after(unnamed.acts('closed', {}, { title: 'x' }))).toEqual([])
  expect([...unlinked.memory.asked, ...unnamed.memory.asked]).toEqual([])
})

test('closed: the link was taken away, and nobody could be told before', async () => {
  const { acts, host, clock, memory } = town({ add_external_link: true })
  memory.links.set(1, [self])
  let attempts = 0
  host.before = (operation) => {
    if (operation === 'comment' && attempts++ === 0) throw new CodeHostError('unavailable', 502, 'x')
  }
  await acts('closed', {}, { title, state: 'closed' })
  await clock.advance('1m')
  expect(host.take()).toEqual([expect.stringContaining(gone)])
})
