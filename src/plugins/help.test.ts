// help, as the people on an issue see it.
import { expect, test } from 'vitest'
import { snapshot } from '../testing/config.ts'
import { survivesInterruptions } from '../testing/interrupted.ts'
import { scene } from '../testing/plugin-scene.ts'
import help from './help.ts'

const wanted = 'help wanted'
const first = 'good first issue'

test.each<[have: string[], text: string, want: string[]]>([
  [[], '/help', [wanted]],
  [[], '/HELP \r', [wanted]],
  [[], '/good-first-issue', [wanted, first]],
  [[wanted], '/good-first-issue', [wanted, first]],
  [[wanted], '/help', [wanted]],
  [[wanted, first], '/remove-help', []],
  [[wanted, first], '/remove-good-first-issue', [wanted]],
  [[wanted], '/remove-good-first-issue', [wanted]],
  [[], '/remove-help', []],
  [[first], '/help', [first, wanted]],
  [[first], '/good-first-issue', [first]],
  [[], '/help me', []],
  [[], '/helpful', []],
  [[], '/good-first-issues', []],
  [[wanted], '/remove-helper', [wanted]],
  [[first], '/remove-good-first-issues', [first]],
  [[], 'do /help', []],
  // Only the first row of the table that applies is done.
  [[wanted], '/remove-help\n/good-first-issue', []],
  [[], '/good-first-issue\n/help', [wanted, first]],
])('%j and %j gives %j', async (have, text, want) => {
  const { change, saysOnIssue, pr } = scene({ with: [help] })
  change({ labels: have })
  await saysOnIssue('bob', text)
  expect(pr().labels).toEqual(want)
})

test('says what a helper may expect, links the issue, and tidies up when the label goes', async () => {
  const { saysOnIssue, host } = scene({ with: [help] })
  await saysOnIssue('bob', '/help')
  const [comment] = host.take()
  expect(comment).toMatch(
    /^org\/repo#1 comment: @bob: \n\tThis request has been marked as needing help from a contributor\./,
  )
  expect(comment).toContain('listed [here](https://git.k8s.io/community/contributors/guide/help-wanted.md)')
  expect(comment).toContain('`/remove-help`')
  expect(comment).toContain('In response to [this](https://github.com/org/repo/pull/1):\n\n>/help\n')
  await saysOnIssue('bob', '/remove-help')
  expect(host.take().map((effect) => effect.slice(0, 40))).toEqual([
    'org/repo delete comment: @bob: \n\tThis re',
    'org/repo#1 -help wanted',
  ])
})

test('each label has its own way back, and only its own comments go with it', async () => {
  const { saysOnIssue, host } = scene({ with: [help] })
  await saysOnIssue('bob', '/good-first-issue')
  expect(host.take()[0]).toContain('`/remove-good-first-issue`')
  host.say(
    { org: 'org', repo: 'repo', number: 1 },
    'k8s-ci-robot',
    'needing help? This request has been marked as needing help from a contributor.',
  )
  await saysOnIssue('bob', '/remove-good-first-issue')
  expect(host.take()).toEqual([
    expect.stringMatching(/delete comment: @bob: [\s\S]*suitable for new contributors/),
    'org/repo#1 -good first issue',
  ])
  await saysOnIssue('bob', 'thanks')
  expect(host.take()).toEqual([])
})

test('shows the summary of the guidelines when there is one', async () => {
  const guidelines = { help_guidelines_url: 'https://g', help_guidelines_summary: 'Be kind.' }
  const { saysOnIssue, host } = scene({ with: [help], plugins: { help: guidelines } })
  await saysOnIssue('bob', '/good-first-issue')
  expect(host.take()[0]).toMatch(
    /suitable for new contributors\.\n\n### Guidelines\n\nBe kind\.\n\n.*\[here\]\(https:\/\/g#good-first-issue\)/,
  )
})

test('ignores pull requests and closed issues', async () => {
  const { says, saysOnIssue, change, host } = scene({ with: [help] })
  await says('bob', '/help')
  change({ state: 'closed' })
  await saysOnIssue('bob', '/help')
  expect(host.take()).toEqual([])
})

test('an edited comment says nothing', async () => {
  const { says, host } = scene({ with: [help], issue: {} })
  await says('bob', '/help', { action: 'edited' })
  expect(host.calls).toEqual([])
})

test.each<[have: string[], text: string]>([
  [[], '/good-first-issue'],
  [[], '/help'],
  [[wanted, first], '/remove-help'],
  [[wanted, first], '/remove-good-first-issue'],
])('interrupted, with %j %s is done whole and said once', (labels, text) =>
  survivesInterruptions(
    () => scene({ with: [help], issue: { labels } }),
    ({ says }) => says('bob', text),
  ),
)

test('help links the guidelines', () => {
  const guidelines = { help_guidelines_url: 'https://g?a="b"', help_guidelines_summary: '' }
  const { plugins } = snapshot({ plugins: { help: guidelines } })
  expect(help.help?.(plugins, []).config?.['']).toContain('href="https://g?a=&#34;b&#34;"')
})
