// The bot's answers, as people see them.
import { expect, test } from 'vitest'
import { replyTo } from './replies.ts'

const said = (body: string) => ({ login: 'alice', body, html_url: 'https://host/c' })

test('an answer quotes what it answers, so that no command in it runs again', () => {
  const answer = replyTo(said('one\n/hold\r\n'), 'no')
  expect(answer).toMatch(/^@alice: no\n/)
  expect(answer).toContain('In response to [this](https://host/c):\n\n>one\n>/hold\r\n>\n')
  expect(answer).toMatch(/<\/details>$/)
})

test('no kind of line end leads out of the quotation', () =>
  expect(replyTo(said('a\r@org/team\r\r\nb'), 'no')).toContain('\n>a\n>@org/team\n>\r\n>b\n'))

test.each([
  ['one line', 'x'.repeat(65_536)],
  ['many lines', '/test y\n'.repeat(8000)],
])('an answer to the longest comment is not too long itself: %s', (_, body) => {
  const answer = replyTo(said(body), 'no such job')
  expect(answer.length).toBeLessThanOrEqual(65_536)
  expect(answer.length).toBeGreaterThan(65_000)
  expect(answer).toContain('\n…\n')
  expect(answer).toMatch(/<\/details>$/)
  const lines = answer.split('\n').filter((line) => /^\/test/.test(line))
  expect(lines).toEqual([])
})
