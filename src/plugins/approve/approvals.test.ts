// Who approves after all that was said, one row per rule.
import { expect, test } from 'vitest'
import { type ApprovalRules, approvalsBy, type Statement } from './approvals.ts'
import { commandsIn } from './commands.ts'
import { issueIn } from './decide.ts'

const rules: ApprovalRules = {
  author: 'Author',
  html_url: 'url',
  authorApproves: false,
  lgtmCounts: false,
  reviewsCount: true,
  bots: new Set(['robot']),
}
let second = 0
const said = (author: string, body: string, given: Partial<Statement> = {}): Statement => ({
  author,
  body,
  html_url: `#${body}`,
  at: new Date(1_000_000 + 1000 * second++).toISOString(),
  ...given,
})

test.each<[why: string, statements: Statement[], given: Partial<ApprovalRules>, want: string[]]>([
  ['an owner says so', [said('Al', '/approve')], {}, ['Al Approved']],
  ['nobody has', [said('Al', 'fine')], {}, []],
  ['the author, without words', [], { authorApproves: true }, ['Author Author self-approved']],
  ['the last word counts', [said('al', '/approve'), said('AL', '/approve cancel')], {}, []],
  ['and the first does not', [said('al', '/approve cancel'), said('AL', '/approve')], {}, ['AL Approved']],
  ['within one text, too', [said('al', '/approve\n/approve cancel\n/approve')], {}, ['al Approved']],
  [
    'by time, not by place',
    [
      said('al', '/approve cancel', { at: '2020-01-02T00:00:00Z' }),
      said('al', '/approve', { at: '2020-01-01T00:00:00Z' }),
    ],
    {},
    [],
  ],
  [
    'of one moment in the order given',
    [said('al', '/approve', { at: '' }), said('al', '/remove-approve', { at: '' })],
    {},
    [],
  ],
  ['a bot says nothing', [said('robot', '/approve')], {}, []],
  ['nor does a bot with a review', [said('robot', '', { state: 'approved' })], {}, []],
  ['nor does nobody', [said('', '/approve')], {}, []],
  ['/lgtm where it counts', [said('al', '/lgtm')], { lgtmCounts: true }, ['al LGTM']],
  ['the same, whatever follows', [said('al', '/lgtm /approve')], { lgtmCounts: true }, ['al LGTM']],
  ['/lgtm where it does not', [said('al', '/lgtm')], {}, []],
  ['nor does it tell how, in a text of its own', [said('al', '/approve'), said('al', '/lgtm')], {}, ['al Approved']],
  ['it tells how, whatever the case of the login', [said('AL', '/approve\n/lgtm')], {}, ['AL LGTM']],
  ['it tells how, after an approval', [said('al', '/approve\n/lgtm')], {}, ['al LGTM']],
  ['but makes none', [said('al', '/approve cancel\n/lgtm')], {}, []],
  ['a review', [said('al', '', { state: 'approved' })], {}, ['al Approved']],
  ['a review with words', [said('al', 'Nice.', { state: 'approved' })], {}, ['al Approved']],
  [
    'a wish for changes where reviews do not count',
    [said('al', '/approve no-issue'), said('al', '/approve', { state: 'changes_requested' })],
    { reviewsCount: false },
    ['al Approved waives'],
  ],
  ['a review where they do not count', [said('al', 'x', { state: 'approved' })], { reviewsCount: false }, []],
  [
    'a review cancels what was waived',
    [said('al', '/approve no-issue'), said('al', '', { state: 'changes_requested' })],
    {},
    [],
  ],
  [
    'what was waived stays',
    [said('al', '/approve no-issue'), said('al', '', { state: 'approved' })],
    {},
    ['al Approved waives'],
  ],
  [
    'until it is taken back',
    [said('al', '/approve no-issue'), said('al', '/approve cancel'), said('al', '/approve')],
    {},
    ['al Approved'],
  ],
])('%s', (_why, statements, given, want) => {
  const approvals = [...approvalsBy(statements, { ...rules, ...given }).values()]
  expect(approvals.map(({ login, how, waivesIssue }) => `${login} ${how}${waivesIssue ? ' waives' : ''}`)).toEqual(want)
})

test('an approval links to where it was given; the one without words to the pull request', () => {
  const approvals = approvalsBy([said('al', '/approve')], { ...rules, authorApproves: true })
  expect([...approvals.values()].map(({ link }) => link)).toEqual(['url#', '#/approve'])
})

test.each([
  ['/approve', 'approve approve'],
  ['/APPROVE\tNo-Issue \r', 'approve approve waives'],
  ['/approve no-issue please', 'approve approve'],
  ['/approve no-issue cancel', 'approve withdraw'],
  ['/approve uncancelled', 'approve withdraw'],
  ['/remove-approve no-issue', 'approve withdraw'],
  ['/lgtm no-issue', 'lgtm approve waives'],
  ['/lgtm cancel', 'lgtm withdraw'],
  ['/lgtm /approve', 'lgtm approve'],
  ['/remove-lgtm', ''],
  ['/approved', ''],
  ['/approve!', ''],
  ['> /approve', ''],
  ['\t/approve', ''],
  ['//approve', ''],
])('%j is %j', (text, want) => {
  const found = commandsIn(text).map(({ name, does, waivesIssue }) => `${name} ${does}${waivesIssue ? ' waives' : ''}`)
  expect(found.join(', ')).toBe(want)
})

test.each([
  ['#42', 42],
  ['fixes foo/bar#42 and #43', 42],
  ['see https://github.com/org/x/issues/7', 7],
  ['see https://github.com/other/x/issues/7', 0],
  ['see https://github.com/org/x/pull/7', 0],
  ['it&#39;s', 39],
  ['# 42', 0],
  ['#99999999999999999999 #1', 0],
  ['', 0],
])('the issue of %j is %i', (body, want) => expect(issueIn(body, 'org')).toBe(want))
