// The answer with the jobs that there are: which, when, and in what words.
import { expect, test } from 'vitest'
import { presubmit } from '../../testing/config.ts'
import { availableJobs, helpMessage, helpNote, isHelpMessage } from './help-message.ts'

const jobs = [
  presubmit({ name: 'jib', always_run: true }),
  presubmit({ name: 'jub', run_if_changed: '^src/' }),
  presubmit({ name: 'job' }),
  presubmit({ name: 'jab', optional: true, always_run: true }),
  presubmit({ name: 'jeb', optional: true }),
  presubmit({ name: 'jaw', always_run: true, branches: ['^other$'] }),
]
const on = (branch: string) => ({ branch, changes: async () => [] })

test('what can be started here', async () => {
  expect(await availableJobs(jobs, on('main'))).toEqual({
    testAll: new Set(['jib', 'jab']),
    required: new Set(['/test jib', '/test jub', '/test job']),
    optional: new Set(['/test jab', '/test jeb']),
  })
})

test('a job that only the command of another one starts', async () => {
  const odd = presubmit({ name: 'odd', trigger: '^/test jib$', rerun_command: '/never' })
  expect((await availableJobs([jobs[0] ?? odd, odd], on('main'))).required).toEqual(new Set(['/test jib', '/never']))
})

test('two jobs with one command', async () => {
  const twins = ['a', 'b'].map((name) =>
    presubmit({ name, always_run: true, trigger: '(?m)^/both$', rerun_command: '/both' }),
  )
  expect((await availableJobs(twins, on('main'))).required).toEqual(new Set(['/both']))
})

test.each<[comment: string, selected: number, note: string | undefined]>([
  ['/test ?', 0, ''],
  ['/test ?', 3, ''],
  ['/test', 0, 'The `/test` command needs one or more targets.\n'],
  ['/test \r\n?', 0, 'The `/test` command needs one or more targets.\n'],
  ['/retest FOO', 0, 'The `/retest` command does not accept any targets.\n'],
  ['/retest \r\n/other', 0, undefined],
  ['/test FOO', 0, 'The specified target(s) for `/test` were not found.\n'],
  ['/test  all', 0, 'The specified target(s) for `/test` were not found.\n'],
  ['/test FOO', 1, undefined],
  ['/test all', 0, 'No jobs can be run with `/test all`.\n'],
  ['/retest', 0, undefined],
  ['hello', 0, undefined],
])('%j with %d jobs', (comment, selected, note) => expect(helpNote(comment, selected)).toBe(note))

const at = { org: 'o', repo: 'r', branch: 'main' }
const sets = (testAll: string[], required: string[], optional: string[]) => ({
  testAll: new Set(testAll),
  required: new Set(required),
  optional: new Set(optional),
})

test('lists what there is, sorted', () => {
  const message = helpMessage('Note.\n', at, sets(['b'], ['/test b', '/test a'], ['/test c']))
  expect(message).toBe(
    [
      'Note.',
      'The following commands are available to trigger required jobs:',
      '```\n/test a\n```\n```\n/test b\n```\n',
      'The following commands are available to trigger optional jobs:',
      '```\n/test c\n```\n',
      'Use `/test all` to run the following jobs that were automatically triggered:',
      '```\nb\n```\n\n',
    ].join('\n'),
  )
  expect(isHelpMessage(message)).toBe(true)
})
test('as many names as commands are all of them', () => {
  expect(helpMessage('', at, sets(['a', 'b'], ['/x', '/y'], []))).toMatch(/Use `\/test all` to run all jobs\.\n$/)
})
test('nothing automatic, nothing said about it', () => {
  expect(helpMessage('', at, sets([], ['/x'], []))).not.toContain('/test all')
})
test('no jobs at all', () => {
  expect(helpMessage('Note.\n', at, sets([], [], []))).toBe('No presubmit jobs available for o/r@main')
})
test('other comments are not taken for it', () => {
  expect(isHelpMessage('Use `/test all` to run all jobs.\n')).toBe(false)
})

test.each([
  ['/test a-b.c', '```\n/test a-b.c\n```'],
  ['Nice weather outside, right?', '```\nNice weather outside, right?\n```'],
  ['/lgtm', '`/lgtm`'],
  ['/test a\n/lgtm', '`/test a /lgtm`'],
  ['x\r/lgtm', '`x /lgtm`'],
  ['```\n/lgtm @org/team', '```` ``` /lgtm @org/team ````'],
  [' /lgtm', '`/lgtm`'],
])('a command that is %j is shown, and no command of anybody else: %s', (command, want) => {
  const message = helpMessage('', at, sets([], [command], []))
  expect(message).toContain(`required jobs:\n${want}\n\n`)
  expect(message).not.toMatch(/^\/lgtm/m)
})

test('of very many jobs some are named, and the answer fits into a comment', () => {
  const many = (kind: string) => Array.from({ length: 2000 }, (_, index) => `/test ${kind}-${index}`)
  const message = helpMessage('', at, sets(many('x'), many('required'), many('optional')))
  expect(message.length).toBeLessThan(61_000)
  expect(message).toMatch(/\n- … and \d+ more\n\n/)
  expect(message).toContain('\n- … and 2000 more\n\n')
})
