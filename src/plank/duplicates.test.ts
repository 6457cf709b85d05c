// Which presubmits a newer run supersedes.
import { expect, test } from 'vitest'
import type { ProwJob, ProwJobSpec, Refs } from '../api/prowjob.ts'
import { superseded } from './duplicates.ts'

const pulls = (...numbers: number[]) =>
  numbers.map((number) => ({ number, author: 'a', sha: `sha-${Math.abs(number)}` }))
const refs: Refs = { org: 'o', repo: 'r', base_ref: 'main', base_sha: 'b', pulls: pulls(1, 2) }

function job(name: string, minute: number, spec: Partial<ProwJobSpec> = {}, completionTime?: string): ProwJob {
  return {
    apiVersion: 'prow.k8s.io/v1',
    kind: 'ProwJob',
    metadata: { name },
    spec: { type: 'presubmit', job: 'j', refs, ...spec },
    status: {
      state: 'triggered',
      startTime: `2026-01-02T00:${String(minute).padStart(2, '0')}:00Z`,
      ...(completionTime ? { completionTime } : {}),
    },
  }
}
const extra = (repo: string): Refs => ({ org: 'o', repo })
function onlyExtra(name: string, minute: number, repo: string): ProwJob {
  const { refs: _, ...spec } = job(name, minute, { extra_refs: [extra(repo)] }).spec
  return { ...job(name, minute), spec }
}

test.each<[why: string, jobs: ProwJob[], want: string[]]>([
  [
    'the newest of a job on a pull request stays',
    [
      job('old', 1),
      job('new', 3),
      job('older', 0),
      job('postsubmit', 0, { type: 'postsubmit' }),
      job('done', 0, {}, '2026-01-02T00:00:00Z'),
    ],
    ['old', 'older'],
  ],
  ['batches never go', [job('a', 1, { type: 'batch' }), job('b', 2, { type: 'batch' })], []],
  ['periodics never go', [job('a', 1, { type: 'periodic' }), job('b', 2, { type: 'periodic' })], []],
  ['on equal times the first in the list stays', [job('a', 1), job('b', 1)], ['b']],
  ['the order of pulls does not matter', [job('a', 1, { refs: { ...refs, pulls: pulls(2, 1) } }), job('b', 2)], ['a']],
  [
    'nor that of extra refs',
    [job('a', 1, { extra_refs: [extra('x'), extra('y')] }), job('b', 2, { extra_refs: [extra('y'), extra('x')] })],
    ['a'],
  ],
  [
    'a run without refs of its own is known by its extra refs',
    [onlyExtra('a', 1, 'x'), onlyExtra('b', 2, 'x'), onlyExtra('c', 3, 'y')],
    ['a'],
  ],
  ['other extra refs are another run', [job('a', 1, { extra_refs: [extra('x')] }), job('b', 2)], []],
  [
    'other commits are the same run',
    [
      job('a', 1, { refs: { ...refs, base_sha: 'other', pulls: pulls(1, 2).map((pull) => ({ ...pull, sha: 'x' })) } }),
      job('b', 2),
    ],
    ['a'],
  ],
  ['another base branch is another run', [job('a', 1, { refs: { ...refs, base_ref: 'release' } }), job('b', 2)], []],
  ['other pulls are another run', [job('a', 1, { refs: { ...refs, pulls: pulls(1) } }), job('b', 2)], []],
])('%s', (_why, jobs, want) => expect(superseded(jobs).map(({ metadata }) => metadata.name)).toEqual(want))
