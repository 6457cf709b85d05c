// Which jobs run for a change, one row per rule.
import { describe, expect, test, vi } from 'vitest'
import type { CommitStatus, StatusState } from '../api/code-host.ts'
import type { Postsubmit, Presubmit } from '../config/types.ts'
import { changesVerdict } from './changes.ts'
import { branchContexts, contextRequired } from './contexts.ts'
import { postsubmitsFor, postsubmitVerdict, presubmitsFor, presubmitVerdict } from './decide.ts'
import { filterOfComment, reportedContexts, testAllFilter } from './filters.ts'

const presubmit = (name: string, change: Partial<Presubmit> = {}): Presubmit => ({
  name,
  agent: 'kubernetes',
  cluster: 'default',
  namespace: 'test-pods',
  max_concurrency: 0,
  error_on_eviction: false,
  hidden: false,
  decorate: false,
  skip_submodules: false,
  skip_fetch_head: false,
  clone_depth: 0,
  context: name,
  skip_report: false,
  always_run: false,
  optional: false,
  run_before_merge: false,
  trigger: `(?m)^/test( | .* )${name},?($|\\s.*)`,
  rerun_command: `/test ${name}`,
  ...change,
})
const postsubmit = (change: Partial<Postsubmit> = {}): Postsubmit => {
  const {
    always_run: _,
    optional: __,
    run_before_merge: ___,
    trigger: ____,
    rerun_command: _____,
    ...base
  } = presubmit('p')
  return { ...base, ...change }
}
const on = (branch: string, ...files: string[]) => ({ branch, changes: async () => files })
const unknown = {
  branch: 'main',
  changes: async () => {
    throw new Error('rate limited')
  },
}

test.each<[why: string, job: Partial<Presubmit>, files: string[], called: boolean | undefined]>([
  ['no pattern', {}, ['a'], undefined],
  ['a path matches', { run_if_changed: '^docs/' }, ['a', 'docs/b'], true],
  ['no path matches', { run_if_changed: '^docs/' }, ['a'], false],
  ['all paths match', { skip_if_only_changed: '^docs/|\\.(md)$|/?(README)$' }, ['docs/x.go'], false],
  ['a path does not match', { skip_if_only_changed: '^docs/|\\.(md)$|/?(README)$' }, ['./docs/x.go'], true],
  ['one of two', { skip_if_only_changed: '^docs/|\\.(md)$|/?(README)$' }, ['README', 'foo'], true],
  ['no files', { run_if_changed: '.' }, [], false],
  ['no files to skip', { skip_if_only_changed: '.' }, [], false],
])('files: %s', (_why, job, files, called) => expect(changesVerdict(job, files)?.runs).toBe(called))

describe('a selected presubmit', () => {
  const asked = (forced: boolean, otherwise: boolean) => ({ asked: true, forced, otherwise, because: '' }) as const
  test.each<[why: string, job: Partial<Presubmit>, selection: ReturnType<typeof asked>, runs: boolean]>([
    ['always runs', { always_run: true }, asked(false, false), true],
    ['not on other branches', { always_run: true, branches: ['^x$'] }, asked(true, true), false],
    ['is forced', { run_if_changed: 'never' }, asked(true, false), true],
    ['runs by default though no file matches', { run_if_changed: 'never' }, asked(false, true), true],
    ['runs because of its files', { run_if_changed: 'file' }, asked(false, false), true],
    ['does not run because of its files', { run_if_changed: 'never' }, asked(false, false), false],
    ['has no reason to run', {}, asked(false, false), false],
  ])('%s', async (_why, job, selection, runs) => {
    expect((await presubmitVerdict(presubmit('j', job), on('main', 'file'), selection)).runs).toBe(runs)
  })

  test('files are fetched once, and only when they matter', async () => {
    const changes = vi.fn(async () => ['file'])
    const jobs = ['a', 'b'].map((name) => presubmit(name, { run_if_changed: 'file' }))
    expect(await presubmitsFor(jobs, { branch: 'main', changes }, testAllFilter)).toEqual(jobs)
    expect(changes).toHaveBeenCalledTimes(1)
    expect(await presubmitsFor([presubmit('c', { always_run: true })], unknown, testAllFilter)).toHaveLength(1)
    await expect(presubmitsFor(jobs, unknown, testAllFilter)).rejects.toThrow('rate limited')
  })
})

test.each<[why: string, job: Partial<Postsubmit>, runs: boolean]>([
  ['says nothing', {}, true],
  ['is off', { always_run: false }, false],
  ['its files decide', { always_run: false, run_if_changed: '^file$' }, true],
  ['its files decide against', { run_if_changed: '^other$' }, false],
  ['its files decide against what is off', { always_run: false, run_if_changed: '^other$' }, false],
  ['its branch is skipped', { always_run: true, skip_branches: ['main'] }, false],
])('a postsubmit: %s', async (_why, job, runs) => {
  expect((await postsubmitVerdict(postsubmit(job), on('main', 'file'))).runs).toBe(runs)
  expect(await postsubmitsFor([postsubmit(job)], on('main', 'file'))).toHaveLength(runs ? 1 : 0)
})

describe('a comment', () => {
  const jobs = [
    presubmit('jib', { always_run: true }),
    presubmit('jub', { run_if_changed: '^src/' }),
    presubmit('job'),
    presubmit('jab', { optional: true, always_run: true }),
    presubmit('jeb', { optional: true }),
    presubmit('jaw', { always_run: true, branches: ['^other$'] }),
  ]
  const status = (context: string, state: StatusState): CommitStatus => ({
    context,
    state,
    description: '',
    target_url: '',
  })
  const selected = async (comment: string, statuses: CommitStatus[] = [], files: string[] = []) => {
    const contexts = async () => reportedContexts(statuses)
    const filter = await filterOfComment(comment, { honourOkToTest: true, contexts })
    return (await presubmitsFor(jobs, on('main', ...files), filter)).map(({ name }) => name).join(' ')
  }
  const all = [status('jib', 'success'), status('jab', 'success'), status('jub', 'success')]

  test.each<[why: string, comment: string, statuses: CommitStatus[], files: string[], jobs: string]>([
    ['a job by name', '/test job', [], [], 'job'],
    ['with the line end of the web', 'please\r\n/test job\r\n', [], [], 'job'],
    ['two jobs', '/test jib jub', [], [], 'jib jub'],
    ['a conditional job by name', '/test jub', [], [], 'jub'],
    ['a longer name is another job', '/test jub-e2e', [], [], ''],
    ['a job of another branch', '/test jaw', [], [], ''],
    ['all automatic ones', '/test all', [], [], 'jib jab'],
    ['and those that the files call for', '/test all', [], ['src/a'], 'jib jub jab'],
    ['two blanks are not all', '/test  all', [], [], ''],
    ['ok-to-test', '/ok-to-test', [], [], 'jib jab'],
    ['retest: what failed', '/retest', [...all.slice(1), status('jib', 'failure')], [], 'jib'],
    ['retest: an error is a failure', '/retest', [...all.slice(1), status('jib', 'error')], [], 'jib'],
    ['retest: what never reported', '/retest', [], [], 'jib jab'],
    ['retest: never reported, and the files match', '/retest', [], ['src/a'], 'jib jub jab'],
    ['retest: failed, though files do not match', '/retest', [status('jub', 'failure'), ...all.slice(0, 2)], [], 'jub'],
    ['retest: a manual job that is pending', '/retest', [...all, status('job', 'pending')], [], ''],
    ['retest: a manual job that failed', '/retest', [...all, status('job', 'failure')], [], 'job'],
    ['retest-required leaves optional ones', '/retest-required', [status('jab', 'failure')], [], 'jib'],
    ['manual-required', '/test-manual-required', [], ['src/a'], 'job'],
  ])('%s', async (_why, comment, statuses, files, want) => {
    expect(await selected(comment, statuses, files)).toBe(want)
  })

  test('statuses are asked for only by retest', async () => {
    const contexts = vi.fn(async () => reportedContexts([]))
    await filterOfComment('/test all', { honourOkToTest: false, contexts })
    expect(contexts).not.toHaveBeenCalled()
    await filterOfComment('/retest\n/retest-required', { honourOkToTest: false, contexts })
    expect(contexts).toHaveBeenCalledTimes(1)
  })

  test('an ignored ok-to-test asks for nothing', async () => {
    const filter = await filterOfComment('/ok-to-test', {
      honourOkToTest: false,
      contexts: async () => reportedContexts([]),
    })
    expect(jobs.filter((job) => filter(job).asked)).toEqual([])
  })
})

test('contexts of a branch', () => {
  const jobs = [
    presubmit('always', { always_run: true }),
    presubmit('files', { run_if_changed: 'x' }),
    presubmit('manual'),
    presubmit('optional', { always_run: true, optional: true }),
    presubmit('silent', { always_run: true, skip_report: true }),
    presubmit('elsewhere', { always_run: true, branches: ['^x$'] }),
  ]
  expect(branchContexts(jobs, 'main')).toEqual({
    required: ['always'],
    requiredIfPresent: ['files', 'manual'],
    optional: ['optional', 'silent'],
  })
  expect(branchContexts(jobs, 'main', true).required).toEqual(['always', 'manual'])
  expect(jobs.filter(contextRequired).map(({ name }) => name)).toEqual(['always', 'files', 'manual', 'elsewhere'])
})
