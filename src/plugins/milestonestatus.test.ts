// milestonestatus, as the people on an issue see it. alice is in team planners.
import { expect, test } from 'vitest'
import { snapshot } from '../testing/config.ts'
import { survivesInterruptions } from '../testing/interrupted.ts'
import { scene } from '../testing/plugin-scene.ts'
import milestonestatus from './milestonestatus.ts'

const sections = {
  repo_milestone: { '': { maintainers_team: 'planners', maintainers_id: 7, maintainers_friendly_name: 'lead' } },
}

function play(labels: readonly string[] = []) {
  const it = scene({ with: [milestonestatus], issue: { labels, state: 'closed' }, plugins: { sections } })
  it.host.state.teams.set('org/planners', ['alice'])
  return it
}

test.each<[text: string, want: string[]]>([
  ['/status in-progress', ['status/in-progress']],
  ['/status  in-review \r', ['status/in-review']],
  ['/status approved-for-milestone\n/status in-review', ['status/approved-for-milestone', 'status/in-review']],
  ['/status in-valid', []],
  ['/status in-valid\n/status in-progress', ['status/in-progress']],
  ['/status ', []],
  ['/status', []],
  ['/Status in-progress', []],
  ['/status In-Progress', []],
  ['/status in-progress now', []],
  ['> /status in-progress', []],
])('%j by a member gives %j, without a word', async (text, want) => {
  const { says, issue, host } = play()
  await says('alice', text)
  expect(issue().labels).toEqual(want)
  expect(host.take()).toEqual(want.map((label) => `org/repo#1 +${label}`))
})

test('labels stay, and are set once', async () => {
  const { says, issue, host } = play(['status/in-progress'])
  await says('alice', '/status in-progress\n/status in-review\n/status in-review')
  expect(issue().labels).toEqual(['status/in-progress', 'status/in-review'])
  expect(host.take()).toEqual(['org/repo#1 +status/in-review'])
})

test.each(['/status in-progress', '/status in-valid'])('others are told whom to ask: %s', async (text) => {
  const { says, host } = play()
  await says('casey', text)
  expect(host.take()).toEqual([
    'org/repo#1 comment: You must be a member of the [org/planners](https://github.com/orgs/org/teams/planners/members) GitHub team to add status labels. If you think that you should be, please contact your lead.',
  ])
})

test('works on pull requests, and not when a comment is edited', async () => {
  const it = scene({ with: [milestonestatus], plugins: { sections } })
  it.host.state.teams.set('org/planners', ['alice'])
  await it.says('alice', '/status in-review', { action: 'edited' })
  expect(it.host.calls).toEqual([])
  await it.says('alice', '/status in-review')
  expect(it.pr().labels).toEqual(['status/in-review'])
})

test.each(['alice', 'casey'])('interrupted, what %s says has its effect once', (login) =>
  survivesInterruptions(play, ({ says }) => says(login, '/status in-review\n/status in-progress')),
)

test('help names the team, without its number', () => {
  const { plugins } = snapshot({ plugins: { sections } })
  expect(milestonestatus.help?.(plugins, []).config?.['']).toContain('GitHub team "planners".')
})
