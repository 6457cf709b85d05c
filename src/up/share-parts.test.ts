// What runs have in common is kept once, and nothing about them changes by that.
import { expect, test } from 'vitest'
import type { KubeObject } from '../api/kubernetes.ts'
import type { ProwJob } from '../api/prowjob.ts'
import { partSharing } from './share-parts.ts'

const run = (name: string, command: string, sha: string): ProwJob => ({
  apiVersion: 'prow.k8s.io/v1',
  kind: 'ProwJob',
  metadata: { name, namespace: 'default' },
  spec: {
    type: 'presubmit',
    agent: 'kubernetes',
    job: 'unit',
    refs: { org: 'o', repo: 'r', pulls: [{ number: 1, author: 'a', sha }] },
    pod_spec: { containers: [{ name: 'test', command: [command] }] },
  },
  status: { state: 'success', startTime: '2026-01-01T00:00:00Z' },
})

test('equal parts become one, different ones stay apart, and the jobs stay what they were', () => {
  const share = partSharing()
  const first = share(run('1', 'make', 'abc'))
  const second = share(run('2', 'make', 'def'))
  const third = share(run('3', 'bake', 'abc'))
  expect(second.spec.pod_spec).toBe(first.spec.pod_spec)
  expect(third.spec.pod_spec).not.toBe(first.spec.pod_spec)
  expect(third.spec.refs).toBe(first.spec.refs)
  expect([first, second, third]).toEqual([run('1', 'make', 'abc'), run('2', 'make', 'def'), run('3', 'bake', 'abc')])
  expect(Object.keys(first.spec)).toEqual(Object.keys(run('1', 'make', 'abc').spec))
})

test('of other kinds only what nobody reads is dropped', () => {
  const pod: KubeObject = { kind: 'Pod', metadata: { name: 'p', managedFields: [{ manager: 'm' }] } }
  expect(partSharing()(pod)).toEqual({ kind: 'Pod', metadata: { name: 'p' } })
})
