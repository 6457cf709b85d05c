// merge-method-comment: what is said, and that it is said once.
import { expect, test } from 'vitest'
import { CodeHostError } from '../api/code-host.ts'
import type { Config } from '../config/types.ts'
import { snapshot } from '../testing/config.ts'
import { type PluginScene, scene } from '../testing/plugin-scene.ts'
import mergeMethodComment, { notice } from './merge-method-comment.ts'

const labels = { merge_label: 'tide/merge', squash_label: 'tide/squash' }
const none = { merge_label: '', squash_label: '' }

test.each([
  ['squash', labels, /merged as they are with the label: tide\/merge$/],
  ['squash', none, /will be squashed: no label to merge/],
  ['merge', labels, /squashed with the label: tide\/squash$/],
  ['merge', none, /will be merged as they are: no label to squash/],
  ['rebase', labels, /^$/],
] as const)('%s with %j', (method, given, want) => {
  const { first, second } = notice(method, given)
  expect(first).toBe(`This PR has multiple commits, and the default merge method is: ${method}.`)
  expect(second).toMatch(want)
})

function play(merge_method: Config['tide']['merge_method'] = {}): PluginScene {
  const tide = { ...snapshot().config.tide, ...labels, merge_method }
  return scene({ with: [mergeMethodComment], config: { tide } })
}
const first = 'This PR has multiple commits, and the default merge method is'

test.each(['opened', 'reopened', 'synchronize', 'edited'])(
  '%s: once, and again when the method is another',
  async (action) => {
    const it = play()
    await it.acts(action, {}, { commits: 2 })
    await it.acts(action)
    expect(it.host.take()).toEqual([expect.stringContaining(`comment: ${first}: merge.\nYou can ask`)])
    const other = scene({
      with: [mergeMethodComment],
      world: it,
      config: { tide: { ...snapshot().config.tide, merge_method: { 'org/repo': 'rebase' } } },
    })
    await other.deliver(
      'pull_request',
      { action, number: 1, pull_request: { ...it.pr(), base: { ref: 'main' } } },
      'other',
    )
    expect(it.host.take()).toEqual([expect.stringContaining(`comment: ${first}: rebase.\n`)])
  },
)

test.each<[why: string, action: string, commits: number | undefined]>([
  ['one commit', 'opened', 1],
  ['nobody says how many', 'opened', undefined],
  ['another action', 'closed', 2],
])('%s: nothing', async (_why, action, commits) => {
  const it = play()
  await it.acts(action, {}, commits === undefined ? {} : { commits })
  expect(it.host.calls).toEqual([])
})

test('branches that match no name decide; what others have written does not count, what older versions have does', async () => {
  const it = play({ org: { repo: { '.*': 'squash' } } })
  const at = { org: 'org', repo: 'repo', number: 1 }
  it.host.say(at, 'mallory', `${first}: squash.`)
  await it.acts('opened', {}, { commits: 2 })
  expect(it.host.take()).toEqual([expect.stringContaining(`${first}: squash.`)])
  const old = play()
  old.host.say(at, 'k8s-ci-robot', `${first}: merge.\nin other words`)
  await old.acts('opened', {}, { commits: 2 })
  expect(old.host.take()).toEqual([])
})

test.each(['comments', 'comment'] as const)('a server that fails at %s leads to one comment', async (failing) => {
  const it = play()
  let left = 1
  it.host.after = (operation) => {
    if (operation === failing && left-- > 0) throw new CodeHostError('unavailable', 503, 'no')
  }
  await it.acts('opened', {}, { commits: 2 })
  await it.clock.advance('1s')
  expect(it.host.take().length).toBe(1)
})
