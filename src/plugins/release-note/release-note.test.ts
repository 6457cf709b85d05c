// release-note, as people see it.
import { expect, test } from 'vitest'
import type { PullRequest } from '../../api/code-host.ts'
import { scene } from '../../testing/plugin-scene.ts'
import releaseNote from './release-note.ts'

const needed = 'do-not-merge/release-note-label-needed'
const block = (note: string) => `Top\r\n\`\`\`release-note\r\n${note}\r\n\`\`\`\r\nBelow`
const guidelines_url = 'https://example.com/notes'

function play(given: Partial<PullRequest> = {}) {
  const it = scene({ with: [releaseNote], plugins: { sections: { release_note: { guidelines_url } } } })
  it.change(given)
  it.host.state.members.add('org/bob')
  const base = (ref: string) => ({ base: { ...it.pr().base, ref } })
  return { ...it, base }
}

/** What somebody was told, without what is folded away. */
const told = (effects: readonly string[]) =>
  effects.flatMap((effect) => /^org\/repo#1 comment: (.*?)\n\n<details>/s.exec(effect)?.[1] ?? [])
const labelled = (effects: readonly string[]) =>
  effects.flatMap((effect) => /^org\/repo#1 ([+-].*)$/.exec(effect)?.[1] ?? [])

const neededText = `Adding the "${needed}" label because no release-note block was detected, please follow our [release note process](${guidelines_url}) to remove it.`

test.each<[body: string, have: string[], want: string[]]>([
  [block('Faster.'), [], ['release-note']],
  [block('NONE'), [needed, 'x'], ['release-note-none', 'x']],
  [block('Action required: x'), ['release-note'], ['release-note-action-required']],
  ['', [], [needed]],
  ['', ['release-note'], [needed]],
  ['', ['release-note-none'], ['release-note-none']],
])('%j with %j has %j', async (body, have, want) => {
  const { acts, pr } = play({ body, labels: have })
  await acts('edited')
  expect([...pr().labels].sort()).toEqual([...want].sort())
})

test.each<[action: string, extra: object, looks: boolean]>([
  ['opened', {}, true],
  ['edited', {}, true],
  ['ready_for_review', {}, true],
  ['labeled', { label: { name: 'release-note-none' } }, true],
  ['labeled', { label: { name: 'kind/deprecation' } }, false],
  ['unlabeled', { label: { name: 'release-note' } }, false],
  ['synchronize', {}, false],
  ['closed', {}, false],
])('%s %j', async (action, extra, looks) => {
  const { acts, host } = play()
  await acts(action, extra)
  expect(host.calls.length > 0).toBe(looks)
})

test('who says nothing of users is asked for it, once, until they do', async () => {
  const { acts, host, change } = play()
  await acts('opened')
  const effects = host.take()
  expect(told(effects)).toEqual([neededText])
  expect(labelled(effects)).toEqual([`+${needed}`])
  await acts('edited')
  expect(host.take()).toEqual([])
  change({ body: block('Faster.') })
  await acts('edited')
  expect(host.take()).toEqual([
    'org/repo#1 +release-note',
    `org/repo#1 -${needed}`,
    expect.stringContaining('org/repo delete comment: Adding the'),
  ])
})

test('comments that are not about this stay', async () => {
  const { acts, host } = play({ body: block('Faster.'), labels: ['release-note'] })
  const at = { org: 'org', repo: 'repo', number: 1 }
  host.say(at, 'k8s-ci-robot', neededText.replace(guidelines_url, 'https://elsewhere'))
  host.say(at, 'bob', neededText)
  await acts('edited')
  expect(host.take()).toEqual([])
})

test('a deprecation needs a note, and its comment stays', async () => {
  const { acts, host, change } = play({ labels: ['release-note-none', 'kind/deprecation'], body: block('NONE') })
  await acts('edited')
  const effects = host.take()
  expect(told(effects)).toEqual([
    `Adding the "${needed}" label and removing any existing "release-note-none" label because there is a "kind/deprecation" label on the PR.`,
  ])
  expect(labelled(effects)).toEqual([`+${needed}`, '-release-note-none'])
  change({ body: block('x is gone') })
  await acts('edited')
  expect(host.take()).toEqual(['org/repo#1 +release-note', `org/repo#1 -${needed}`])
})

test.each<[login: string, believed: boolean]>([
  ['author', true],
  ['bob', true],
  ['casey', false],
])('/release-note-none in an earlier comment by %s counts: %s', async (login, believed) => {
  const { acts, host, pr } = play()
  host.say({ org: 'org', repo: 'repo', number: 1 }, login, 'hm\n/release-note-none\r\n')
  await acts('edited')
  expect(pr().labels).toEqual([believed ? 'release-note-none' : needed])
})

test('on a deprecation no comment counts', async () => {
  const { acts, host, pr } = play({ labels: ['kind/deprecation'] })
  host.say({ org: 'org', repo: 'repo', number: 1 }, 'author', '/release-note-none')
  await acts('edited')
  expect(pr().labels).toEqual(['kind/deprecation', needed])
})

const pick = 'Cherry pick of #2 on release-1.2.\r\nCherry pick of #3 on release-1.2.'

test.each<[why: string, two: string[], three: string[], branch: string, want: string[]]>([
  ['parents with notes', ['release-note'], ['release-note-action-required'], 'release-1.2', []],
  ['one parent without', ['release-note'], ['release-note-none'], 'release-1.2', [needed]],
  ['the main branch', ['release-note'], ['release-note'], 'master', [needed]],
  ['the main branch by its newer name', ['release-note'], ['release-note'], 'main', [needed]],
])('a cherry-pick: %s', async (_why, two, three, branch, want) => {
  const { acts, host, pr, change, base } = play({ body: pick, labels: [needed] })
  change(base(branch))
  host.open({ org: 'org', repo: 'repo', number: 2 }, { labels: two })
  host.open({ org: 'org', repo: 'repo', number: 3 }, { labels: three })
  await acts('edited')
  expect(pr().labels).toEqual(want)
  expect(told(host.take())).toEqual([])
})

test('the parents without a note are named, and one that cannot be seen counts as fine', async () => {
  const { acts, host, change, base } = play({ body: pick })
  change(base('release-1.2'))
  host.open({ org: 'org', repo: 'repo', number: 3 })
  await acts('opened')
  const effects = host.take()
  expect(told(effects)).toEqual([
    `@author: All 'parent' PRs of a cherry-pick PR must have one of the "release-note" or "release-note-action-required" labels, or this PR must follow the standard/parent release note labeling requirement.`,
    neededText,
  ])
  expect(effects[0]).toContain('labels: #3.')
  host.open({ org: 'org', repo: 'repo', number: 3 }, { labels: ['release-note'] })
  await acts('edited')
  expect(host.take().map((effect) => effect.slice(0, 30))).toEqual([
    `org/repo#1 -${needed}`.slice(0, 30),
    expect.stringContaining('delete comment'),
    expect.stringContaining('delete comment'),
  ])
})

test('a merged pull request needs nothing any more', async () => {
  const { acts, host } = play({ merged: true, state: 'closed' })
  await acts('edited')
  expect(host.take()).toEqual([])
})

test('a failure between comment and label is mended, and nothing is said twice', async () => {
  const { acts, host, clock } = play()
  let failures = 1
  host.after = (operation) => {
    if (operation === 'addLabel' && failures-- > 0) throw Object.assign(new Error('lost'), { code: 'ECONNRESET' })
  }
  await acts('opened')
  await clock.advance('1m')
  const effects = host.take()
  expect([told(effects), labelled(effects)]).toEqual([[neededText], [`+${needed}`]])

  const second = play()
  failures = 1
  second.host.before = (operation) => {
    if (operation === 'comment' && failures-- > 0) throw Object.assign(new Error('lost'), { code: 'ECONNRESET' })
  }
  await second.acts('opened')
  await second.clock.advance('1m')
  expect(told(second.host.take())).toEqual([neededText])
})

test('a block in a comment of a member goes into the description', async () => {
  const { says, host, pr } = play({ body: block('NONE') })
  await says('bob', `/release-note-edit\r\n${block('Much faster.')}`)
  expect(pr().body).toBe(block('Much faster.'))
  expect(told(host.take())).toEqual([])
})

test.each<[login: string, text: string, body: string, answer: string]>([
  ['casey', `/release-note-edit\n${block('x')}`, block('y'), 'You must be an org member to edit the release note.'],
  ['bob', '/release-note-edit', block('y'), '/release-note-edit must be used with a release note block.'],
  ['bob', `/release-note-edit\n${block('x')}`, 'none', 'must be used with a single release note block.'],
  [
    'bob',
    '/release-note',
    '',
    'the `/release-note` and `/release-note-action-required` commands have been deprecated.',
  ],
  ['casey', '/release-note-action-required', '', 'commands have been deprecated.'],
  ['casey', '/release-note-none', '', 'if you are the PR author or an org member.'],
  ['bob', '/release-note-none', block('x'), 'if the release-note block in the PR body text is empty or "none".'],
  ['bob', '/release-note-none', block('action required'), 'PR body text is empty or "none".'],
])('%s says %j, on %j, and hears: %s', async (login, text, body, answer) => {
  const { says, host, pr } = play({ body })
  await says(login, text)
  const effects = host.take()
  expect(told(effects)).toEqual([expect.stringContaining(answer)])
  expect(told(effects)[0]?.startsWith(`@${login}: `)).toBe(true)
  expect([pr().body, pr().labels]).toEqual([body, []])
})

test('a deprecation cannot be without a note', async () => {
  const { says, host } = play({ labels: ['kind/deprecation'] })
  await says('bob', '/release-note-none')
  expect(told(host.take())[0]).toContain('because the PR has the label "kind/deprecation"')
})

test.each(['author', 'bob'])('%s may say that there is nothing to note', async (login) => {
  const { says, host } = play({ labels: [needed, 'release-note'], body: block('none') })
  await says(login, 'ok\n/RELEASE-NOTE-NONE \r\n')
  expect(host.take()).toEqual(['org/repo#1 +release-note-none', 'org/repo#1 -release-note', `org/repo#1 -${needed}`])
  await says(login, '/release-note-none')
  expect(host.take()).toEqual([])
})

test('of several commands the edit comes first, then the deprecated one', async () => {
  const { says, host } = play()
  await says('bob', '/release-note-none\n/release-note-edit')
  expect(told(host.take())[0]).toContain('release note block')
  await says('bob', '/release-note-none\n/release-note')
  expect(told(host.take())[0]).toContain('deprecated')
  await says('bob', '/release-note-none\n/release-note-action-required')
  expect(labelled(host.take())).toEqual(['+release-note-none'])
})

test('descriptions, reviews, edited comments and issues are not heard', async () => {
  const { acts, reviews, says, host } = play({ body: '/release-note', labels: [needed] })
  await acts('opened')
  await reviews('bob', 'commented', '/release-note')
  await says('bob', '/release-note', { action: 'edited' })
  await says('bob', 'a /release-note-none')
  expect(host.take()).toEqual([])
  const issue = scene({ with: [releaseNote], issue: {} })
  await issue.says('bob', '/release-note')
  expect(issue.host.calls).toEqual([])
})

test('help names the page of the guidelines', () => {
  const plugins = { sections: { release_note: { guidelines_url } } } as never
  expect(releaseNote.help?.(plugins, [])?.config).toEqual({
    '': `The guidelines for release notes are at ${guidelines_url}.`,
  })
})
