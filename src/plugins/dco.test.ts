// dco: which commits lack a sign-off, who is excused, and what the pull request shows.
import { describe, expect, test } from 'vitest'
import { CodeHostError, type Commit } from '../api/code-host.ts'
import type { PluginConfig } from '../config/types.ts'
import { type PluginScene, scene } from '../testing/plugin-scene.ts'
import dco, { unsigned } from './dco.ts'

const [yes, no] = ['dco-signoff: yes', 'dco-signoff: no']
const head = 'bead000000000000000000000000000000000000'
const marker =
  "Thanks for your pull request. Before we can look at it, you'll need to add a 'DCO signoff' to your commits."
type Settings = NonNullable<NonNullable<PluginConfig['sections']['dco']>[string]>
const plain: Settings = {
  skip_dco_check_for_members: false,
  skip_dco_check_for_collaborators: false,
  trusted_apps: [],
  trusted_org: '',
  contributing_repo: '',
  contributing_branch: '',
  contributing_path: 'CONTRIBUTING.md',
}

let count = 0
function commit(message: string, login?: string, parents = 1): Commit {
  const author = { name: 'a', email: 'a@b', date: '2026-01-01T00:00:00Z', ...(login !== undefined && { login }) }
  const sha = `${(++count).toString(16).padStart(7, '0')}cafe`
  const rest = { tree: 't', verification: { verified: false, reason: '' }, html_url: '' }
  return { sha, message, author, committer: author, parents: Array(parents).fill('p'), ...rest }
}
const good = () => commit('Good\n\nSigned-off-by: A <a@b>')

function play(commits: Commit[], settings: Record<string, Partial<Settings>> = {}): PluginScene {
  const sections = Object.fromEntries(Object.entries(settings).map(([key, own]) => [key, { ...plain, ...own }]))
  const it = scene({ with: [dco], plugins: { sections: { dco: sections } } })
  it.host.state.commits.set('org/repo#1', commits)
  return it
}
const status = (it: PluginScene) => it.host.state.statuses.get(`org/repo@${head}`)
const told = (it: PluginScene) => (it.host.state.comments.get('org/repo#1') ?? []).map(({ body }) => body)

test.each<[why: string, commit: Commit, lacks: boolean]>([
  ['with a sign-off', good(), false],
  ['with one in small letters, somewhere', commit('a\n\nb\nsigned-off-by:\nc'), false],
  ['without', commit('a'), true],
  ['with one that does not begin a line', commit('a\n Signed-off-by: A'), true],
  ['that merges', commit('Merge', 'x', 2), false],
  ['of the beginning of the world', commit('a', 'x', 0), true],
])('a commit %s lacks one: %o', (_why, one, lacks) => expect(unsigned([one])).toEqual(lacks ? [one] : []))

test.each(['opened', 'synchronize', '/check-dco'])('%s: what is missing is told, until it is there', async (how) => {
  const bad = commit('Bad: @team\nmore')
  const it = play([good(), bad])
  const happens = () => (how.startsWith('/') ? it.says('bob', `${how} \r\n`) : it.acts(how))
  await happens()
  expect(it.pr().labels).toEqual([no])
  const page = 'https://github.com/org/repo/blob/main/CONTRIBUTING.md'
  expect(status(it)).toEqual([
    { context: 'dco', state: 'failure', description: 'Commits in PR missing Signed-off-by', target_url: page },
  ])
  const comment = told(it).at(-1) ?? ''
  expect(comment.startsWith(marker)).toBe(true)
  expect(comment).toContain(`](${page})`)
  expect(comment.match(/^- .*/gm)).toEqual([
    `- [${bad.sha.slice(0, 7)}](https://github.com/org/repo/commits/${bad.sha}) \`Bad: @team\``,
  ])
  it.host.take()
  await happens()
  expect(it.host.take()).toEqual([])

  it.host.state.commits.set('org/repo#1', [good()])
  await happens()
  expect(it.pr().labels).toEqual([yes])
  expect(status(it)).toEqual([
    { context: 'dco', state: 'success', description: 'All commits have Signed-off-by', target_url: page },
  ])
  expect(told(it).filter((body) => body.includes(marker))).toEqual([])
})

test('a label that blocks comes before the other one goes', async () => {
  const it = play([commit('bad')])
  it.change({ labels: [yes] })
  await it.acts('synchronize')
  expect(it.host.take().slice(0, 2)).toEqual([`org/repo#1 +${no}`, `org/repo#1 -${yes}`])
  it.host.state.commits.set('org/repo#1', [good()])
  await it.acts('synchronize')
  expect(it.host.take().slice(0, 2)).toEqual([`org/repo#1 -${no}`, `org/repo#1 +${yes}`])
})

test('reopened: labels and status, but no comment; when all is well the old one goes', async () => {
  const it = play([commit('bad')])
  await it.acts('reopened')
  expect([it.pr().labels, status(it)?.[0]?.state, told(it)]).toEqual([[no], 'failure', []])
  await it.acts('synchronize')
  it.host.state.commits.set('org/repo#1', [good()])
  await it.acts('reopened')
  expect([it.pr().labels, told(it)]).toEqual([[yes], []])
})

test('nothing happens for other actions, on issues, on closed pull requests, and for other words', async () => {
  const it = play([commit('bad')])
  for (const action of ['edited', 'closed', 'labeled']) await it.acts(action)
  await it.saysOnIssue('bob', '/check-dco')
  await it.says('bob', '/check-dco now')
  it.change({ state: 'closed' })
  await it.says('bob', '/check-dco')
  expect(it.host.calls).toEqual([])
})

describe('who is excused', () => {
  const members = { skip_dco_check_for_members: true }
  test.each<[why: string, login: string | undefined, settings: Partial<Settings>, passes: boolean]>([
    ['a member, without exemptions', 'member', {}, false],
    ['a member', 'member', members, true],
    ['a member, where apps are trusted', 'member', { trusted_apps: ['x'] }, true],
    ['a stranger', 'stranger', members, false],
    ['the bot', 'k8s-ci-robot', members, true],
    ['nobody that GitHub knows', undefined, { ...members, skip_dco_check_for_collaborators: true }, false],
    ['a collaborator', 'collaborator', { skip_dco_check_for_collaborators: true }, true],
    ['a collaborator, where only members are excused', 'collaborator', members, false],
    ['a member of the second org', 'second', { ...members, trusted_org: 'friends' }, true],
    ['an app', 'dependabot[bot]', { trusted_apps: ['dependabot'] }, true],
    ['an account with the name of an app', 'dependabot', { trusted_apps: ['dependabot'] }, false],
    ['Copilot, which has no suffix', 'Copilot', { trusted_apps: ['Copilot'] }, true],
    ['Copilot, untrusted', 'Copilot', { trusted_apps: ['dependabot'] }, false],
  ])('%s (%s): passes %o', async (_why, login, settings, passes) => {
    const it = play([commit('bad', login), commit('bad', login)], { 'org/repo': settings })
    it.host.state.members.add('org/member').add('friends/second')
    it.host.state.collaborators.add('org/repo/collaborator')
    await it.acts('opened')
    expect(it.pr().labels).toEqual([passes ? yes : no])
    expect(it.host.calls.filter((call) => call === 'isMember').length).toBeLessThanOrEqual(2)
    if (login === undefined) expect(it.host.calls).not.toContain('isMember')
  })
})

test.each<[settings: Record<string, Partial<Settings>>, page: string]>([
  [{ 'org/repo': { contributing_repo: 'a/b' }, org: { contributing_branch: 'x' } }, 'a/b/blob/HEAD/CONTRIBUTING.md'],
  [{ org: { contributing_branch: 'x' }, '*': { contributing_path: 'y' } }, 'org/repo/blob/x/CONTRIBUTING.md'],
  [{ '*': { contributing_path: 'docs/dco.md' } }, 'org/repo/blob/main/docs/dco.md'],
  [{ other: { contributing_path: 'y' } }, 'org/repo/blob/main/CONTRIBUTING.md'],
])('with %j the page is %s', async (settings, page) => {
  const it = play([good()], settings)
  await it.acts('opened')
  expect(status(it)?.[0]?.target_url).toBe(`https://github.com/${page}`)
})

test.each(['addLabel', 'setStatus', 'comment'] as const)(
  'a server that fails at %s leaves one comment and one status',
  async (failing) => {
    const it = play([commit('bad')])
    let left = 1
    it.host.after = (operation) => {
      if (operation === failing && left-- > 0) throw new CodeHostError('unavailable', 503, 'no')
    }
    await it.acts('opened')
    await it.clock.advance('1s')
    expect(told(it).length).toBe(1)
    expect(it.host.take().filter((effect) => effect.includes(' status ')).length).toBe(1)
  },
)

test('a long list fits into a comment', async () => {
  const it = play(Array.from({ length: 250 }, () => commit('x'.repeat(5000))))
  await it.acts('opened')
  expect(told(it)[0]?.length).toBeLessThan(65_536)
  expect(told(it)[0]).toMatch(/^- … and \d+ more$/m)
})

test('help tells where somebody is excused', () => {
  const settings = {
    'org/a': { ...plain, skip_dco_check_for_collaborators: true, trusted_org: 'friends', trusted_apps: ['x', 'y'] },
    'org/b': plain,
    '*': { ...plain, skip_dco_check_for_members: true },
  }
  expect(dco.help?.({ sections: { dco: settings } } as never, ['org/a', 'org/b', 'x/y'])?.config).toEqual({
    'org/a': 'Need not sign off: members of org and friends; collaborators; these apps: x, y.',
    'x/y': 'Need not sign off: members of x.',
  })
})
