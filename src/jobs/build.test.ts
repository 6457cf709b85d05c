// New ProwJobs, one row per rule.
import { describe, expect, test } from 'vitest'
import type { PullRequest } from '../api/code-host.ts'
import type { DecorationConfig, Refs, ReporterConfig } from '../api/prowjob.ts'
import type { Periodic, Postsubmit, Presubmit } from '../config/types.ts'
import { completeRefs, newBatch, newPeriodic, newPostsubmit, newPresubmit, pullRequestEventLabels } from './build.ts'
import { refsOfPullRequest } from './refs.ts'

const base = {
  name: 'j',
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
  labels: { mine: 'job', both: 'job' },
  annotations: { note: 'job' },
}
const branchJob = { ...base, context: 'ctx', skip_report: false }
const presubmit: Presubmit = {
  ...branchJob,
  always_run: true,
  optional: false,
  run_before_merge: false,
  trigger: 't',
  rerun_command: '/test j',
}
const postsubmit: Postsubmit = branchJob
const periodic: Periodic = { ...base, interval: 1 }
const refs: Refs = { org: 'o', repo: 'r', base_ref: 'main', base_sha: 'b' }
const making = {
  config: { prowjob_namespace: 'prow', scheduler: { enabled: false } },
  now: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  name: 'u1',
}

test('a presubmit, whole', () => {
  const labels = { both: 'added', ...pullRequestEventLabels(presubmit, 'guid') }
  expect(newPresubmit(presubmit, refs, { ...making, labels })).toEqual({
    apiVersion: 'prow.k8s.io/v1',
    kind: 'ProwJob',
    metadata: {
      name: 'u1',
      namespace: 'prow',
      labels: {
        'created-by-prow': 'true',
        'prow.k8s.io/type': 'presubmit',
        'prow.k8s.io/job': 'j',
        'prow.k8s.io/context': 'ctx',
        'prow.k8s.io/refs.org': 'o',
        'prow.k8s.io/refs.repo': 'r',
        'prow.k8s.io/refs.base_ref': 'main',
        mine: 'job',
        both: 'added',
        'event-GUID': 'guid',
        'prow.k8s.io/is-optional': 'false',
      },
      annotations: { 'prow.k8s.io/job': 'j', 'prow.k8s.io/context': 'ctx', note: 'job' },
    },
    spec: {
      type: 'presubmit',
      job: 'j',
      agent: 'kubernetes',
      cluster: 'default',
      namespace: 'test-pods',
      context: 'ctx',
      report: true,
      rerun_command: '/test j',
      refs,
    },
    status: { state: 'triggered', startTime: '2026-01-02T03:04:05Z' },
  })
})

test('what each type has', () => {
  const jenkins = { jenkins_spec: { github_branch_source_job: true } }
  const specs = [
    newPresubmit({ ...presubmit, ...jenkins }, refs, making),
    newPostsubmit({ ...postsubmit, ...jenkins }, refs, making),
    newBatch({ ...presubmit, ...jenkins }, refs, making),
    newPeriodic(periodic, making),
  ].map(({ spec }) => spec)
  expect(
    specs.map((spec) => [spec.type, spec.context, spec.report, spec.rerun_command, spec.refs?.org, spec.jenkins_spec]),
  ).toEqual([
    ['presubmit', 'ctx', true, '/test j', 'o', jenkins.jenkins_spec],
    ['postsubmit', 'ctx', true, undefined, 'o', jenkins.jenkins_spec],
    ['batch', 'ctx', undefined, undefined, 'o', undefined],
    ['periodic', undefined, true, undefined, undefined, undefined],
  ])
})

test('all that a job says about its runs is in the run', () => {
  const said = {
    agent: 'tekton-pipeline',
    cluster: 'trusted',
    namespace: 'elsewhere',
    max_concurrency: 3,
    error_on_eviction: true,
    hidden: true,
    job_queue_name: 'pier',
    decoration_config: { timeout: '1h' },
    pipeline_run_spec: { a: 1 },
    tekton_pipeline_run_spec: { v1beta1: { b: 2 } },
    rerun_auth_config: { allow_anyone: true },
    prowjob_defaults: { tenant_id: 't' },
    reporter_config: {},
  }
  const spec = { containers: [{ name: 'c' }] }
  expect(newPeriodic({ ...periodic, ...said, spec }, making).spec).toEqual({
    type: 'periodic',
    job: 'j',
    report: true,
    ...said,
    pod_spec: spec,
  })
})

test('skip_report is not reported', () => {
  expect(newPresubmit({ ...presubmit, skip_report: true }, refs, making).spec.report ?? false).toBe(false)
})

test('with the scheduler a run waits for a cluster first', () => {
  const config = { ...making.config, scheduler: { enabled: true } }
  expect(newPeriodic(periodic, { ...making, config }).status.state).toBe('scheduling')
})

describe('refs', () => {
  const complete = (job: Partial<Presubmit>, given: Partial<Refs> = {}) =>
    completeRefs({ ...refs, ...given }, { ...presubmit, ...job })

  test.each<[why: string, job: Partial<Presubmit>, given: Partial<Refs>, want: Partial<Refs>]>([
    ['the depth of the job wins', { clone_depth: 3 }, { clone_depth: 1 }, { clone_depth: 3 }],
    ['an unset depth does not', {}, { clone_depth: 1 }, { clone_depth: 1 }],
    ['alias and URI', { path_alias: 'a', clone_uri: 'u' }, { path_alias: 'x' }, { path_alias: 'a', clone_uri: 'u' }],
    ['skips', { skip_submodules: true, skip_fetch_head: true }, {}, { skip_submodules: true, skip_fetch_head: true }],
    ['a skip that is given stays', {}, { skip_submodules: true }, { skip_submodules: true }],
    ['blobless is inherited', { decoration_config: { blobless_fetch: true } }, {}, { blobless_fetch: true }],
    [
      'unless refs say so',
      { decoration_config: { blobless_fetch: true } },
      { blobless_fetch: false },
      { blobless_fetch: false },
    ],
    [
      'sparse checkout',
      { decoration_config: { sparse_checkout_files: ['Dockerfile'] } },
      { sparse_checkout_files: ['x'] },
      { sparse_checkout_files: ['Dockerfile'] },
    ],
  ])('%s', (_why, job, given, want) => expect(complete(job, given)).toEqual({ ...refs, ...given, ...want }))

  test('extra refs inherit blobless and never the sparse checkout', () => {
    const decoration_config: DecorationConfig = { blobless_fetch: true, sparse_checkout_files: ['Dockerfile'] }
    const extra_refs = [true, false, undefined].map((blobless_fetch) => ({
      org: 'x',
      repo: 'y',
      ...(blobless_fetch !== undefined && { blobless_fetch }),
    }))
    const built = newPeriodic({ ...periodic, decoration_config, extra_refs }, making).spec.extra_refs
    expect(built?.map((each) => each.blobless_fetch)).toEqual([true, false, true])
    expect(built?.some((each) => each.sparse_checkout_files)).toBe(false)
    const plain = newPeriodic({ ...periodic, extra_refs }, making).spec.extra_refs
    expect(plain?.map((each) => each.blobless_fetch)).toEqual([true, false, undefined])
  })

  test('of a pull request', () => {
    const user = { login: 'al', type: 'User', html_url: 'https://github.com/al' }
    const pr: PullRequest = {
      number: 7,
      title: 'T',
      body: '',
      state: 'open',
      draft: false,
      merged: false,
      user,
      html_url: 'https://github.com/o/r/pull/7',
      labels: [],
      assignees: [],
      requested_reviewers: [],
      requested_teams: [],
      base: { ref: 'main', sha: 'old', repo: { org: 'o', repo: 'r', html_url: 'https://github.com/o/r' } },
      head: { ref: 'topic', sha: 'p1' },
    }
    expect(refsOfPullRequest(pr, 'b1')).toEqual({
      org: 'o',
      repo: 'r',
      repo_link: 'https://github.com/o/r',
      base_ref: 'main',
      base_sha: 'b1',
      base_link: 'https://github.com/o/r/commit/b1',
      pulls: [
        {
          number: 7,
          author: 'al',
          sha: 'p1',
          title: 'T',
          head_ref: 'topic',
          link: 'https://github.com/o/r/pull/7',
          commit_link: 'https://github.com/o/r/pull/7/commits/p1',
          author_link: 'https://github.com/al',
        },
      ],
    })
  })
})

test.each<[why: string, slack: ReporterConfig['slack'], report: boolean | undefined]>([
  ['an empty list reports nothing', { job_states_to_report: [] }, false],
  ['unless asked to', { job_states_to_report: [], report: true }, true],
  ['states', { job_states_to_report: ['aborted'] }, true],
  ['no states', {}, true],
])('Slack: %s', (_why, slack, report) => {
  const reporter_config = slack === undefined ? {} : { slack }
  expect(newPeriodic({ ...periodic, reporter_config }, making).spec.reporter_config?.slack?.report).toBe(report)
})
test('no Slack, nothing added', () => {
  expect(newPeriodic({ ...periodic, reporter_config: {} }, making).spec.reporter_config).toEqual({})
})
