// refresh: which runs are reported once more, for whom, and where they come from.
import { expect, test } from 'vitest'
import { type ProwJob, type ProwJobSpec, prowJobs } from '../../api/prowjob.ts'
import { scene } from '../../testing/plugin-scene.ts'
import { jobsFromDeck } from './from-deck.ts'
import plugin, { newestRuns, refresh } from './refresh.ts'

const pulls = [{ number: 1, author: 'ann', sha: 'head' }]
const refs = { org: 'org', repo: 'repo', base_ref: 'main', base_sha: 'b', pulls }
const run = (name: string, spec: Partial<ProwJobSpec> = {}, startTime = '2026-01-01T00:00:00Z'): ProwJob => ({
  apiVersion: 'prow.k8s.io/v1',
  kind: 'ProwJob',
  metadata: { name, namespace: 'prow', labels: { 'prow.k8s.io/type': 'presubmit', 'prow.k8s.io/refs.pull': '1' } },
  spec: { type: 'presubmit', agent: 'kubernetes', job: 'unit', report: true, refs, ...spec },
  status: { state: 'success', startTime, prev_report_states: { 'github-reporter': 'success', blob: 'success' } },
})

const begin = (jobs: readonly ProwJob[] = []) => {
  const given = scene({ with: [plugin] })
  given.change({ head: { ref: 'fix', sha: 'head' } })
  for (const job of jobs) void given.kube.create(prowJobs, job)
  return given
}

const { pr } = begin()
const other = (more: object) => ({ refs: { ...refs, ...more } })
test.each<[string, Partial<ProwJobSpec>]>([
  ['a postsubmit', { type: 'postsubmit' }],
  ['a run that is not to be reported', { report: false }],
  ['a run of another agent', { agent: 'tekton-pipeline' }],
  ['a run of another pull request', other({ pulls: [{ ...pulls[0], number: 2 }] })],
  ['a run on an older head', other({ pulls: [{ ...pulls[0], sha: 'old' }] })],
  ['a batch in which it is not the first', other({ pulls: [{ number: 2, author: 'x', sha: 'y' }, ...pulls] })],
  ['a run in another repository', other({ repo: 'other' })],
  ['a run in another organisation', other({ org: 'other' })],
  ['a run without refs', { refs: undefined } as object],
])('%s is left out', (_what, spec) => {
  expect(newestRuns([run('a', spec), run('b', { job: 'kept', agent: 'jenkins' })], pr())).toMatchObject([
    { spec: { job: 'kept' } },
  ])
})

test('of each job the newest run counts, whatever the order', () => {
  const jobs = [
    run('1', {}, '2026-01-01T09:00:00Z'),
    run('2', {}, '2026-01-01T10:00:00Z'),
    run('3', {}, '2026-01-01T08:00:00Z'),
    run('4', { job: 'lint' }, ''),
  ]
  expect(newestRuns(jobs, pr()).map(({ metadata }) => metadata.name)).toEqual(['4', '2'])
})

test('inside hook crier is made to report again, and other reporters are not', async () => {
  const given = begin([run('old'), run('new', {}, '2026-01-02T00:00:00Z'), run('other', other({ repo: 'other' }))])
  await given.says('eve', 'the status is stale\r\n/Refresh  \r\n')
  const marks = given
    .jobs()
    .map(({ metadata, status }) => [metadata.name, Object.keys(status.prev_report_states ?? {})])
  expect(Object.fromEntries(marks)).toEqual({
    old: ['github-reporter', 'blob'],
    new: ['blob'],
    other: ['github-reporter', 'blob'],
  })
  expect(given.host.effects).toEqual([])
})

test.each<[string, string, object, object]>([
  ['another text', '/refresh now', {}, {}],
  ['a quoted one', '> /refresh', {}, {}],
  ['an edited comment', '/refresh', { action: 'edited' }, {}],
  ['a closed pull request', '/refresh', {}, { state: 'closed' }],
])('%s does nothing', async (_what, text, extra, change) => {
  const given = begin([run('a')])
  given.change({ ...change, head: { ref: 'fix', sha: 'head' } })
  await given.says('bob', text, extra)
  expect(given.host.calls).toEqual([])
  expect(given.jobs()[0]?.status.prev_report_states).toHaveProperty('github-reporter')
})

test('on an issue it does nothing', async () => {
  const given = scene({ with: [plugin], issue: {} })
  await given.saysOnIssue('bob', '/refresh')
  expect(given.host.calls).toEqual([])
})

test('elsewhere each run is reported; one that fails does not keep the others from it', async () => {
  const told: string[] = []
  const jobs = [run('a', { job: 'a' }), run('b', { job: 'b' }), run('x', { report: false })]
  const given = scene({
    with: [
      refresh({
        jobs: async () => jobs,
        async report({ spec }, all) {
          told.push(`${spec.job} of ${all.length}`)
          if (spec.job === 'a') throw new Error('no')
        },
      }),
    ],
  })
  given.change({ head: { ref: 'fix', sha: 'head' } })
  await given.says('bob', '/refresh')
  expect(told).toEqual(['a of 3', 'b of 3'])
})

const answering = (body: string, init?: ResponseInit) => {
  const asked: string[] = []
  const fetch = async (url: unknown) => {
    asked.push(String(url))
    return new Response(body, init)
  }
  return { asked, fetch: fetch as typeof globalThis.fetch }
}
test('Deck is asked for the jobs of the repository, and what is no job is left out', async () => {
  const { asked, fetch } = answering(JSON.stringify({ items: [run('a'), null, { spec: {} }, 'x'] }))
  expect(await jobsFromDeck(fetch, 'https://prow.example/sub/', { org: 'o', repo: 'r' })).toEqual([run('a')])
  expect(asked).toEqual(['https://prow.example/sub/prowjobs.js?omit=decoration_config%2Cpod_spec&org=o&repo=r'])
})
test.each<[string, string, ResponseInit | undefined, string]>([
  ['an error', '{"items": []}', { status: 502 }, 'https://prow.example/prowjobs.js answered 502'],
  ['a page', '<html>', undefined, 'https://prow.example/prowjobs.js is no list of ProwJobs'],
  ['null', 'null', undefined, 'is no list of ProwJobs'],
])('Deck answers with %s', async (_what, body, init, want) => {
  const { fetch } = answering(body, init)
  await expect(jobsFromDeck(fetch, 'https://prow.example', { org: 'o', repo: 'r' })).rejects.toThrow(want)
})
