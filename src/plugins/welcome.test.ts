// welcome: who is greeted, and how.
import { expect, test } from 'vitest'
import { userNamed } from '../testing/memory-code-host.ts'
import { scene } from '../testing/plugin-scene.ts'
import welcome, { greeting } from './welcome.ts'

const at = { org: 'org', repo: 'repo' }

test.each<[template: string, text: string]>([
  [
    "<!-- m -->Hi @{{.AuthorLogin}} <a href='https://github.com/{{.Org}}'>x</a>",
    "Hi @bob <a href='https://github.com/org'>x</a>",
  ],
  ['**Hi** `{{.Org}}/{{.Repo}}`{{if .AuthorName}} {{.AuthorName}}{{end}}', '**Hi** `org/repo`'],
  ['1 < 2', '1 &lt; 2'],
])('%j greets with %j', (template, text) => expect(greeting(template, at, 'bob')).toBe(text))

test.each(['{{.Foo}}', '{{.Org', '<a href="{{.Org}}'])('%j fails, and nothing is posted', async (message_template) => {
  expect(() => greeting(message_template, at, 'bob')).toThrow()
  const entry = { repos: ['org'], message_template, always_post: false }
  const { opens, host, metrics } = scene({ with: [welcome], plugins: { sections: { welcome: [entry] } } })
  await opens()
  expect(host.take()).toEqual([])
  expect(await metrics.metrics()).toMatch(/prow_plugin_handle_errors\{.*plugin="welcome".*\} 1\n/)
})

test('a newcomer is greeted, once', async () => {
  const { opens, acts, host, clock } = scene({ with: [welcome] })
  let failures = 1
  host.after = (operation) => {
    if (operation === 'comment' && failures-- > 0) throw Object.assign(new Error('lost'), { code: 'ECONNRESET' })
  }
  await opens()
  await clock.advance('1m')
  expect(host.take()).toEqual([
    'org/repo#1 comment: Welcome @author! It looks like this is your first PR to org/repo 🎉',
  ])
  for (const action of ['reopened', 'synchronize', 'edited', 'ready_for_review']) await acts(action)
  expect(host.take()).toEqual([])
})

test.each<
  [why: string, prepare: (it: ReturnType<typeof scene>) => void, greeted: [normally: boolean, always: boolean]]
>([
  ['a stranger', () => {}, [true, true]],
  ['a member', ({ host }) => host.state.members.add('org/author'), [false, true]],
  ['a collaborator', ({ host }) => host.state.collaborators.add('org/repo/author'), [false, true]],
  ['a bot', ({ change }) => change({ user: userNamed('dependabot[bot]') }), [false, false]],
  [
    'somebody with an earlier pull request',
    ({ host }) => host.open({ ...at, number: 7 }, { state: 'closed' }),
    [false, true],
  ],
  ['somebody with one elsewhere', ({ host }) => host.open({ ...at, repo: 'other', number: 7 }), [true, true]],
  ['somebody with an issue', ({ host }) => host.openIssue({ ...at, number: 7 }), [true, true]],
])('%s', async (_why, prepare, greeted) => {
  for (const always_post of [false, true]) {
    const entry = { repos: ['org/repo'], message_template: 'hi', always_post }
    const it = scene({ with: [welcome], plugins: { sections: { welcome: [entry] } } })
    prepare(it)
    await it.opens()
    expect(it.host.take()).toEqual(greeted[always_post ? 1 : 0] ? ['org/repo#1 comment: hi'] : [])
  }
})

test('the entry of the repository goes before that of the organisation, and trust follows the trigger section', async () => {
  const entry = (repos: string[], message_template: string) => ({ repos, message_template, always_post: false })
  const sections = { welcome: [entry(['org'], 'of org'), entry(['org/repo'], 'of {{.Repo}}')] }
  const { opens, host } = scene({ with: [welcome], plugins: { sections } })
  await opens()
  expect(host.take()).toEqual(['org/repo#1 comment: of repo'])

  const triggers = [
    {
      repos: ['org'],
      trusted_apps: [],
      trusted_org: 'friends',
      join_org_url: '',
      only_org_members: true,
      ignore_ok_to_test: false,
      trigger_github_workflows: false,
    },
  ]
  const second = scene({ with: [welcome], plugins: { sections, triggers } })
  second.host.state.collaborators.add('org/repo/author')
  await second.opens()
  expect(second.host.take()).toHaveLength(1)
  const third = scene({ with: [welcome], plugins: { sections, triggers } })
  third.host.state.members.add('friends/author')
  await third.opens()
  expect(third.host.take()).toEqual([])
})

test('help tells the template in force, as text', () => {
  const sections = { welcome: [{ repos: ['org/repo'], message_template: '<b>{{.Org}}', always_post: true }] }
  expect(welcome.help?.({ sections } as never, ['org/repo', 'org/x'])?.config).toEqual({
    'org/repo': 'Everybody who opens a pull request is greeted with: &lt;b&gt;{{.Org}}',
    'org/x':
      'Who opens a first pull request is greeted with: Welcome @{{.AuthorLogin}}! It looks like this is your first PR to {{.Org}}/{{.Repo}} 🎉',
  })
})
