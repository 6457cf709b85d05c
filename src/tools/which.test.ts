// Which jobs a change would start: one row per reason that people are told.
import { expect, test } from 'vitest'
import { postsubmit, presubmit, snapshot } from '../testing/config.ts'
import { type Imagined, whichJobs } from './which.ts'

const { config } = snapshot({
  config: {
    presubmits: {
      'o/r': [
        presubmit({ name: 'unit', always_run: true }),
        presubmit({ name: 'docs', run_if_changed: '^docs/' }),
        presubmit({ name: 'code', skip_if_only_changed: '^docs/' }),
        presubmit({ name: 'slow', branches: ['^main$'] }),
        presubmit({ name: 'last', run_before_merge: true }),
        presubmit({ name: 'flaky', optional: true, always_run: true, skip_branches: ['^release-', '^v'] }),
      ],
    },
    postsubmits: { 'o/r': [postsubmit({ name: 'publish' }), postsubmit({ name: 'off', always_run: false })] },
  },
})
const contexts = { present: new Set(['unit', 'flaky']), failed: new Set(['unit', 'flaky']) }
const ask = async (given: Partial<Imagined>) => {
  const answers = await whichJobs(config, { repo: 'o/r', branch: 'main', contexts, ...given })
  return Object.fromEntries(
    answers.map(({ name, runs, because }) => [
      name,
      `${{ true: 'yes', false: 'no', undefined: '?' }[String(runs)]}: ${because}`,
    ]),
  )
}

test.each<[why: string, given: Partial<Imagined>, says: Record<string, string>]>([
  [
    'a pull request and its merge',
    { files: ['docs/a.md'] },
    {
      unit: 'yes: always_run is true',
      docs: 'yes: docs/a.md matches run_if_changed',
      code: 'no: all changed files match skip_if_only_changed ^docs/',
      slow: 'no: it runs only when somebody asks for it by name: /test slow',
      last: 'no: it runs only when somebody asks for it by name: /test last; Tide starts it before a merge',
      flaky: 'yes: always_run is true',
      publish: 'yes: it runs for every push',
      off: 'no: always_run is false, and it looks at no files',
    },
  ],
  [
    'other files',
    { files: ['src/a.go'] },
    {
      docs: 'no: no changed file matches run_if_changed ^docs/',
      code: 'yes: src/a.go does not match skip_if_only_changed',
    },
  ],
  [
    'files that nobody names',
    {},
    {
      unit: 'yes: always_run is true',
      docs: '?: run_if_changed ^docs/ decides; name the changed files',
      code: '?: skip_if_only_changed ^docs/ decides; name the changed files',
    },
  ],
  [
    'another branch',
    { branch: 'release-1', files: ['x'], comment: '/test slow\n/test flaky' },
    {
      unit: 'no: the comment does not match its trigger; "/test unit" would',
      slow: 'no: branches (^main$) does not match the branch release-1',
      flaky: 'no: skip_branches (^release-, ^v) matches the branch release-1',
    },
  ],
  [
    'of all reasons the branch is told first',
    { branch: 'release-1', files: [] },
    { slow: 'no: branches (^main$) does not match the branch release-1' },
  ],
  ['a command forces', { files: [], comment: '/test docs' }, { docs: 'yes: the comment matches its trigger' }],
  [
    'a retest',
    { files: ['docs/a.md'], comment: '/retest' },
    {
      unit: 'yes: its context unit has failed',
      docs: 'yes: docs/a.md matches run_if_changed',
      slow: 'no: it runs only when somebody asks for it by name, and it has not failed',
      flaky: 'yes: its context flaky has failed',
    },
  ],
  [
    'a retest of required jobs',
    { comment: '/retest-required' },
    { unit: 'yes: its context unit has failed', flaky: 'no: it is optional' },
  ],
  [
    'manual jobs',
    { comment: '/test-manual-required' },
    {
      slow: 'yes: it is required, and only people start it',
      unit: 'no: it starts by itself',
      flaky: 'no: it is optional',
    },
  ],
  [
    '/test all',
    { files: [], comment: '/test all' },
    { unit: 'yes: always_run is true', docs: 'no: no changed file matches run_if_changed ^docs/' },
  ],
])('%s', async (_why, given, says) => {
  const answers = await ask(given)
  expect(answers).toMatchObject(says)
  expect('publish' in answers).toBe(given.comment === undefined)
})
