// The environment of a test, one row per rule.
import { describe, expect, test } from 'vitest'
import type { DecorationConfig, ProwJob, ProwJobSpec, Refs } from '../api/prowjob.ts'
import { environmentFor } from './env.ts'

const refs: Refs = { org: 'org', repo: 'repo-name', base_ref: 'base', base_sha: 'sha' }
const run = (spec: Partial<ProwJobSpec>): ProwJob => ({
  apiVersion: 'prow.k8s.io/v1',
  kind: 'ProwJob',
  metadata: { name: 'u' },
  spec: { type: 'postsubmit', job: 'j', agent: 'kubernetes', refs, ...spec },
  status: { state: 'triggered' },
})
const periodic = (spec: Partial<ProwJobSpec> = {}): ProwJob => {
  const { refs: _, ...rest } = run({ type: 'periodic', ...spec }).spec
  return { ...run({}), spec: rest }
}
const env = (spec: Partial<ProwJobSpec>) => environmentFor(run(spec), '7')

test('a periodic knows only itself, even with extra refs', () => {
  expect(environmentFor(periodic(), '7')).toEqual({
    CI: 'true',
    JOB_NAME: 'j',
    JOB_TYPE: 'periodic',
    JOB_SPEC: '{"type":"periodic","job":"j","buildid":"7","prowjobid":"u"}',
    BUILD_ID: '7',
    BUILD_NUMBER: '7',
    PROW_JOB_ID: 'u',
  })
  expect(environmentFor(periodic({ extra_refs: [refs] }), '7')).not.toHaveProperty('REPO_OWNER')
})

test.each<[why: string, change: Partial<Refs>, host: string, base: string]>([
  ['neither alias nor link', {}, 'github.com', 'org/repo-name'],
  ['an alias', { path_alias: 'k8s.io/repo-name' }, 'k8s.io', 'repo-name'],
  ['an alias without a slash', { path_alias: 'x' }, 'x', 'org/repo-name'],
  ['a link', { repo_link: 'https://gitlab.com/o/r' }, 'gitlab.com', 'o/r'],
  ['an alias goes before a link', { path_alias: 'a/b/c', repo_link: 'https://gitlab.com/o/r' }, 'a', 'b/c'],
])('where the source lies: %s', (_why, change, SRC_HOST, SRC_BASE) => {
  expect(env({ refs: { ...refs, ...change } })).toMatchObject({ SRC_HOST, SRC_BASE })
})

test('a batch has all pull requests in PULL_REFS and no number of its own', () => {
  const pulls = [
    { number: 1, author: 'a', sha: 'sha1' },
    { number: 2, author: 'b', sha: 'sha2' },
  ]
  const batch = env({ type: 'batch', refs: { ...refs, pulls } })
  expect(batch.PULL_REFS).toBe('base:sha,1:sha1,2:sha2')
  expect(batch).not.toHaveProperty('PULL_NUMBER')
})

test('a presubmit has its variables even when they are empty', () => {
  const pulls = [{ number: 1, author: 'a', sha: 'qwe', ref: 'refs/changes/00/1/1' }]
  expect(
    env({ type: 'presubmit', refs: { org: 'o', repo: 'r', base_ref: 'foo', base_sha: '123', pulls } }),
  ).toMatchObject({
    PULL_REFS: 'foo:123,1:qwe:refs/changes/00/1/1',
    PULL_NUMBER: '1',
    PULL_PULL_SHA: 'qwe',
    PULL_HEAD_REF: '',
    PULL_TITLE: '',
  })
})

test.each(['jenkins', ''])('agent %j has no BUILD_NUMBER', (agent) => {
  expect(env({ agent })).not.toHaveProperty('BUILD_NUMBER')
})

describe('JOB_SPEC', () => {
  const text = (spec: Partial<ProwJobSpec>) => env(spec).JOB_SPEC ?? ''

  test('escapes as Go does, while PULL_TITLE is raw', () => {
    const title = 'a & b <c> \u2028'
    const pulls = [{ number: 1, author: 'a', sha: 's', title }]
    const spec: Partial<ProwJobSpec> = { type: 'presubmit', refs: { ...refs, pulls } }
    expect(text(spec)).toContain('a \\u0026 b \\u003cc\\u003e \\u2028')
    expect(env(spec).PULL_TITLE).toBe(title)
  })

  test('has upstream’s key order whatever the order of the object, and no empty values', () => {
    const refs: Refs = {
      skip_submodules: false,
      sparse_checkout_files: [],
      clone_depth: 0,
      blobless_fetch: false,
      workdir: true,
      base_ref: '',
      repo: 'r',
      org: 'o',
    }
    expect(text({ refs })).toContain('"refs":{"org":"o","repo":"r","workdir":true,"blobless_fetch":false}')
  })

  test('leaves out what is empty, except where empty is a setting of its own', () => {
    const none = { name: '', key: '' }
    const pull = {
      number: 0,
      author: '',
      sha: '',
      title: '',
      ref: '',
      head_ref: '',
      link: '',
      commit_link: '',
      author_link: '',
    }
    const empty: Refs = {
      org: '',
      repo: '',
      repo_link: '',
      base_ref: '',
      base_sha: '',
      base_link: '',
      pulls: [pull],
      path_alias: '',
      workdir: false,
      auxiliary: false,
      clone_uri: '',
      skip_submodules: false,
      clone_depth: 0,
      skip_fetch_head: false,
      blobless_fetch: false,
      sparse_checkout_files: [],
    }
    const decoration_config: DecorationConfig = {
      timeout: '0s',
      grace_period: '0s',
      utility_images: { clonerefs: '', initupload: '', entrypoint: '', sidecar: '' },
      gcs_configuration: {
        bucket: '',
        path_prefix: '',
        path_strategy: '',
        default_org: '',
        default_repo: '',
        mediaTypes: {},
        job_url_prefix: '',
        local_output_dir: '',
        compress_file_types: [],
      },
      gcs_credentials_secret: '',
      s3_credentials_secret: '',
      default_service_account_name: '',
      ssh_key_secrets: [],
      ssh_host_fingerprints: [],
      blobless_fetch: false,
      sparse_checkout_files: [],
      skip_cloning: false,
      cookiefile_secret: '',
      oauth_token_secret: none,
      github_api_endpoints: [],
      github_app_id: '',
      github_app_private_key_secret: none,
      censor_secrets: false,
      censoring_options: {
        censoring_concurrency: 0,
        censoring_buffer_size: 0,
        include_directories: [],
        exclude_directories: [],
        minimum_secret_length: 0,
      },
      upload_ignores_interrupts: false,
      set_limit_equals_memory_request: false,
      default_memory_request: 0,
      scheduling_options: { affinity: {}, tolerations: [] },
      pod_pending_timeout: '0s',
      pod_running_timeout: '0s',
      pod_unscheduled_timeout: '0s',
      run_as_user: 0,
      run_as_group: 0,
      fs_group: 0,
    }
    const wire = JSON.parse(text({ refs: empty, extra_refs: [], decoration_config }))
    expect(wire).not.toHaveProperty('extra_refs')
    expect(wire.refs).toEqual({
      org: '',
      repo: '',
      pulls: [{ number: 0, author: '', sha: '' }],
      blobless_fetch: false,
    })
    expect(wire.decoration_config).toEqual({
      timeout: '0s',
      grace_period: '0s',
      utility_images: {},
      gcs_configuration: {},
      gcs_credentials_secret: '',
      s3_credentials_secret: '',
      default_service_account_name: '',
      blobless_fetch: false,
      skip_cloning: false,
      cookiefile_secret: '',
      oauth_token_secret: {},
      github_app_private_key_secret: {},
      censor_secrets: false,
      censoring_options: { censoring_concurrency: 0, censoring_buffer_size: 0, minimum_secret_length: 0 },
      upload_ignores_interrupts: false,
      set_limit_equals_memory_request: false,
      default_memory_request: '0',
      scheduling_options: { affinity: {} },
      pod_pending_timeout: '0s',
      pod_running_timeout: '0s',
      pod_unscheduled_timeout: '0s',
      run_as_user: 0,
      run_as_group: 0,
      fs_group: 0,
    })
  })

  test('has the extra refs, in order', () => {
    const extra_refs = [
      { org: 'x', repo: 'y', skip_fetch_head: true },
      { org: 'o', repo: 'r', auxiliary: true },
    ]
    expect(JSON.parse(text({ extra_refs })).extra_refs).toEqual(extra_refs)
  })

  test('writes decoration canonically and keeps what is explicitly none', () => {
    const config = {
      default_memory_request: '1024Mi',
      ssh_key_secrets: [],
      gcs_credentials_secret: '',
      skip_cloning: false,
      timeout: '90m',
      resources: { sidecar: { requests: { memory: '0.5', cpu: '1000m' } } },
      gcs_configuration: { mediaTypes: { log: 'text/plain', a: 'b/c' }, compress_file_types: [] },
    }
    expect(text({ decoration_config: config })).toContain(
      '"decoration_config":{"timeout":"1h30m0s","resources":{"sidecar":{"requests":{"cpu":"1","memory":"500m"}}},"gcs_configuration":{"mediaTypes":{"a":"b/c","log":"text/plain"}},"gcs_credentials_secret":"","skip_cloning":false,"default_memory_request":"1Gi"}',
    )
  })
})
