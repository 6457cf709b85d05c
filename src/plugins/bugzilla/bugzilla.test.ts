// bugzilla: what it says, which labels it sets, and what becomes of the bug of an open pull request.
import { expect, test } from 'vitest'
import { CodeHostError } from '../../api/code-host.ts'
import type { Fields } from '../../bugzilla/bug.ts'
import { snapshot } from '../../testing/config.ts'
import { scene } from '../../testing/plugin-scene.ts'
import bugzilla from './bugzilla.ts'
import type { Options } from './state.ts'
import { here, link, says, self, title, town } from './testing/bug-town.ts'

const details = (...lines: string[]) =>
  `<details><summary>${lines.length || 'No'} validation(s) were run on this bug</summary>\n\n${lines.map((line) => `* ${line}`).join('\n')}\n</details>`
const high = 'org/repo#1 +bugzilla/severity-high'
const isValid = 'org/repo#1 +bugzilla/valid-bug'
const isInvalid = 'org/repo#1 +bugzilla/invalid-bug'
const references = `This pull request references ${link(1)}, which is`

test('a bug without demands is valid', async () => {
  const { opens, after } = town()
  expect(await after(opens({ title }))).toEqual([high, isValid, says('author', `${references} valid.\n\n${details()}`)])
})

test('a valid bug moves along and is linked, once', async () => {
  const options = { is_open: true, state_after_validation: { status: 'POST' }, add_external_link: true }
  const { opens, says: say, after, memory } = town(options)
  const open = details('bug is open, matching expected state (open)')
  expect((await after(opens({ title }))).at(-1)).toBe(
    says(
      'author',
      `${references} valid. The bug has been moved to the POST state. The bug has been updated to refer to the pull request using the external bug tracker.\n\n${open}`,
    ),
  )
  expect(memory.effects).toEqual(['1 {"status":"POST"}', `1 +${self}`])
  expect(await after(say('bob', '/bugzilla refresh'))).toEqual([says('bob', `${references} valid.\n\n${open}`)])
  expect(memory.effects).toHaveLength(2)
})

test('an invalid bug: the reasons, and the label', async () => {
  const { opens, change, says: say, after, memory, pr } = town({ is_open: true, target_release: '1.0' })
  memory.file(1, { is_open: false, severity: 'blocker' })
  change({ labels: ['bugzilla/severity-low', 'bugzilla/valid-bug', 'lgtm'] })
  const wrong = `${references} invalid:
 - expected the bug to be open, but it isn't
 - expected the bug to target the "1.0" release, but it targets "---" instead

Comment <code>/bugzilla refresh</code> to re-evaluate validity if changes to the Bugzilla bug are made, or edit the title of this pull request to link to a different bug.`
  expect(await after(opens({ title }))).toEqual([
    'org/repo#1 -bugzilla/severity-low',
    'org/repo#1 -bugzilla/valid-bug',
    isInvalid,
    says('author', wrong),
  ])
  memory.file(1, { severity: 'urgent', target_release: ['1.0'] })
  await after(say('bob', 'now?\r\n/BUGZILLA refresh \r\n'))
  expect(pr().labels).toEqual(['lgtm', 'bugzilla/severity-urgent', 'bugzilla/valid-bug'])
})

test('a bug that a person declared valid stays so', async () => {
  const { opens, host, after, memory } = town({ is_open: true })
  memory.file(1, { is_open: false })
  host.label({ org: 'org', repo: 'repo', number: 1 }, 'alice', 'bugzilla/valid-bug')
  host.label({ org: 'org', repo: 'repo', number: 1 }, 'alice', 'bugzilla/invalid-bug')
  host.take()
  const [, removed, comment] = await after(opens({ title }))
  expect(removed).toBe('org/repo#1 -bugzilla/invalid-bug')
  expect(comment).toMatch(/invalid:[\s\S]*\n\nRetaining the bugzilla\/valid-bug label as it was manually added\.$/)
})

test('who labelled cannot be found out: nothing is said or changed', async () => {
  const { opens, change, host, after, memory } = town({ is_open: true })
  memory.file(1, { is_open: false })
  change({ labels: ['bugzilla/valid-bug'] })
  host.before = (operation) => {
    if (operation === 'issueEvents') throw new CodeHostError('forbidden', 403, 'x')
  }
  expect(await after(opens({ title }))).toEqual([])
})

test('no bug: no label, and how to name one', async () => {
  const { says: say, acts, change, after } = town()
  change({ labels: ['bugzilla/invalid-bug'] })
  const none = `No Bugzilla bug is referenced in the title of this pull request.
To reference a bug, add 'Bug XXX:' to the title of this pull request and request another bug refresh with <code>/bugzilla refresh</code>.`
  expect(await after(say('bob', '/bugzilla refresh'))).toEqual(['org/repo#1 -bugzilla/invalid-bug', says('bob', none)])
  expect(await after(acts('edited', { changes: { title: { from: title } } }))).toEqual([says('author', none)])
  expect(await after(acts('edited', { changes: { body: { from: 'x' } } }, { title }))).toEqual([])
})

test.each([
  ['a bug that is not there', 'Bug 7: x', `No Bugzilla bug with ID 7 exists in the tracker at ${here}.`],
  ['a number that none has', `Bug ${'9'.repeat(15)}: x`, `No Bugzilla bug with ID ${'9'.repeat(15)} exists`],
])('%s', async (_what, named, want) => {
  const { opens, after } = town()
  const [comment, ...more] = await after(opens({ title: named }))
  expect(comment).toContain(want)
  expect(more).toEqual([])
})

test.each([
  ['searching', 'GET /rest/bug/1', 'No known errors were detected, please see'],
  ['updating to the POST state', 'PUT /rest/bug/1', 'No known errors'],
  ['adding this pull request to the external tracker bugs', 'POST /jsonrpc.cgi', 'No known errors'],
])('Bugzilla fails while %s: people are told, with no label', async (what, fails, digest) => {
  const { opens, after, memory } = town({ state_after_validation: { status: 'POST' }, add_external_link: true })
  memory.before = (asked) =>
    asked === fails ? Response.json({ error: true, code: 42, message: 'so `sorry` @all' }, { status: 400 }) : undefined
  const [comment, ...more] = await after(opens({ title }))
  expect(more).toEqual([])
  expect(comment).toContain(`An error was encountered ${what} for bug 1 on the Bugzilla server at ${here}. ${digest}`)
  expect(comment).toMatch(/`` Bugzilla: \w+: code 42: so `sorry` @all ``/)
  expect(comment).toContain('then request a bug refresh with <code>/bugzilla refresh</code>.')
})

test('an error that is known is explained', async () => {
  const { opens, after, memory } = town({ add_external_link: true })
  const message = 'There was an error reported for a GitHub REST call. URL: x'
  memory.before = (asked) =>
    asked.startsWith('POST') ? Response.json({ error: { code: 100_500, message }, id: 'identifier' }) : undefined
  const [comment] = await after(opens({ title }))
  expect(comment).toContain('The Bugzilla server failed to load data from GitHub')
  expect(comment).toContain(message)
})

test('groups: nothing is told of bugs in others, except to who has just asked', async () => {
  const { opens, acts, says: say, after, memory } = town({ allowed_groups: ['a', 'b'] })
  memory.file(1, { groups: ['a', 'secret'] })
  const refused = `${link(1)} is in a bug group that is not in the allowed groups for this repo.
Allowed groups for this repo are:
- a
- b`
  expect(await after(opens({ title }))).toEqual([says('author', refused)])
  expect(await after(say('bob', '/bugzilla refresh'))).toEqual([says('bob', refused)])
  expect(await after(say('bob', '/bugzilla cc-qa'))).toEqual([])
  expect(await after(acts('edited', { changes: { title: { from: 'x' } } }))).toEqual([])
  memory.file(1, { groups: ['b'] })
  expect((await after(say('bob', '/bugzilla refresh'))).at(-1)).toContain('valid')
})

test('dependents are looked at where they matter', async () => {
  const { says: say, opens, after, memory } = town({ dependent_bug_states: [{ status: 'VERIFIED' }] })
  memory.file(1, { depends_on: [2] })
  expect(await after(opens({ title }))).toEqual([
    expect.stringContaining('An error was encountered searching for dependents for bug 1'),
  ])
  memory.file(2, { status: 'VERIFIED' })
  const [, , comment] = await after(say('bob', '/bugzilla refresh'))
  const fine = `dependent bug ${link(2)} is in the state VERIFIED, which is one of the valid states (VERIFIED)`
  expect(comment).toContain(details(fine, 'bug has dependents'))
  memory.file(1, { depends_on: Array.from({ length: 101 }, () => 2) })
  expect((await after(say('bob', '/bugzilla refresh'))).at(-1)).toContain('it depends on more than 100 bugs')
})

const contact = (email: string) => ({ qa_contact_detail: { email } })

test.each<[what: string, fields: Fields, refresh: string, assign: string]>([
  ['nobody', {}, '', `${link(1)} does not have a QA contact, skipping review request.`],
  ['no address', contact(''), '', `${link(1)} has a QA contact without a listed email, skipping review request.`],
  [
    'a stranger',
    contact('x@example.com'),
    'No GitHub users were found matching the public email listed for the QA contact in Bugzilla, skipping review request.',
    'No GitHub users were found',
  ],
  [
    'several',
    contact('two@example.com'),
    'Multiple GitHub users were found matching the public email listed for the QA contact in Bugzilla, skipping review request. They are: `quin`, `quent`.',
    'Multiple GitHub users were found',
  ],
  ['one', contact('qa@example.com'), 'Requesting review from QA contact:\n/cc @quin', 'QA contact:\n/cc @quin'],
])('the QA contact is %s', async (_what, fields, refresh, assign) => {
  const { opens, says: say, host, after, memory } = town()
  host.state.emails.set('qa@example.com', ['quin']).set('two@example.com', ['quin', 'quent'])
  memory.file(1, fields)
  const first = await after(opens({ title }))
  expect(first.at(-1)).toBe(says('author', `${references} valid.\n\n${details()}${refresh && `\n\n${refresh}`}`))
  const old = 'The `assign-qa` command is deprecated, please use `cc-qa` instead.'
  const [byAssign] = await after(say('bob', '/bugzilla assign-qa'))
  expect(byAssign).toContain(`${details()}\n\n${old}\n\n`)
  expect(byAssign).toContain(assign)
  const [byCc] = await after(say('bob', '/bugzilla cc-qa'))
  expect(byCc).toContain(assign)
  expect(byCc).not.toContain(old)
})

test('the QA contact is asked once, unless somebody asks for it', async () => {
  const { opens, says: say, host, after, memory } = town()
  host.state.emails.set('qa@example.com', ['quin'])
  memory.file(1, contact('qa@example.com'))
  await after(opens({ title }))
  expect(await after(say('bob', '/bugzilla refresh'))).toEqual([says('bob', `${references} valid.\n\n${details()}`)])
  expect((await after(say('bob', '/bugzilla cc-qa')))[0]).toContain('/cc @quin')
})

test('commands on issues, unknown ones and quoted ones', async () => {
  const { saysOnIssue, says: say, after, memory } = town()
  expect(await after(saysOnIssue('bob', '/bugzilla cc-qa'))).toEqual([
    says('bob', 'Bugzilla bug referencing is only supported for Pull Requests, not issues.'),
  ])
  for (const text of [
    '/bugzilla',
    '/bugzilla refresh now',
    '> /bugzilla refresh',
    ' /bugzilla refresh',
    '/bugzilla  refresh',
  ])
    expect(await after(say('bob', text)), text).toEqual([])
  expect(memory.asked).toEqual([])
})

test('an answer is given once, although the bug has moved meanwhile', async () => {
  const { opens, host, clock, memory } = town({ state_after_validation: { status: 'POST' } })
  let answers = 0
  host.after = (operation) => {
    if (operation === 'comment' && answers++ === 0) throw new CodeHostError('unavailable', 502, 'x')
  }
  await opens({ title })
  await clock.advance('1m')
  expect(host.take()).toEqual([high, isValid, expect.stringContaining('moved to the POST state')])
  expect(memory.effects).toHaveLength(1)
})

test('options of the branch count, which is asked for when somebody gives a command', async () => {
  const { opens, says: say, change, pr, after } = town({}, { release: { is_open: false } })
  expect((await after(opens({ title }))).at(-1)).toContain('which is valid')
  change({ base: { ...pr().base, ref: 'release' } })
  expect((await after(say('bob', '/bugzilla refresh'))).at(-1)).toContain('expected the bug to not be open')
})

test('without Bugzilla nothing happens', async () => {
  const { opens, says: say, host } = scene({ with: [bugzilla] })
  await opens({ title })
  await say('bob', '/bugzilla refresh')
  expect(host.calls).toEqual([])
})

test('help tells what holds for each branch', () => {
  const all: Options = {
    enable_backporting: true,
    validate_by_default: true,
    is_open: true,
    add_external_link: true,
    target_release: '1<2',
    valid_states: [{ status: 'NEW' }],
    dependent_bug_states: [{ status: 'VERIFIED' }],
    dependent_bug_target_releases: ['1', '2'],
    state_after_validation: { status: 'POST' },
    state_after_merge: { status: 'MODIFIED' },
    state_after_close: { status: 'NEW' },
    allowed_groups: ['a'],
  }
  const section = {
    default: { '*': { is_open: false } },
    orgs: { org: { default: {}, repos: { repo: { branches: { main: { exclude_defaults: true, ...all } } } } } },
  }
  const { plugins } = snapshot({ plugins: { sections: { bugzilla: section } } })
  expect(bugzilla.help?.(plugins, ['org/repo', 'org/x'])?.config).toEqual({
    'org/repo': `<ul>
<li>By default: valid bugs must be closed.</li>
<li>On the branch main: every pull request needs a bug; valid bugs must be open; valid bugs must target the release 1&lt;2; valid bugs must be in one of the states NEW; bugs that they depend on must be in one of the states VERIFIED; bugs that they depend on must target one of the releases 1, 2; bugs may be in the groups a only; valid bugs move to POST; valid bugs are linked to the pull request; bugs move to MODIFIED when all pull requests have merged; bugs move to NEW when all pull requests were closed without merging; cherry-picks get clones of bugs.</li>
</ul>`,
    'org/x': '<ul>\n<li>By default: valid bugs must be closed.</li>\n</ul>',
  })
  expect(bugzilla.help?.(snapshot().plugins, ['org/repo'])?.config).toEqual({})
})
