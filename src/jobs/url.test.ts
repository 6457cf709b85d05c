// The page of a run, one row per rule.
import { expect, test } from 'vitest'
import type { GCSConfiguration, ProwJob, Refs } from '../api/prowjob.ts'
import type { PlankConfig } from '../config/types.ts'
import { jobUrl } from './url.ts'

const plank: PlankConfig = {
  job_url_template: '',
  report_templates: {},
  max_concurrency: 0,
  pod_pending_timeout: 0,
  pod_running_timeout: 0,
  pod_unscheduled_timeout: 0,
  max_revivals: 0,
  default_decoration_config_entries: [],
  job_url_prefix_config: { '*': 'https://prow.k8s.io/view/' },
  jobURLPrefixDisableAppendStorageProvider: false,
  job_queue_capacities: {},
}
const refs: Refs = { org: 'org', repo: 'repo', pulls: [{ number: 1, author: 'a', sha: 's' }] }
const run = (gcs: GCSConfiguration | undefined, status: Partial<ProwJob['status']> = {}): ProwJob => ({
  apiVersion: 'prow.k8s.io/v1',
  kind: 'ProwJob',
  metadata: { name: 'u' },
  spec: { type: 'presubmit', job: 'j', refs, ...(gcs && { decoration_config: { gcs_configuration: gcs } }) },
  status: { state: 'pending', ...status },
})

test.each<[why: string, job: ProwJob, plank: Partial<PlankConfig>, url: string]>([
  [
    'without build id',
    run({ bucket: 's3://bucket', path_strategy: 'explicit' }),
    {},
    'https://prow.k8s.io/view/s3/bucket/pr-logs/pull/org_repo/1/j',
  ],
  [
    'a bare bucket is Google’s',
    run({ bucket: 'bucket' }, { build_id: '42' }),
    {},
    'https://prow.k8s.io/view/gs/bucket/pr-logs/pull/org_repo/1/j/42',
  ],
  [
    'without provider',
    run({ bucket: 's3://bucket' }),
    { jobURLPrefixDisableAppendStorageProvider: true, job_url_prefix_config: { '*': 'https://g.com/build' } },
    'https://g.com/build/bucket/pr-logs/pull/org_repo/1/j',
  ],
  [
    'a path in the bucket is cleaned',
    run({ bucket: 'gs://b/x//y' }),
    {},
    'https://prow.k8s.io/view/gs/b/x/y/pr-logs/pull/org_repo/1/j',
  ],
  [
    'a folder of the machine',
    run({ bucket: 'file:///var/lib/b' }),
    {},
    'https://prow.k8s.io/view/file/var/lib/b/pr-logs/pull/org_repo/1/j',
  ],
  [
    'the repository’s prefix',
    run({ bucket: 'b' }),
    { job_url_prefix_config: { '*': 'https://a', org: 'https://b', 'org/repo': 'https://c' } },
    'https://c/gs/b/pr-logs/pull/org_repo/1/j',
  ],
  [
    'an empty prefix counts as absent',
    run({ bucket: 'b' }),
    { job_url_prefix_config: { '*': 'https://a', org: 'https://b', 'org/repo': '' } },
    'https://b/gs/b/pr-logs/pull/org_repo/1/j',
  ],
  [
    'an organisation may be called anything',
    { ...run({ bucket: 'b' }), spec: { ...run({ bucket: 'b' }).spec, refs: { ...refs, org: 'constructor' } } },
    { job_url_prefix_config: { '*': 'https://a' } },
    'https://a/gs/b/pr-logs/pull/constructor_repo/1/j',
  ],
  [
    'the job’s own prefix, with its query',
    run({ bucket: 'b', job_url_prefix: 'https://own/?x=1' }),
    {},
    'https://own/gs/b/pr-logs/pull/org_repo/1/j?x=1',
  ],
  ['no prefix', run({ bucket: 'b' }), { job_url_prefix_config: {} }, ''],
  ['a prefix that is no URL', run({ bucket: 'b' }), { job_url_prefix_config: { '*': 'view' } }, ''],
  ['undecorated', run(undefined), {}, ''],
  [
    'undecorated, by the template',
    run(undefined, { build_id: '42' }),
    { job_url_template: 'https://t/{{.Spec.Refs.Org}}/{{.Spec.Job}}/{{.Status.BuildID}}' },
    'https://t/org/j/42',
  ],
  [
    'decorated without a prefix, by the template',
    run({ bucket: 'b' }),
    { job_url_prefix_config: {}, job_url_template: 'https://t/{{.Spec.Job}}' },
    'https://t/j',
  ],
  [
    'decorated by the prefix, not by the template',
    run({ bucket: 'b' }),
    { job_url_template: 'https://t/' },
    'https://prow.k8s.io/view/gs/b/pr-logs/pull/org_repo/1/j',
  ],
  [
    'a decoration that does not say where results go',
    { ...run(undefined), spec: { ...run(undefined).spec, decoration_config: {} } },
    { job_url_template: 'https://t/' },
    '',
  ],
  [
    'the same without a prefix, by the template',
    { ...run(undefined), spec: { ...run(undefined).spec, decoration_config: {} } },
    { job_url_prefix_config: {}, job_url_template: 'https://t/{{.Spec.DecorationConfig.Timeout}}' },
    'https://t/<nil>',
  ],
])('%s', (_why, job, change, url) => expect(jobUrl(job, { plank: { ...plank, ...change } })).toBe(url))

test('a presubmit without pull request has no page', () => {
  const job = run({ bucket: 'b' })
  expect(jobUrl({ ...job, spec: { ...job.spec, refs: { org: 'o', repo: 'r' } } }, { plank })).toBe('')
})

test('a template that fails for a run says so', () => {
  const { refs: _, ...spec } = run(undefined).spec
  const config = { plank: { ...plank, job_url_template: '{{.Spec.Refs.Org}}' } }
  expect(() => jobUrl({ ...run(undefined), spec }, config)).toThrow('nil pointer evaluating *v1.Refs.Org')
})
