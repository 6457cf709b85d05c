// Decoration defaults, one row per rule.
import { describe, expect, test } from 'vitest'
import type { DecorationConfig } from '../../api/prowjob.ts'
import { decorationFor, decorationOver, type EntryFilter, entryApplies } from './decoration.ts'

test.each<[why: string, entry: EntryFilter, repo: string, cluster: string, applies: boolean]>([
  ['no filter', {}, 'o/r', 'c', true],
  ['stars', { repo: '*', cluster: '*' }, '', 'c', true],
  ['the repository', { repo: 'o/r' }, 'o/r', 'c', true],
  ['the org', { repo: 'o' }, 'o/r', 'c', true],
  ['another org', { repo: 'org2' }, 'org/repo', 'c', false],
  ['a prefix is not enough', { repo: 'or' }, 'org/repo', 'c', false],
  ['another cluster', { cluster: 'c2' }, 'o/r', 'c', false],
  ['both must fit', { repo: 'o', cluster: 'c2' }, 'o/r', 'c', false],
  ['Gerrit’s review host', { repo: 'some.org/repo' }, 'https://some-review.org/repo', 'c', true],
  ['only in the first part of the host', { repo: 'some.other.org' }, 'some.other-review.org', 'c', false],
  ['a job without repository', { repo: 'o' }, '', 'c', false],
])('%s', (_why, entry, repo, cluster, applies) => expect(entryApplies(entry, { repo, cluster })).toBe(applies))

describe('one over another', () => {
  test.each<[why: string, under: DecorationConfig, over: DecorationConfig, want: DecorationConfig]>([
    ['the upper wins', { timeout: '1h0m0s' }, { timeout: '2h0m0s' }, { timeout: '2h0m0s' }],
    ['what it does not set shows through', { timeout: '1h0m0s' }, {}, { timeout: '1h0m0s' }],
    [
      'an empty secret says none',
      { gcs_credentials_secret: 'x' },
      { gcs_credentials_secret: '' },
      { gcs_credentials_secret: '' },
    ],
    ['an empty list says nothing', { ssh_key_secrets: ['a'] }, { ssh_key_secrets: [] }, { ssh_key_secrets: ['a'] }],
    [
      'nor do the other empty lists, nor an empty app id',
      { ssh_host_fingerprints: ['h'], github_api_endpoints: ['g'], sparse_checkout_files: ['f'], github_app_id: '1' },
      { ssh_host_fingerprints: [], github_api_endpoints: [], sparse_checkout_files: [], github_app_id: '' },
      { ssh_host_fingerprints: ['h'], github_api_endpoints: ['g'], sparse_checkout_files: ['f'], github_app_id: '1' },
    ],
    [
      'scheduling options one by one',
      { scheduling_options: { affinity: {}, tolerations: [{ key: 'under' }] } },
      { scheduling_options: { tolerations: [{ key: 'over' }] } },
      { scheduling_options: { affinity: {}, tolerations: [{ key: 'over' }] } },
    ],
    ['false is a setting', { skip_cloning: true }, { skip_cloning: false }, { skip_cloning: false }],
    [
      'images one by one',
      { utility_images: { clonerefs: 'a', sidecar: 'b' } },
      { utility_images: { clonerefs: 'c', sidecar: '' } },
      { utility_images: { clonerefs: 'c', sidecar: 'b' } },
    ],
    [
      'resources per utility, as a whole',
      { resources: { sidecar: { limits: { cpu: '1' } }, clonerefs: { limits: { cpu: '2' } } } },
      { resources: { sidecar: { requests: { cpu: '1' } } } },
      { resources: { sidecar: { requests: { cpu: '1' } }, clonerefs: { limits: { cpu: '2' } } } },
    ],
    [
      'an explicit list of nothing to compress stays',
      { gcs_configuration: { compress_file_types: ['txt'], bucket: 'b' } },
      { gcs_configuration: { compress_file_types: [] } },
      { gcs_configuration: { compress_file_types: [], bucket: 'b' } },
    ],
    [
      'media types are united, and the lower wins',
      { gcs_configuration: { mediaTypes: { a: 'lower', b: 'lower' } } },
      { gcs_configuration: { mediaTypes: { a: 'upper', c: 'upper' } } },
      { gcs_configuration: { mediaTypes: { a: 'lower', b: 'lower', c: 'upper' } } },
    ],
    [
      'a secret with key as a whole',
      { oauth_token_secret: { name: 'a', key: 'b' } },
      { oauth_token_secret: { name: 'c' } },
      { oauth_token_secret: { name: 'c' } },
    ],
    [
      'censoring options one by one',
      { censoring_options: { censoring_concurrency: 1, minimum_secret_length: 0 } },
      { censoring_options: { censoring_concurrency: 2 } },
      { censoring_options: { censoring_concurrency: 2, minimum_secret_length: 0 } },
    ],
  ])('%s', (_why, under, over, want) => {
    const before = structuredClone([under, over])
    expect(decorationOver(under, over)).toEqual(want)
    expect([under, over]).toEqual(before)
  })
})

test('all applying entries, in order, the job last', () => {
  const entries = [
    { config: { timeout: '2h0m0s', grace_period: '15s' } },
    { repo: 'org', config: { timeout: '1h0m0s' } },
    { repo: 'org/repo', config: { timeout: '3h0m0s' } },
    { cluster: 'trusted', config: { grace_period: '30s' } },
    { repo: 'org/foo', cluster: 'trusted', config: { grace_period: '1m0s' } },
  ]
  const job = { repo: 'org/foo', cluster: 'trusted' }
  expect(decorationFor(entries, job, undefined)).toEqual({ timeout: '1h0m0s', grace_period: '1m0s' })
  expect(decorationFor(entries, job, { timeout: '5s' })).toEqual({ timeout: '5s', grace_period: '1m0s' })
  expect(decorationFor([], job, undefined)).toEqual({})
})
