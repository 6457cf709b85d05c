// needs-rebase: label and comment come with a conflict and go with it, whatever told of it.
import { expect, test } from 'vitest'
import { settle } from '../../testing/clock.ts'
import { survivesInterruptions } from '../../testing/interrupted.ts'
import { userNamed } from '../../testing/memory-code-host.ts'
import { type PluginScene, scene } from '../../testing/plugin-scene.ts'
import plugin, { needsRebase } from './needs-rebase.ts'

const at = { org: 'org', repo: 'repo', number: 1 }
const bot = 'k8s-ci-robot'
const notice = 'PR needs rebase.'
const begin = (mergeable: boolean | undefined, labels: string[] = [], cacheValidMs?: number) => {
  const given = scene({ with: [cacheValidMs === undefined ? plugin : needsRebase({ cacheValidMs })] })
  given.host.open(at, { labels, ...(mergeable !== undefined && { mergeable }) })
  if (mergeable === undefined) forget(given, 1)
  return given
}
/** The host has not computed yet whether it can be merged. */
function forget({ host }: PluginScene, number: number) {
  const { mergeable: _, ...pull } = host.open({ ...at, number })
  host.state.pulls.set(`org/repo#${number}`, pull)
}
/** The bot's comments, their first line. */
const said = ({ host }: PluginScene) =>
  (host.state.comments.get('org/repo#1') ?? [])
    .filter(({ user }) => user.login === bot)
    .map(({ body }) => body.split('\n')[0])
/** Time passes while it waits for the host. */
async function later({ clock }: PluginScene, time = '5s') {
  await clock.advance(time)
  await settle(50)
}

test.each(['opened', 'synchronize', 'reopened'])('%s: a conflict is told once, and taken back', async (action) => {
  const scene = begin(false)
  await scene.acts(action)
  expect(scene.host.calls).toEqual([])
  await later(scene)
  await scene.acts(action)
  await later(scene)
  expect([scene.pr().labels, said(scene)]).toEqual([['needs-rebase'], [notice]])
  expect(scene.host.state.comments.get('org/repo#1')?.[0]?.body).toMatch(/^PR needs rebase\.\n\n<details>\n\nHow to/)
  await scene.acts(action, {}, { mergeable: true })
  await later(scene)
  expect([scene.pr().labels, said(scene)]).toEqual([[], []])
})

test('a new base counts, another edit and other events do not', async () => {
  const scene = begin(false)
  for (const action of ['edited', 'labeled', 'closed']) await scene.acts(action)
  await later(scene)
  expect(scene.host.calls).toEqual([])
  await scene.acts('edited', { changes: { base: { ref: { from: 'old' }, sha: { from: 'abc' } } } })
  await later(scene)
  expect(scene.pr().labels).toEqual(['needs-rebase'])
})

test.each<[string, boolean, string[], string[]]>([
  ['a label in other letters counts', false, ['Needs-Rebase'], ['Needs-Rebase']],
  ['a label in other letters goes', true, ['Needs-Rebase', 'x'], ['x']],
  ['without conflict and label nothing is done', true, ['x'], ['x']],
])('%s', async (_what, mergeable, labels, want) => {
  const scene = begin(mergeable, labels)
  await scene.acts('synchronize')
  await later(scene)
  expect([scene.pr().labels, said(scene)]).toEqual([want, []])
})

test('closed and merged ones keep what they have', async () => {
  const scene = begin(false)
  await scene.acts('synchronize', {}, { state: 'closed' })
  await scene.says('ann', 'hi')
  await later(scene)
  expect(scene.host.calls).toEqual([])
  await scene.acts('synchronize', {}, { state: 'open' })
  scene.change({ state: 'closed', merged: true, mergeable: true, labels: ['needs-rebase'] })
  await later(scene)
  expect(scene.pr().labels).toEqual(['needs-rebase'])
})

test('only comments of the bot with its words go', async () => {
  const scene = begin(true, ['needs-rebase'])
  for (const [who, text] of [
    ['ann', notice],
    [bot, 'hello'],
    [bot, `${notice}\n\nand more`],
    [bot, '@dependabot rebase'],
  ] as const)
    scene.host.say(at, who, text)
  scene.host.before = (operation) => {
    if (operation === 'deleteComment' && said(scene).length === 3) throw new Error('not this one')
  }
  await scene.acts('synchronize')
  await later(scene)
  expect(said(scene)).toEqual(['hello', notice, '@dependabot rebase'])
  expect(scene.pr().labels).toEqual([])
  scene.host.before = undefined
  scene.change({ labels: ['needs-rebase'] })
  await scene.acts('synchronize')
  await later(scene)
  expect((scene.host.state.comments.get('org/repo#1') ?? []).map(({ body }) => body)).toEqual([notice, 'hello'])
})

test('dependabot is told in its own words', async () => {
  const scene = begin(false)
  await scene.acts('opened', {}, { user: userNamed('dependabot[bot]') })
  await later(scene)
  expect(said(scene)).toEqual(['@dependabot rebase'])
})

test('what is not computed yet is asked for again, and again later', async () => {
  const scene = begin(undefined)
  const asked = () => scene.host.calls.filter((call) => call === 'pullRequest').length
  await scene.acts('opened')
  forget(scene, 1)
  await later(scene)
  expect(asked()).toBe(1)
  await later(scene, '3s')
  await later(scene, '6s')
  expect(asked()).toBe(3)
  scene.change({ mergeable: false })
  await later(scene, '6s')
  expect(scene.pr().labels).toEqual(['needs-rebase'])
})

test('comments on open pull requests make it look, at once; within the time of the cache only one', async () => {
  const scene = begin(false, [], 100_000)
  await scene.says('ann', 'hello', { action: 'edited' })
  expect(scene.pr().labels).toEqual(['needs-rebase'])
  scene.change({ mergeable: true })
  scene.host.calls.length = 0
  await scene.clock.advance('99s')
  await scene.says('ann', 'again')
  expect(scene.host.calls).toEqual([])
  await scene.clock.advance('1s')
  await scene.says('ann', 'again')
  expect(scene.pr().labels).toEqual([])

  const always = begin(true, ['needs-rebase'])
  await always.says('ann', 'hi')
  always.change({ mergeable: false })
  await always.says('ann', 'hi')
  expect(always.pr().labels).toEqual(['needs-rebase'])
})

test('comments on issues are no business of it', async () => {
  const given = scene({ with: [plugin], issue: {} })
  await given.saysOnIssue('ann', 'hi')
  expect(given.host.calls).toEqual([])
})

const push = (ref: string, extra = {}) => ({ ref, before: 'a', after: 'b', ...extra })
test('a push to a base brings all its pull requests up to date, and leaves those of other branches', async () => {
  const scene = begin(false)
  const { host } = scene
  const labelsOf = (number: number) => host.state.pulls.get(`org/repo#${number}`)?.labels
  const base = { ref: 'main', sha: 's', repo: { org: 'org', repo: 'repo', html_url: '' } }
  host.open({ ...at, number: 2 }, { mergeable: true, labels: ['needs-rebase'] })
  host.open({ ...at, number: 3 }, { mergeable: false, base: { ...base, ref: 'v1' } })
  host.open({ ...at, number: 4 }, { mergeable: false, state: 'closed' })
  forget(scene, 5)
  await scene.deliver('push', push('refs/heads/main'))
  await later(scene)
  expect([1, 2, 3, 4, 5].map(labelsOf)).toEqual([['needs-rebase'], [], [], [], []])
  const five = host.state.pulls.get('org/repo#5')
  if (five) host.state.pulls.set('org/repo#5', { ...five, mergeable: false })
  await later(scene, '3s')
  expect(labelsOf(5)).toEqual(['needs-rebase'])
})

test('after a push, what stays unknown is looked at later', async () => {
  const scene = begin(undefined)
  await scene.deliver('push', push('refs/heads/main'))
  for (const time of ['5s', '3s', '6s']) await scene.clock.advance(time)
  scene.change({ mergeable: false })
  await scene.clock.advance('250ms')
  await later(scene)
  expect(scene.pr().labels).toEqual(['needs-rebase'])
})

test.each([
  ['a tag', push('refs/tags/main')],
  ['a branch that was deleted', push('refs/heads/main', { deleted: true })],
])('%s changes nothing', async (_what, payload) => {
  const scene = begin(false)
  await scene.deliver('push', payload)
  await later(scene)
  expect(scene.host.calls).toEqual([])
})

test('is safe to repeat', async () => {
  const acts = async (given: PluginScene) => {
    await given.acts('opened')
    await given.clock.advance('5s')
    // A second attempt waits, too.
    await given.clock.advance('250ms')
    await given.clock.advance('5s')
  }
  await survivesInterruptions(() => begin(false), acts)
  await survivesInterruptions(() => {
    const given = begin(true, ['needs-rebase'])
    given.host.say(at, bot, notice)
    return given
  }, acts)
})
