// ProwJobs and Pods for tests of Deck: believable, with only what a test cares about said.

import type { Pod } from '../../api/kubernetes.ts'
import * as labels from '../../api/labels.ts'
import type { ProwJob, ProwJobSpec, ProwJobStatus } from '../../api/prowjob.ts'

export interface JobGiven {
  readonly name: string
  readonly spec?: Partial<ProwJobSpec>
  readonly status?: Partial<ProwJobStatus>
  readonly annotations?: Record<string, string>
  readonly labels?: Record<string, string>
}

export const namespace = 'prow'

/** A presubmit of sample/app #7, successful unless told otherwise. */
export function job({ name, spec, status, annotations, labels: more }: JobGiven): ProwJob {
  return {
    apiVersion: 'prow.k8s.io/v1',
    kind: 'ProwJob',
    metadata: {
      name,
      namespace,
      labels: { [labels.createdByProw]: 'true', ...more },
      ...(annotations && { annotations }),
    },
    spec: {
      type: 'presubmit',
      agent: 'kubernetes',
      cluster: 'default',
      job: 'pull-app-test',
      context: 'pull-app-test',
      refs: {
        org: 'sample',
        repo: 'app',
        repo_link: 'https://github.com/sample/app',
        base_ref: 'main',
        base_sha: '1234567890abcdef1234567890abcdef12345678',
        pulls: [
          { number: 7, author: 'alice', sha: 'abcdef1234567890abcdef1234567890abcdef12', title: 'Add a bowsprit' },
        ],
      },
      pod_spec: { containers: [{ name: 'test', image: 'golang:1.24', command: ['make', 'test'] }] },
      ...spec,
    },
    status: {
      state: 'success',
      startTime: '2026-01-02T03:00:00Z',
      pendingTime: '2026-01-02T03:00:05Z',
      completionTime: '2026-01-02T03:02:05Z',
      description: 'Job succeeded.',
      build_id: '1948764332938473472',
      ...status,
    },
  }
}

/** A job that goes on: pending, no completion. */
export function running(given: JobGiven): ProwJob {
  const made = job(given)
  const { completionTime: _, ...status } = made.status
  return {
    ...made,
    status: { ...status, state: 'pending', description: 'Job is running.', pod_name: given.name, ...given.status },
  }
}

/** A job that has no Pod yet, with what plank writes about why. */
export function waiting(given: JobGiven): ProwJob {
  const made = running({
    ...given,
    status: { state: 'triggered', ...given.status },
    annotations: {
      [labels.waitingReason]: 'Two runs of this job are going on, and max_concurrency is 2',
      [labels.waitingSince]: '2026-01-02T03:00:00Z',
      [labels.waitingNext]: 'One of them ends',
      ...given.annotations,
    },
  })
  const { pod_name: _, build_id: __, pendingTime: ___, ...status } = made.status
  return { ...made, status }
}

/** The Pod of a job: its test container in that state. */
export function pod(
  name: string,
  state: NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number]['state'],
): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'test-pods' },
    spec: {
      nodeName: 'node-1',
      initContainers: [{ name: 'clonerefs', image: 'clonerefs' }],
      containers: [
        { name: 'test', image: 'golang:1.24' },
        { name: 'sidecar', image: 'sidecar' },
      ],
    },
    status: {
      phase: state?.waiting ? 'Pending' : 'Running',
      initContainerStatuses: [
        {
          ...status('clonerefs'),
          state: {
            terminated: {
              exitCode: 0,
              reason: 'Completed',
              startedAt: '2026-01-02T03:00:06Z',
              finishedAt: '2026-01-02T03:00:14Z',
            },
          },
        },
      ],
      containerStatuses: [
        { ...status('test'), ...(state && { state }) },
        { ...status('sidecar'), state: { running: { startedAt: '2026-01-02T03:00:16Z' } } },
      ],
    },
  }
}

const status = (name: string) => ({ name, image: name, imageID: name, ready: true, restartCount: 0 })
