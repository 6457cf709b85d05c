// Patterns that take exponential time where a matcher backtracks, and patterns that are large: searched in every way.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HostileThread, hostileThread } from './testing/hostile.ts'

let thread: HostileThread
beforeAll(() => {
  thread = hostileThread()
})
afterAll(() => thread.close())

const as = 'a'.repeat(64 * 1024)
const subjects = { as: `${as}!`, lines: `${'a'.repeat(40)}!\n`.repeat(1_600), words: `${'aa a '.repeat(13_000)}!😀` }

test.each([
  '^(a+)+$',
  '(a+)+$',
  '(a|a)*b',
  '(a|aa)+$',
  '^((a+)+){2,20}$',
  '^(?:(a+)+){20}$',
  '^((a|aa)+){17,18}b',
  '^(?:(a)|(aa)|b)*c',
  '^(a?){500}b',
  '^(([a-z])+.)+[A-Z]([a-z])+$',
  '(?:a*)*b',
  '((((((a+)+)+)+)+)+)+b',
  '(?i)^((k|a)+)+$',
  '(?m)^((a+)+)+$',
  String.raw`\b(\w+\s*)+$`,
  '(.*)(.*)(.*)(.*)(.*)[^a !]$',
  '(a{1,8}){1,8}b',
])('%s is searched in linear time, with and without groups', async (pattern) => {
  const problems: string[] = []
  for (const [name, subject] of Object.entries(subjects)) {
    const problem = await thread.problem({ pattern, subject })
    if (problem !== undefined) problems.push(`${name}: ${problem}`)
  }
  expect(problems).toEqual([])
})

test.each<[why: string, pattern: string, refused: string | undefined]>([
  ['counts of counts', '(a{1000}){1000}', 'invalid repeat count'],
  ['counts of counts with something between', '((a{30}){30}b){1000}', 'invalid repeat count'],
  ['counts beside counts', 'a{1000}'.repeat(20), 'expression too large'],
  ['a megabyte', 'a'.repeat(1_000_000), 'expression too large'],
  ['a megabyte of groups', '(a)'.repeat(333_000), 'expression too large'],
  ['open groups', '('.repeat(1_000_000), 'expression too large'],
  ['some fewer of them', '('.repeat(60_000), 'nests too deeply'],
  ['bars', '|'.repeat(60_000), 'expression too large'],
  ['quotes', '\\Q'.repeat(32_000), 'expression too large'],
  ['classes of many ranges', '\\pL'.repeat(3_000), 'expression too large'],
  ['the same, without case', `(?i)${'\\pL'.repeat(3_000)}`, 'expression too large'],
  ['the same, in brackets', `(?i)[${'\\pL'.repeat(3_000)}]`, 'expression too large'],
  ['names', Array.from({ length: 3_000 }, (_, index) => `(?P<n${index}>a)`).join(''), undefined],
  ['nested optional groups', `${'(?:'.repeat(200)}a${'?)'.repeat(200)}`, undefined],
  ['nested repeats', `${'('.repeat(200)}a${'*)'.repeat(200)}`, undefined],
  ['optional letters in a row', '(?:a*)*'.repeat(500), undefined],
])('%s', async (_why, pattern, refused) => {
  let said: string | undefined
  const problem = await thread.problem({ pattern, subject: 'a'.repeat(1_000) }, (done) => {
    said = done.refused
  })
  expect(problem).toBeUndefined()
  if (refused === undefined) expect(said).toBeUndefined()
  else expect(said).toContain(refused)
  // The message does not repeat what is too large.
  expect(said?.length ?? 0).toBeLessThan(300)
})
