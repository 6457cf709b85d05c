// What counts as a wish for a cherry-pick, and whose wish counts.
import { expect, test } from 'vitest'
import { oneForEach, type Said, wishesIn, wishesOfLabels } from './wishes.ts'
import { bodyFor, fenced, titleFor } from './wording.ts'

const said = (body: string): Said => ({ login: 'bob', body, html_url: 'u' })
const targets = (body: string) => wishesIn(said(body)).map(({ target, chain }) => [target, ...chain].join(' '))

test.each([
  ['/cherrypick release-1.5', ['release-1.5']],
  ['/cherry-pick release-1.5', ['release-1.5']],
  ['well\r\n/cherrypick release-1.8\r\n/cherrypick release-1.5\r\n', ['release-1.5', 'release-1.8']],
  ['/cherrypick release-1.12 release-1.11\t release-1.10', ['release-1.12 release-1.11 release-1.10']],
  ['/cherrypick a b\n/cherrypick a c', ['a c']],
  ['/cherrypick\nfoo', ['foo']],
  ['/cherrypick  ', []],
  ['/cherrypick \r\n', []],
  ['/cherrypick', []],
  ['/Cherrypick a', []],
  [' /cherrypick a', []],
  ['> /cherrypick a', []],
  ['/cherrypicks a', []],
  [`/cherrypick ${'x'.repeat(256)}`, []],
  [`/cherrypick ${'x'.repeat(255)}`, ['x'.repeat(255)]],
  [`/cherrypick ${'a '.repeat(100)}`, ['a '.repeat(21).trim()]],
])('%j asks for %j', (text, want) => expect(targets(text)).toEqual(want))

test('of very many branches in a text some are left out', () => {
  const many = Array.from({ length: 1000 }, (_, index) => `/cherrypick b${index}\n`).join('')
  expect(wishesIn(said(many))).toHaveLength(20)
  expect(oneForEach([...wishesIn(said(many)), ...wishesIn(said('/cherrypick x'))])).toHaveLength(20)
})

test('labels ask in the name of the author', () => {
  expect(wishesOfLabels(['cherrypick/v1', 'lgtm', 'cherrypick/', 'Cherrypick/v2'], 'cherrypick/', 'ann')).toEqual([
    { target: 'v1', chain: [], by: 'ann' },
  ])
})

test('for each branch the last wish counts, and the last chain that anybody gave', () => {
  const wish = (target: string, by: string, ...chain: string[]) => ({ target, chain, by })
  expect(
    oneForEach([wish('v2', 'ann', 'v1'), wish('v0', 'ann'), wish('v2', 'bob', 'v1', 'v0'), wish('v2', 'cem')]),
  ).toEqual([wish('v0', 'ann'), wish('v2', 'cem', 'v1', 'v0')])
})

const base = (ref: string) => ({ ref, sha: '', repo: { org: 'o', repo: 'r', html_url: '' } })
test.each([
  ['main', 'Fix', 'v1', '[v1] Fix'],
  ['release-1.8', '[release-1.8] Fix', 'release-1.6', '[release-1.6] Fix'],
  ['release-1.8', 'Fix [release-1.8] [release-1.8] it', 'v1', '[v1] Fix [release-1.8] it'],
  ['main', '[main]Fix', 'v1', '[v1] [main]Fix'],
  ['main', 'x'.repeat(256), 'v1', `[v1] ${'x'.repeat(251)}`],
])('on %s, %j becomes for %s %j', (ref, title, target, want) =>
  expect(titleFor({ title, base: base(ref) }, target)).toBe(want),
)

const first = 'This is an automated cherry-pick of #7'
test.each<[string, Parameters<typeof bodyFor>, string[]]>([
  ['nothing special', [{ number: 7, body: 'x', labels: [] }, undefined, []], []],
  ['an assignee', [{ number: 7, body: '', labels: [] }, 'bob', []], ['/assign bob']],
  [
    'a release note, with a line that would be a command of the bot',
    [{ number: 7, body: 'x\n```release-note\r\n It burns.\n/lgtm\n/cherrypick x\n```\n', labels: [] }, undefined, []],
    ['```release-note\nIt burns.\n /lgtm\n /cherrypick x\n```'],
  ],
  [
    'an older form of release note',
    [{ number: 7, body: '**Release note**:\n<!-- why -->\n```\n/hold\n```', labels: [] }, undefined, []],
    ['```release-note\n /hold\n```'],
  ],
  ['an empty release note', [{ number: 7, body: '```release-note\n\n```', labels: [] }, undefined, []], []],
  [
    'a chain before kinds, which are sorted',
    [{ number: 7, body: '', labels: ['kind/cleanup', 'kind/', 'kind/bug', 'lgtm'] }, undefined, ['v2', 'v1']],
    ['/cherrypick v2 v1', '/kind bug\n/kind cleanup'],
  ],
])('the description has %s', (_what, given, want) => expect(bodyFor(...given)).toBe([first, ...want].join('\n\n')))

test('output of git cannot end its block', () => {
  expect(fenced('plain')).toBe('```\nplain\n```')
  expect(fenced('a\n```\n/lgtm')).toBe('````\na\n```\n/lgtm\n````')
})
