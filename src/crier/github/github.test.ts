// What people see on GitHub: statuses and the table of failed tests, one row per rule.
import pino from 'pino'
import { beforeEach, describe, expect, test } from 'vitest'
import { CodeHostError } from '../../api/code-host.ts'
import { gerritReportLabel, isOptional, org, pull, repo } from '../../api/labels.ts'
import type { JobState, ProwJob, ProwJobSpec } from '../../api/prowjob.ts'
import { descriptionOf } from '../../api/status-description.ts'
import { renderForJob } from '../../config/templates/job-template.ts'
import type { Config } from '../../config/types.ts'
import { testClock } from '../../testing/clock.ts'
import { snapshot } from '../../testing/config.ts'
import { type MemoryCodeHost, memoryCodeHost } from '../../testing/memory-code-host.ts'
import type { Reporter } from '../reporter.ts'
import { githubReporter, pullOf } from './github.ts'
import { statusOf } from './status.ts'
import { marker, mergeRows, parseRows, renderComment, rowOf } from './table.ts'

const clock = testClock()
const pr = { org: 'o', repo: 'r', number: 7 }
const refs = { org: 'o', repo: 'r', base_ref: 'main', base_sha: 'b1', pulls: [{ number: 7, author: 'al', sha: 'p1' }] }
let host: MemoryCodeHost
let others: ProwJob[]
let settings: Partial<Config['github_reporter']>
let templates: Record<string, string>
let reporter: Reporter
let warned: string[]
const log = pino({ level: 'warn' }, { write: (line: string) => void warned.push(line) })
const config = () => {
  const plain = snapshot().config
  return {
    ...plain,
    plank: { ...plain.plank, report_templates: templates },
    github_reporter: { ...plain.github_reporter, ...settings },
  }
}
beforeEach(() => {
  host = memoryCodeHost(clock)
  host.open(pr)
  others = []
  settings = {}
  templates = {}
  warned = []
  reporter = githubReporter({
    host,
    config,
    jobsOfPull: (key) => others.filter((job) => pullOf(job) === key),
    clock,
    log,
    workers: 1,
    renderReport: (template, job) => `${template} ${job.spec.job}`,
  })
})

function job(
  name: string,
  state: JobState,
  more: { spec?: Partial<ProwJobSpec>; labels?: object; at?: string } = {},
): ProwJob {
  const ended = ['success', 'failure', 'aborted', 'error'].includes(state)
  return {
    apiVersion: 'prow.k8s.io/v1',
    kind: 'ProwJob',
    metadata: {
      name: `pj-${name}`,
      namespace: 'prow',
      creationTimestamp: more.at ?? '2026-01-01T00:00:00Z',
      labels: { [org]: 'o', [repo]: 'r', [pull]: '7', ...more.labels },
    },
    spec: {
      type: 'presubmit',
      agent: 'kubernetes',
      job: name,
      context: name,
      report: true,
      rerun_command: `/test ${name}`,
      refs,
      ...more.spec,
    },
    status: {
      state,
      description: 'Job says.',
      url: `https://prow.example/${name}`,
      ...(ended ? { completionTime: '2026-01-01T00:01:00Z' } : {}),
    },
  }
}
const signal = new AbortController().signal
const report = (one: ProwJob) => reporter.report(one, signal)
const comments = () => (host.state.comments.get('o/r#7') ?? []).map(({ body }) => body)
const effects = () => host.take().filter((effect) => !effect.includes(' status '))
const row = (context: string) =>
  rowOf({
    context,
    sha: 'p1',
    url: `https://prow.example/${context}`,
    required: 'unknown',
    rerunCommand: `/test ${context}`,
  }).line
const table = (...rows: string[]) => `Test name | Commit\n--- | ---\n${rows.join('\n')}\n\nmore\n${marker}`

describe('the status', () => {
  test.each<[JobState, string]>([
    ['triggered', 'pending'],
    ['pending', 'pending'],
    ['success', 'success'],
    ['failure', 'failure'],
    ['aborted', 'failure'],
    ['error', 'error'],
  ])('of %s is %s', async (state, want) => {
    expect(await report(job('unit', state))).toEqual({ mark: [job('unit', state)] })
    expect(host.state.statuses.get('o/r@p1')).toEqual([
      {
        context: 'unit',
        state: want,
        description: descriptionOf('Job says.', 'b1'),
        target_url: 'https://prow.example/unit',
      },
    ])
  })

  test('of a postsubmit is on the commit, of several pull requests nowhere', async () => {
    await report(job('post', 'success', { spec: { type: 'postsubmit', refs: { ...refs, pulls: [] } } }))
    expect([...host.state.statuses.keys()]).toEqual(['o/r@b1'])
    host.state.statuses.clear()
    const pulls = [1, 2].map((number) => ({ number, author: 'al', sha: 'x' }))
    await report(job('two', 'failure', { spec: { refs: { ...refs, pulls } } }))
    expect([host.state.statuses.size, comments()]).toEqual([0, []])
  })

  test('is left out for types that are not reported', async () => {
    settings = { job_types_to_report: ['postsubmit'] }
    await report(job('unit', 'failure'))
    expect([host.state.statuses.size, comments()]).toEqual([0, []])
  })

  test('of an unknown state is an error', () => {
    expect(() => statusOf(job('unit', 'scheduling'))).toThrow('Unknown prowjob state: scheduling')
  })

  test.each([
    [14, 40, 20, 123],
    [0, 40, 23, 118],
    [91, 40, 0, 140],
  ])('description of %i characters with a SHA of %i: %i of padding, %i bytes', (length, sha, padding, bytes) => {
    const text = descriptionOf('x'.repeat(length), 'a'.repeat(sha))
    expect([text.split('\u2001').length - 1, Buffer.byteLength(text)]).toEqual([padding, bytes])
    expect(text.split(' BaseSHA:')).toEqual([expect.anything(), 'a'.repeat(sha)])
  })

  test('a long description is cut in its middle', () => {
    const text = descriptionOf(`${'a'.repeat(100)}${'b'.repeat(100)}`, 'c'.repeat(40))
    expect(text).toBe(`${'a'.repeat(43)} ... ${'b'.repeat(43)} BaseSHA:${'c'.repeat(40)}`)
    expect(Buffer.byteLength(descriptionOf('ü'.repeat(200), ''))).toBeLessThanOrEqual(140)
    expect(descriptionOf('ü'.repeat(200), '')).not.toContain('\ufffd')
    expect(descriptionOf('short', '')).toBe('short')
  })
})

describe('which jobs are told about', () => {
  test.each<[string, ProwJob, boolean]>([
    ['presubmit', job('a', 'success'), true],
    ['postsubmit', job('a', 'success', { spec: { type: 'postsubmit' } }), true],
    ['batch', job('a', 'success', { spec: { type: 'batch' } }), false],
    ['periodic', job('a', 'success', { spec: { type: 'periodic' } }), false],
    ['not to be reported', job('a', 'success', { spec: { report: false } }), false],
    ['Gerrit', job('a', 'success', { labels: { [gerritReportLabel]: 'Code-Review' } }), false],
  ])('%s: %s', (_what, one, want) => expect(reporter.shouldReport(one, config())).toBe(want))

  test('those of one agent, if one is given', () => {
    const only = githubReporter({
      host,
      config,
      jobsOfPull: () => [],
      clock,
      log,
      workers: 1,
      agent: 'jenkins',
      renderReport: () => '',
    })
    expect(only.shouldReport(job('a', 'success'), config())).toBe(false)
    expect(only.shouldReport(job('a', 'success', { spec: { agent: 'jenkins' } }), config())).toBe(true)
  })
})

describe('errors of the code host', () => {
  const failing = (message: string, kind: CodeHostError['kind'] = 'invalid') => {
    host.before = (operation) => {
      if (operation === 'setStatus') throw new CodeHostError(kind, 422, message)
    }
  }
  test.each([
    ['This SHA and context has reached the maximum number of statuses.', 'invalid'],
    ['No commit found for SHA: p1', 'invalid'],
    ['context is too long', 'invalid'],
    ['Not Found', 'not-found'],
  ] as const)('%s ends the report, without a comment', async (message, kind) => {
    failing(message, kind)
    expect((await report(job('unit', 'failure'))).mark).toHaveLength(1)
    expect(comments()).toEqual([])
    expect(warned).toEqual([expect.stringContaining('refuses this report for good')])
    expect(warned[0]).toContain(message)
  })

  test('any other is thrown', async () => {
    failing('server on fire', 'unavailable')
    await expect(report(job('unit', 'failure'))).rejects.toThrow('error setting status: server on fire')
  })

  test('a failure that is none of the host is thrown, whatever it says', async () => {
    host.before = () => {
      throw new Error('No commit found for SHA: p1')
    }
    await expect(report(job('unit', 'failure'))).rejects.toThrow('error setting status: No commit found')
  })

  test.each(['not-found', 'invalid'] as const)('%s about the comment ends the report, too', async (kind) => {
    host.before = (operation) => {
      if (operation === 'comments') throw new CodeHostError(kind, 422, 'the pull request is gone')
    }
    expect((await report(job('unit', 'failure'))).mark).toHaveLength(1)
    expect(warned).toEqual([expect.stringContaining('the pull request is gone')])
  })

  test('any other about the comment is thrown', async () => {
    host.before = (operation) => {
      if (operation === 'comments') throw new CodeHostError('forbidden', 403, 'locked')
    }
    await expect(report(job('unit', 'failure'))).rejects.toThrow('locked')
    expect(warned).toEqual([])
  })
})

describe('the comment', () => {
  test('tells the first failure, and is edited for the next, and goes when all is well', async () => {
    await report(job('unit', 'failure', { labels: { [isOptional]: 'false' } }))
    expect(comments()).toEqual([
      [
        '@al: The following test **failed**, say `/retest` to rerun all failed tests or `/retest-required` for all mandatory failed ones:',
        '',
        'Test name | Commit | Details | Required | Rerun command',
        '--- | --- | --- | --- | ---',
        'unit | p1 | [link](https://prow.example/unit) | true | `/test unit`',
        '',
        '<details>',
        '',
        expect.stringContaining('I understand the commands'),
        '</details>',
        marker,
      ]
        .map((line) => (typeof line === 'string' ? line : host.state.comments.get('o/r#7')?.[0]?.body.split('\n')[8]))
        .join('\n'),
    ])
    expect(comments()[0]).toContain('I understand the commands')
    host.take()
    await report(job('lint', 'failure'))
    expect(comments()).toHaveLength(1)
    expect(parseRows(comments()[0] ?? '').map(({ context }) => context)).toEqual(['unit', 'lint'])
    expect(comments()[0]).toContain('The following tests **failed**')
    expect(effects()).toEqual([expect.stringMatching(/^o\/r edit comment/)])
    await report(job('unit', 'success'))
    expect(parseRows(comments()[0] ?? '').map(({ context }) => context)).toEqual(['lint'])
    await report(job('lint', 'success'))
    expect(comments()).toEqual([])
  })

  test.each<[JobState]>([['success'], ['aborted'], ['error'], ['pending']])('is not made for %s', async (state) => {
    await report(job('unit', state))
    expect(effects()).toEqual([])
  })

  test('lists comments once, not for every job', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await report(job(name, 'success'))
    await report(job('e', 'failure'))
    await report(job('f', 'failure'))
    expect(host.calls.filter((call) => call === 'comments')).toHaveLength(1)
    await clock.advance('11m')
    await report(job('g', 'success'))
    expect(host.calls.filter((call) => call === 'comments')).toHaveLength(2)
  })

  test('that was deleted by somebody is made anew', async () => {
    await report(job('unit', 'failure'))
    host.state.comments.clear()
    await report(job('lint', 'failure'))
    expect(parseRows(comments()[0] ?? '').map(({ context }) => context)).toEqual(['lint'])
  })

  test('is not made twice when the answer was lost, nor when crier starts anew', async () => {
    host.after = (operation) => {
      if (operation === 'comment') throw new CodeHostError('unavailable', 0, 'connection lost')
    }
    await expect(report(job('unit', 'failure'))).rejects.toThrow('connection lost')
    host.after = undefined
    host.take()
    await report(job('unit', 'failure'))
    expect(comments()).toHaveLength(1)
    expect(effects()).toEqual([])
  })

  test('is not made twice by two jobs that end at once', async () => {
    await Promise.all(['a', 'b', 'c'].map((name) => report(job(name, 'failure'))))
    expect(comments()).toHaveLength(1)
    expect(parseRows(comments()[0] ?? '')).toHaveLength(3)
  })

  test('and only it: others, and those of others, are left alone', async () => {
    host.say(pr, 'k8s-ci-robot', 'hello')
    host.say(pr, 'mallory', table('fake | row'))
    host.say(pr, 'k8s-ci-robot[bot]', table(row('old')))
    await report(job('unit', 'failure'))
    expect(comments()).toHaveLength(3)
    expect(parseRows(comments()[2] ?? '').map(({ context }) => context)).toEqual(['old', 'unit'])
  })

  test('of several only the last is kept, with the newest rows of all', async () => {
    host.say(pr, 'k8s-ci-robot', table(`${row('foo')} old`, row('bar')).replaceAll('\n', '\r\n'))
    host.say(pr, 'k8s-ci-robot', table(`${row('foo')} new`))
    await report(job('unit', 'failure'))
    expect(comments()).toHaveLength(1)
    expect(parseRows(comments()[0] ?? '').map(({ line }) => line)).toEqual([
      row('bar'),
      `${row('foo')} new`,
      row('unit'),
    ])
  })

  test.each([['o'], ['o/r']])('is not wanted in %s', async (name) => {
    settings = { no_comment_repos: [name] }
    await report(job('unit', 'failure'))
    expect(comments()).toEqual([])
    expect(host.state.statuses.size).toBe(1)
  })

  test.each([
    [{ '*': 'all', o: 'org', 'x/y': 'no' }, 'org unit'],
    [{ '*': 'all', o: 'org', 'o/r': 'repo' }, 'repo unit'],
    [{ '*': 'all', x: 'no' }, 'all unit'],
  ])('has the report of a template, the most special of %j', async (given, want) => {
    templates = given
    await report(job('unit', 'failure'))
    expect(comments()[0]).toContain(`\`/test unit\`\n\n${want}\n\n<details>`)
  })

  test('waits while its template fails', async () => {
    templates = { '*': '{{.Spec.Refs.Org}} {{(index .Spec.Refs.Pulls 1).Author}}' }
    reporter = githubReporter({
      host,
      config,
      jobsOfPull: () => [],
      clock,
      log,
      workers: 1,
      renderReport: renderForJob,
    })
    await expect(report(job('unit', 'failure'))).rejects.toThrow('generating comment: line 1, column 23')
    expect(comments()).toEqual([])
    templates = { '*': '{{.Spec.Refs.Org}} {{(index .Spec.Refs.Pulls 0).Author}}' }
    await report(job('unit', 'failure'))
    expect(comments()[0]).toContain('\n\no al\n\n<details>')
  })

  test('without a template for the repository has none', async () => {
    templates = { x: 'no', 'o/x': 'no' }
    await report(job('unit', 'failure'))
    expect(comments()[0]).toContain('`/test unit`\n\n<details>')
  })

  test('is not made for a postsubmit, not even with a pull request', async () => {
    await report(job('post', 'failure', { spec: { type: 'postsubmit' } }))
    expect(comments()).toEqual([])
    expect([...host.state.statuses.keys()]).toEqual(['o/r@p1'])
  })

  test.each([
    ['true', 'false'],
    ['1', 'false'],
    ['T', 'false'],
    ['FALSE', 'true'],
    ['0', 'true'],
    ['yes', 'unknown'],
    ['', 'unknown'],
  ])('says of a job with is-optional %j that it is required: %s', async (label, required) => {
    await report(job('unit', 'failure', { labels: { [isOptional]: label } }))
    expect(comments()[0]).toContain(`[link](https://prow.example/unit) | ${required} |`)
  })

  test('is found again by the mark that upstream’s have', () => {
    expect(marker).toBe('<!-- test report -->')
  })
})

describe('in summary mode', () => {
  beforeEach(() => {
    settings = { summary_comment_repos: ['o/r'] }
  })
  const end = async (...jobs: ProwJob[]) => {
    others = jobs
    await report(jobs[0] ?? job('none', 'success'))
  }

  test('nothing is said while a job runs', async () => {
    await end(job('a', 'failure'), job('b', 'pending'))
    expect(effects()).toEqual([])
  })

  test('all failures are told at once, of the newest runs, sorted', async () => {
    await end(
      job('b', 'failure'),
      job('a', 'failure'),
      job('c', 'failure', { at: '2026-01-01T00:00:00Z' }),
      job('c', 'success', { at: '2026-01-02T00:00:00Z' }),
      job('quiet', 'failure', { spec: { report: false } }),
      { ...job('other', 'failure'), metadata: { labels: { [org]: 'o', [repo]: 'r', [pull]: '8' } } },
    )
    expect(parseRows(comments()[0] ?? '').map(({ context }) => context)).toEqual(['a', 'b'])
  })

  test('success is told too', async () => {
    await end(job('a', 'success'), job('b', 'success'))
    expect(comments()[0]).toMatch(/^@al: all tests \*\*passed!\*\*\n\n\n<details>/)
    await end(job('a', 'failure'), job('b', 'success'))
    await end(job('a', 'success'), job('b', 'success'))
    expect(comments()).toHaveLength(1)
    expect(comments()[0]).toContain('passed!')
  })

  test('unless a job was aborted', async () => {
    await end(job('a', 'success'), job('b', 'aborted'))
    expect(comments()).toEqual([])
  })
})

describe('the table', () => {
  test.each([
    'a | b',
    'a\\| b\\',
    '@all `x` [evil](https://evil.example) <!-- <details>',
    'ci/prow/e2e_aws-1.2:x (new)',
  ])('survives the context %j', (context) => {
    const { line } = rowOf({ context, sha: 's', url: 'u', required: 'true', rerunCommand: '/test a|b' })
    expect(parseRows(`---\n${line}`)).toEqual([{ context, line }])
  })

  test('shows what is hostile, and lets none of it work', () => {
    const { line } = rowOf({
      context: '@o/team\n/hold <!-- [x](https://evil.example)',
      sha: 's',
      url: 'https://prow.example/a|b) [c](d',
      required: 'true',
      rerunCommand: '/test `x`\n/lgtm',
    })
    expect(line).toBe(
      '@<!-- -->o/team /hold \\<!-- \\[x\\](https://evil.example) | s | [link](https://prow.example/a%7Cb%29%20[c]%28d) | true | `` /test `x` /lgtm ``',
    )
  })

  test('forgets what passed, whatever it is called', () => {
    const { context, line } = rowOf({ context: 'two\nlines', sha: 's', url: 'u', required: 'true', rerunCommand: 'c' })
    expect(mergeRows([{ context, line }], new Set(['two\nlines']), [])).toEqual([])
  })

  test('leaves ordinary names as they are', () => {
    expect(row('ci/prow/e2e_aws-1.2')).toBe(
      'ci/prow/e2e_aws-1.2 | p1 | [link](https://prow.example/ci/prow/e2e_aws-1.2) | unknown | `/test ci/prow/e2e_aws-1.2`',
    )
  })

  test('keeps the last of equal rows, drops those told about, adds those that failed', () => {
    const rows = ['a', 'b', 'a', 'c'].map((context, index) => ({ context, line: `${context}${index}` }))
    const merged = mergeRows(rows, new Set(['b']), [{ context: 'd', line: 'd' }])
    expect(merged.map(({ line }) => line)).toEqual(['a2', 'c3', 'd'])
  })

  test('never grows beyond what GitHub takes: the oldest rows are counted', () => {
    const rows = Array.from({ length: 1000 }, (_, n) => ({
      context: `job-${n}`,
      line: `job-${n} | ${'x'.repeat(200)}`,
    }))
    const body = renderComment(rows, { author: 'al', report: undefined, about: 'about' })
    expect(body.length).toBeLessThanOrEqual(65_536)
    const left = parseRows(body)
    expect(left.at(-1)?.context).toBe('job-999')
    expect(body).toContain(`${1000 - left.length} more failed.`)
  })
})
