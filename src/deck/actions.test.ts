// Rerun and abort: who may, and what is written.
import { describe, expect, test } from 'vitest'
import * as labels from '../api/labels.ts'
import { abortPatch, permission, type RerunRule, refuseAbort, rerunOf } from './actions.ts'
import { job, running, waiting } from './testing/jobs.ts'

describe('permission', () => {
  const anyone: RerunRule['config'] = { allow_anyone: true }
  const nobody: RerunRule['config'] = { allow_anyone: false }
  test.each<[why: string, rules: RerunRule[], allowed: boolean]>([
    ['no rule: only the administrator', [], false],
    ['a rule for everything', [{ config: anyone }], true],
    ['a rule for the repository', [{ repo: 'sample/app', config: anyone }], true],
    ['a rule for the org', [{ repo: 'sample', config: anyone }], true],
    ['a rule for another repository', [{ repo: 'sample/other', config: anyone }], false],
    ['a rule for another cluster', [{ cluster: 'arm', config: anyone }], false],
    [
      'the last rule decides, not the most specific',
      [
        { repo: 'sample/app', config: anyone },
        { repo: '*', config: nobody },
      ],
      false,
    ],
  ])('%s', (_, rules, allowed) => expect(permission(job({ name: 'j' }), rules, false).allowed).toBe(allowed))

  test("Gerrit's two names of a host are one", () => {
    const gerrit = job({ name: 'g', spec: { refs: { org: 'https://foo-review.example', repo: 'bar' } } })
    expect(permission(gerrit, [{ repo: 'foo.example/bar', config: anyone }], false).allowed).toBe(true)
  })

  test('a job may let anyone', () => {
    expect(permission(job({ name: 'j', spec: { rerun_auth_config: anyone } }), [], false).allowed).toBe(true)
  })

  test('a refusal says why; the administrator needs no rule', () => {
    expect(permission(job({ name: 'j' }), [], false).why).not.toBe('')
    expect(permission(job({ name: 'j' }), [], true)).toEqual({ allowed: true, why: '' })
  })
})

describe('rerun', () => {
  const old = job({
    name: 'old',
    labels: { 'event-GUID': 'g', mine: 'yes', [labels.buildId]: '1', [labels.prowJobId]: 'old' },
    annotations: {
      note: 'kept',
      [labels.waitingReason]: 'x',
      'kubectl.kubernetes.io/last-applied-configuration': '{}',
    },
  })
  const fresh = rerunOf(old, { name: 'new', now: Date.parse('2026-05-06T07:08:09.123Z'), state: 'triggered' })

  test('is a new run of the same specification', () => {
    expect(fresh.spec).toEqual(old.spec)
    expect(fresh.status).toEqual({ state: 'triggered', startTime: '2026-05-06T07:08:09Z' })
    expect(fresh.metadata).toMatchObject({ name: 'new', namespace: 'prow' })
    expect(Object.keys(fresh.metadata).sort()).toEqual(['annotations', 'labels', 'name', 'namespace'])
  })

  test('keeps the labels and annotations of the job, not those of the run', () => {
    expect(fresh.metadata.labels).toMatchObject({
      'event-GUID': 'g',
      mine: 'yes',
      [labels.jobType]: 'presubmit',
      [labels.pull]: '7',
    })
    expect(fresh.metadata.annotations).toEqual({
      note: 'kept',
      [labels.jobName]: 'pull-app-test',
      [labels.context]: 'pull-app-test',
    })
    expect(Object.keys(fresh.metadata.labels ?? {})).not.toContain(labels.buildId)
    expect(Object.keys(fresh.metadata.labels ?? {})).not.toContain(labels.prowJobId)
  })
})

describe('abort', () => {
  test.each([
    ['triggered', waiting({ name: 'w' }), true],
    ['pending', running({ name: 'r' }), true],
    ['scheduling', running({ name: 's', status: { state: 'scheduling' } }), true],
    ['already aborted', running({ name: 'a', status: { state: 'aborted' } }), false],
    ['success', job({ name: 'd' }), false],
    ['ended, whatever its state says', job({ name: 'e', status: { state: 'pending' } }), false],
  ])('%s', (_, one, may) => expect(refuseAbort(one) === undefined).toBe(may))

  test('leaves the completion to the controller, and never overwrites a newer version', () => {
    const one = running({ name: 'r' })
    const { merge } = abortPatch({ ...one, metadata: { ...one.metadata, resourceVersion: '42' } })
    expect(merge).toEqual({
      metadata: { resourceVersion: '42' },
      status: { state: 'aborted', description: 'Successfully aborted r.' },
    })
  })
})
