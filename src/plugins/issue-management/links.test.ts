// The line of a description that says which issues a pull request fixes: one row per rule.
import { expect, test } from 'vitest'
import { issueNamed, nameOf, withLinks } from './links.ts'

const here = { org: 'org', repo: 'repo' }

test.each([
  ['12', '#12'],
  ['#12', '#12'],
  ['org/repo#12', '#12'],
  ['org/other#12', 'org/other#12'],
  ['my-org/x.y_z#1', 'my-org/x.y_z#1'],
  ['abc', undefined],
  ['12a', undefined],
  ['repo#12', undefined],
  ['a/b/c#1', undefined],
  ['https://github.com/org/repo/issues/1', undefined],
  ['9999999999', undefined],
  ['../x#1', undefined],
])('%s is %s', (text, name) => {
  const issue = issueNamed(text, here)
  expect(issue && nameOf(issue, here)).toBe(name)
})

test.each<[why: string, body: string, add: string[], remove: string[], want: string]>([
  ['adds in place', 'line1\nFixes #1\nline3', ['#2', 'foo/bar#10'], [], 'line1\nFixes #1 #2 foo/bar#10\nline3'],
  ['removes the line with its last issue', 'line1\nFixes #1\nline3', [], ['#1'], 'line1\nline3'],
  ['makes a line at the end', 'a text', ['#12'], [], 'a text\n\nFixes #12'],
  ['puts no second empty line', 'a text\n', ['#12'], [], 'a text\n\nFixes #12'],
  ['nor after CRLF', 'a text\r\n\r\n', ['#12'], [], 'a text\r\n\r\n\nFixes #12'],
  ['begins an empty text with a line break', '', ['#12'], [], '\nFixes #12'],
  ['sorts as text', 'Fixes #2', ['#10'], [], 'Fixes #10 #2'],
  ['lets adding win', 'Fixes #1', ['#2'], ['#2', '#1'], 'Fixes #2'],
  ['says nothing twice', 'Fixes #1 #1', ['#1'], [], 'Fixes #1'],
  ['takes the line in any case', 'FIXES\t#3  #1', ['#2'], [], 'Fixes #1 #2 #3'],
  ['changes the first such line only', 'fixes #1\nfixes #2', [], ['#2'], 'Fixes #1\nfixes #2'],
  ['reads CRLF', 'x\r\nFixes #1\r\ny', ['#2'], [], 'x\r\nFixes #1 #2\ny'],
  ['leaves a line within a text alone', 'This fixes #1', ['#2'], [], 'This fixes #1\n\nFixes #2'],
  ['leaves sentences alone', 'Fixes the crash in #1', ['#2'], [], 'Fixes the crash in #1\n\nFixes #2'],
  ['takes out words that are no issues', 'Fixes abc #1', [], ['abc'], 'Fixes #1'],
  ['does nothing to a text without issues', 'a text', [], ['#1'], 'a text'],
])('%s', (_why, body, add, remove, want) => expect(withLinks(body, add, remove)).toBe(want))

test('says the same twice', () => {
  const once = withLinks('a text', ['#2', '#1'], [])
  expect(withLinks(once, ['#1', '#2'], [])).toBe(once)
})
