// What can be overridden: one row per rule.
import { describe, expect, test } from 'vitest'
import type { CheckRun, CommitStatus, StatusState } from '../../api/code-host.ts'
import { presubmit } from '../../testing/config.ts'
import { askedBy, commands } from './commands.ts'
import { type Known, targetsFor } from './targets.ts'

describe('names', () => {
  test.each<[text: string, names: string[] | undefined, bare: boolean]>([
    ['/override a', ['a'], false],
    ['/override a b a', ['a', 'b'], false],
    ['/OVERRIDE a', ['a'], false],
    ['/override "test / Unit Tests" b', ['test / Unit Tests', 'b'], false],
    ['/override "never closed b', ['never closed b'], false],
    ['/override a"b c"d', ['a"b c"d'], false],
    ['/override " a " "" b', ['a', 'b'], false],
    ['/override  a \r\n', ['a'], false],
    ['/override a\r\nbecause flaky', ['a'], false],
    ['/override a\n/override b', ['a', 'b'], false],
    ['/override a\tb', ['a\tb'], false],
    ['/override', [], true],
    ['/override\r\n/override a', ['a'], true],
    ['/override   ', [], false],
    ['/override ', undefined, false],
    ['/override\ta', undefined, false],
    ['/overridea', undefined, false],
    ['please /override a', undefined, false],
    ['> /override a', undefined, false],
    ['/override-sticky a', undefined, false],
  ])('%j', (text, names, bare) => {
    const asked = askedBy(commands.override.all(text))
    expect(asked && [...asked.names]).toEqual(names)
    if (asked) expect(asked.bare).toBe(bare)
  })
})

test('a comment of the longest kind takes no time', () => {
  const text = `/override "a${' '.repeat(65_000)}x"`
  const start = performance.now()
  expect(askedBy(commands.override.all(text))?.names.size).toBe(1)
  expect(performance.now() - start).toBeLessThan(500)
})

const status = (context: string, state: StatusState, description = ''): CommitStatus => ({
  ...{ context, state, description, target_url: `https://ci/${context}` },
})
const run = (name: string, conclusion?: string): CheckRun => ({
  ...{ id: 1, name, head_sha: 'x', status: '', html_url: '' },
  ...(conclusion && { conclusion, completed_at: '2026-01-01T00:00:00Z' }),
})
const pkg = presubmit({ name: 'prow-job', context: 'ci/prow/pkg-job' })
const known = (given: Partial<Known>): Known => ({
  ...{ statuses: [], checkRuns: [], presubmits: [pkg], branch: 'main', again: false },
  ...given,
})

test.each<[why: string, given: Partial<Known>, required: string[], valid: string[]]>([
  ['nothing', {}, [], []],
  [
    'what is not green',
    { statuses: ['pending', 'success', 'failure', 'error'].map((state) => status(state, state as StatusState)) },
    [],
    ['error', 'failure', 'pending'],
  ],
  ['a context and its job', { statuses: [status('ci/prow/pkg-job', 'failure')] }, [], ['ci/prow/pkg-job', 'prow-job']],
  ['what was overridden', { statuses: [status('a', 'success', 'Overridden by bob BaseSHA:x')] }, [], ['a']],
  ['required contexts, also green ones', { statuses: [status('a', 'success')] }, ['a', 'b'], ['a', 'b']],
  ['a required context, without its job', {}, ['ci/prow/pkg-job'], ['ci/prow/pkg-job']],
  [
    'check runs that ended, and not well',
    {
      checkRuns: ['failure', 'success', 'neutral', 'cancelled', 'skipped', 'timed_out']
        .map((word) => run(word, word))
        .concat(run('running')),
    },
    [],
    ['cancelled', 'failure', 'skipped', 'timed_out'],
  ],
  ['check runs of one name: the best decides', { checkRuns: [run('a', 'failure'), run('a', 'success')] }, [], []],
  ['check runs of one name: one that runs', { checkRuns: [run('a', 'failure'), run('a')] }, [], []],
  ['check runs that are good, when the task runs again', { checkRuns: [run('a', 'success')], again: true }, [], ['a']],
])('valid: %s', (_why, given, required, valid) => {
  expect(targetsFor(new Set(['zzz', ...valid]), known(given), required)).toMatchObject({ unknown: ['zzz'], valid })
})

test.each(['prow-job', 'ci/prow/pkg-job', 'prow-job ci/prow/pkg-job'])(
  '%s: the context, once, with its job',
  (names) => {
    const found = known({ statuses: [status('other', 'failure'), status('ci/prow/pkg-job', 'failure')] })
    expect(targetsFor(new Set(names.split(' ')), found, []).statuses).toEqual([
      { context: 'ci/prow/pkg-job', target_url: 'https://ci/ci/prow/pkg-job', job: pkg },
    ])
  },
)

test('statuses and check runs of one name are both meant', () => {
  const found = known({ statuses: [status('a', 'failure')], checkRuns: [run('a', 'failure')] })
  expect(targetsFor(new Set(['a']), found, [])).toMatchObject({ statuses: [{ context: 'a' }], checkRuns: ['a'] })
})

test('a required context that never reported has no address, a green one keeps its own', () => {
  const found = known({ statuses: [status('a', 'success')] })
  expect(targetsFor(new Set(['a', 'b']), found, ['a', 'b']).statuses).toEqual([
    { context: 'a', target_url: 'https://ci/a', job: undefined },
    { context: 'b', target_url: '', job: undefined },
  ])
})

test('of several jobs with one context that of the branch counts, else the first', () => {
  const here = presubmit({ name: 'here', context: 'c', branches: ['^main$'] })
  const there = presubmit({ name: 'there', context: 'c', branches: ['^release$'] })
  const jobOn = (branch: string) => {
    const found = known({ statuses: [status('c', 'failure')], presubmits: [there, here], branch })
    return targetsFor(new Set(['c']), found, []).statuses[0]?.job?.name
  }
  expect([jobOn('main'), jobOn('release'), jobOn('x')]).toEqual(['here', 'there', 'there'])
})
