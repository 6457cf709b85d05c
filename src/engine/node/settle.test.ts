// What becomes of a Pod when the node comes up again: one row per state in which it can have been left.
import { expect, test } from 'vitest'
import type { Pod } from '../../api/kubernetes.ts'
import { type ContainerRun, newRun, type PodRun } from './pod-run.ts'
import { podStatus } from './pod-status.ts'
import { recovered } from './recovery.ts'

const pod: Pod = {
  metadata: { name: 'p', namespace: 'ns', uid: 'u' },
  spec: { restartPolicy: 'Never', nodeName: 'bowsprit', containers: [{ name: 'a' }, { name: 'b' }] },
}
const withPhase = (phase: string): Pod => ({ ...pod, status: { phase } })
const running: Partial<ContainerRun> = { attempts: 1, running: { id: 'x://1', startedAt: 0 } }
const ended = (exitCode: number): Partial<ContainerRun> => ({ attempts: 1, ended: { exitCode, reason: 'x' } })
const run = (a: Partial<ContainerRun>, b: Partial<ContainerRun>, more: Partial<PodRun> = {}): PodRun => {
  const fresh = newRun(pod, 0)
  return { ...fresh, ...more, containers: fresh.containers.map((one, index) => ({ ...one, ...(index === 0 ? a : b) })) }
}

test.each<[string, Pod, PodRun | undefined, string]>([
  ['it was running', pod, run(running, running), 'Failed Evicted 137,137'],
  ['one container had ended', pod, run(ended(0), running), 'Failed Evicted 0,137'],
  ['all had ended and nobody knew', pod, run(ended(0), ended(0)), 'Succeeded - 0,0'],
  ['all had ended, one badly', pod, run(ended(0), ended(2)), 'Failed - 0,2'],
  ['the node had taken it on and started nothing', pod, run({}, {}), 'Failed Evicted -,-'],
  ['it was being deleted', pod, run(running, ended(0), { stop: { why: 'deleted' } }), 'Failed - 137,0'],
  [
    'it was over its deadline',
    pod,
    run(running, running, { stop: { why: 'failed', reason: 'DeadlineExceeded' } }),
    'Failed DeadlineExceeded 137,137',
  ],
  ['it was over, but the server was not told', pod, run(ended(0), ended(1), { finished: true }), 'Failed - 0,1'],
  ['it was over, and everybody knew', withPhase('Failed'), run(ended(0), ended(1), { finished: true }), 'left alone'],
  ['it ran elsewhere, or its record is lost', withPhase('Running'), undefined, 'Failed Evicted -,-'],
  ['it is over, and its record is lost', withPhase('Succeeded'), undefined, 'left alone'],
])('%s', (_why, found, record, want) => {
  const settled = recovered(found, record, 1000)
  if (!settled) return expect('left alone').toBe(want)
  expect(settled.finished).toBe(true)
  const { phase, reason = '-', containerStatuses = [] } = podStatus(found, settled, 1000)
  const codes = containerStatuses.map(({ state }) => state?.terminated?.exitCode ?? '-')
  expect(`${phase} ${reason} ${codes}`).toBe(want)
})

test('a pod that was only assigned begins as if nothing had happened', () => {
  expect(recovered(withPhase('Pending'), undefined, 1000)).toEqual(newRun(pod, 1000))
})
