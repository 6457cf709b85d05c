// milestone, as the people on an issue see it. alice and Bob are in team planners; v1.0 and v2.0 are open, v0.9 is closed.
import { expect, test } from 'vitest'
import { CodeHostError } from '../api/code-host.ts'
import type { PluginConfig } from '../config/types.ts'
import { snapshot } from '../testing/config.ts'
import { survivesInterruptions } from '../testing/interrupted.ts'
import { scene } from '../testing/plugin-scene.ts'
import milestone from './milestone.ts'

type Teams = NonNullable<PluginConfig['sections']['repo_milestone']>
const planners = { maintainers_team: 'planners', maintainers_friendly_name: 'release lead' }

function play(repo_milestone: Teams = { 'org/repo': planners }) {
  const it = scene({ with: [milestone], issue: {}, plugins: { sections: { repo_milestone } } })
  it.host.state.teams.set('org/planners', ['alice', 'Bob'])
  it.host.state.teams.set('org/others', ['casey'])
  it.host.state.milestones.set('org/repo', [
    { number: 1, title: 'v2.0', state: 'open' },
    { number: 2, title: 'v1.0', state: 'open' },
    { number: 3, title: 'v0.9', state: 'closed' },
  ])
  return it
}

test.each([
  ['Foo\n/milestone v1.0\r\n/priority x', 'v1.0'],
  ['/milestone   v2.0  ', 'v2.0'],
  ['/milestone v1.0\n/milestone v2.0', 'v1.0'],
  ['/milestone\nv1.0', 'v1.0'],
])('%j takes %s', async (text, title) => {
  const { says, host, issue } = play()
  await says('bob', text)
  expect(issue().milestone?.title).toBe(title)
  expect(host.take()).toEqual([`org/repo#1 milestone: ${title}`])
})

test.each(['/Milestone v1.0', '/milestone', '/milestonev1.0', ' /milestone v1.0', '> /milestone v1.0'])(
  '%j says nothing',
  async (text) => {
    const { says, host } = play()
    await says('alice', text)
    expect(host.calls).toEqual([])
  },
)

test('clear takes the milestone away, and nothing changes twice', async () => {
  const { says, host, issue } = play()
  await says('alice', '/milestone v1.0')
  await says('alice', '/milestone v1.0')
  await says('alice', '/milestone clear')
  await says('alice', '/milestone clear')
  expect(issue().milestone).toBeUndefined()
  expect(host.take()).toEqual(['org/repo#1 milestone: v1.0', 'org/repo#1 milestone: none'])
})

test.each(['v9', 'V1.0', 'v0.9', 'Clear', 'v1.0 please'])(
  'there is no milestone %s, and the bot says which there are',
  async (title) => {
    const { says, host } = play()
    await says('alice', `/milestone ${title}`)
    expect(host.take()).toEqual([
      expect.stringMatching(
        /@alice: The provided milestone is not valid for this repository\. Milestones in this repository: \[`v1\.0`, `v2\.0`\]\n\nUse `\/milestone clear` to clear the milestone\./,
      ),
    ])
  },
)

test('works on closed pull requests, and not when a comment is edited', async () => {
  const it = scene({ with: [milestone], plugins: { sections: { repo_milestone: { '': { ...planners } } } } })
  it.host.state.teams.set('org/planners', ['alice'])
  it.host.state.milestones.set('org/repo', [{ number: 1, title: 'v1', state: 'open' }])
  it.change({ state: 'closed' })
  await it.says('alice', '/milestone v1', { action: 'edited' })
  expect(it.host.calls).toEqual([])
  await it.says('alice', '/milestone v1')
  expect(it.pr().milestone?.title).toBe('v1')
})

test('others are told whom to ask', async () => {
  const { says, host } = play()
  await says('casey', '/milestone v1.0')
  expect(host.take()).toEqual([
    expect.stringMatching(
      /@casey: You must be a member of the \[org\/planners\]\(https:\/\/github\.com\/orgs\/org\/teams\/planners\/members\) GitHub team to set the milestone\..*contact your release lead\./,
    ),
  ])
})

const other = { maintainers_team: 'others', maintainers_friendly_name: '' }
test.each<[why: string, teams: Teams, login: string, may: boolean]>([
  ['the entry for all others', { '': planners }, 'alice', true],
  ['the own entry hides that for all others', { '': planners, 'org/repo': other }, 'alice', false],
  ['the own entry', { '': planners, 'org/repo': other }, 'casey', true],
  ['an organisation has no entry', { org: planners, '': other }, 'alice', false],
])('%s: %j lets %s: %s', async (_why, teams, login, may) => {
  const { says, issue, host } = play(teams)
  await says(login, '/milestone v1.0')
  expect(issue().milestone?.title).toBe(may ? 'v1.0' : undefined)
  if (!may) expect(host.take()).toEqual([expect.stringContaining('contact your SIG Chairs/TLs.')])
})

test('older configurations name the team by its number', async () => {
  const numbered = { ...planners, maintainers_team: '' }
  const id = (await play().host.teams('org')).find(({ slug }) => slug === 'planners')?.id ?? -1
  const it = play({ 'org/repo': { ...numbered, maintainers_id: id } })
  await it.says('alice', '/milestone v1.0')
  expect(it.issue().milestone?.title).toBe('v1.0')
})

test.each<[why: string, teams: Teams]>([
  ['nobody is named', {}],
  ['the team is not there', { '': { ...planners, maintainers_team: 'nobody' } }],
  ['the number is of no team', { '': { ...planners, maintainers_team: '', maintainers_id: 424242 } }],
  ['the entry is empty', { '': { maintainers_team: '', maintainers_friendly_name: '' } }],
])('while %s, nobody gets an answer', async (_why, teams) => {
  const { says, host, metrics } = play(teams)
  await says('alice', '/milestone v1.0')
  expect(host.take()).toEqual([])
  expect(await metrics.metrics()).toMatch(/error.*plugin="milestone"/)
})

test('a team that cannot be read makes no answer either', async () => {
  const { says, host } = play()
  host.before = (operation) => {
    if (operation === 'teamMembersBySlug') throw new CodeHostError('forbidden', 403, 'no')
  }
  await says('alice', '/milestone v1.0')
  expect(host.take()).toEqual([])
})

test.each([
  ['alice', '/milestone v1.0'],
  ['alice', '/milestone v9'],
  ['casey', '/milestone v1.0'],
])('interrupted, what %s says (%s) has its effect once', (login, text) =>
  survivesInterruptions(play, ({ says }) => says(login, text)),
)

test('help names the team of each repository that has one, and of all others', () => {
  const numbered = { ...planners, maintainers_id: 42 }
  const { plugins } = snapshot({ plugins: { sections: { repo_milestone: { '': other, 'org/repo': numbered } } } })
  expect(milestone.help?.(plugins, ['org/repo', 'org/else']).config).toEqual({
    '': expect.stringContaining('"others"'),
    'org/repo': expect.stringContaining('"planners" (id 42)'),
  })
})
