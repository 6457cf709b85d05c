// The templates of the Kubernetes project, and what they give for jobs such as it runs.

import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ProwJobSpec, Refs } from '../../api/prowjob.ts'
import { sharedData } from '../../testing/shared.ts'
import { loadConfig } from '../load.ts'
import type { Snapshot } from '../types.ts'
import { renderForJob } from './job-template.ts'

const sample = sharedData('k8s-test-infra')
if (sample === undefined) process.stderr.write('SKIPPED: the large sample configuration is not here\n')

const pulls = [{ number: 135000, author: 'alice', sha: 'a1' }]
const kubernetes: Refs = { org: 'kubernetes', repo: 'kubernetes', base_ref: 'master', base_sha: 'b1' }
const job = (spec: Partial<ProwJobSpec>) => ({
  apiVersion: 'prow.k8s.io/v1' as const,
  kind: 'ProwJob' as const,
  metadata: { name: 'u' },
  spec: { type: 'presubmit' as const, job: 'unit', ...spec },
  status: { state: 'pending' as const, build_id: '1856789012345678901' },
})
const base = 'https://prow.k8s.io/view/gs/kubernetes-ci-logs'
const build = 'unit/1856789012345678901/'

describe.skipIf(sample === undefined)('prow.k8s.io', () => {
  let loaded: Snapshot
  beforeAll(async () => {
    loaded = await loadConfig({ configPath: join(sample ?? '', 'config.yaml'), now: 0 })
  })

  test('its templates load without a word', () => {
    expect(loaded.warnings.filter(({ code }) => code.includes('TEMPLATE'))).toEqual([])
  })

  test.each<[why: string, spec: Partial<ProwJobSpec>, url: string]>([
    ['presubmit of kubernetes/kubernetes', { refs: { ...kubernetes, pulls } }, `pr-logs/pull/135000/${build}`],
    [
      'presubmit of another repository',
      { refs: { ...kubernetes, repo: 'test-infra', pulls } },
      `pr-logs/pull/test-infra/135000/${build}`,
    ],
    [
      'presubmit of kubernetes-sigs',
      { refs: { ...kubernetes, org: 'kubernetes-sigs', repo: 'kind', pulls } },
      `pr-logs/pull/sigs.k8s.io_kind/135000/${build}`,
    ],
    [
      'presubmit of another organisation',
      { refs: { ...kubernetes, org: 'containerd', repo: 'containerd', pulls } },
      `pr-logs/pull/containerd_containerd/135000/${build}`,
    ],
    ['batch', { type: 'batch', refs: { ...kubernetes, pulls } }, `pr-logs/pull/batch/${build}`],
    ['postsubmit', { type: 'postsubmit', refs: kubernetes }, `logs/${build}`],
    ['periodic', { type: 'periodic' }, `logs/${build}`],
  ])('%s', (_why, spec, path) => {
    expect(renderForJob(loaded.config.plank.job_url_template, job(spec))).toBe(`${base}/${path}`)
  })

  test('the end of a failure comment', () => {
    const text = renderForJob(loaded.config.plank.report_templates['*'] ?? '', job({ refs: { ...kubernetes, pulls } }))
    expect(text).toContain('(https://prow.k8s.io/pr-history?org=kubernetes&repo=kubernetes&pr=135000)')
    expect(text).toContain('%20author%3Aalice)')
    expect(text).toContain('(https://github.com/kubernetes/kubernetes/issues?q=is:issue+is:open)')
  })
})
