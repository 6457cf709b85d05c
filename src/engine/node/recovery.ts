// After a restart of the node: ends what is left of the Pods that ran before, and settles what becomes of them. None of them stays Running.
import type { Pod } from '../../api/kubernetes.ts'
import { outcome } from './next-step.ts'
import { newRun, type PodRun } from './pod-run.ts'
import { unknownEnd } from './pod-status.ts'
import { isOver } from './scheduler.ts'

/** Plank starts a Pod anew whose reason is this, up to `max_revivals` times. */
const lostReason = 'Evicted'
const lostMessage = 'The node was restarted while the pod was running; its processes were ended.'

/**
 * The record of a Pod that an earlier process of the node ran, settled: whatever was running is gone. A Pod whose containers
 * had all ended keeps its result, even if the server was not told yet.
 */
function settle(pod: Pod, run: PodRun, now: number): PodRun {
  const settled: PodRun = { ...run, finished: true, containers: run.containers.map((one) => ({ ...one })) }
  for (const one of settled.containers) {
    if (!one.running) continue
    one.ended = unknownEnd(one, now)
    delete one.running
  }
  if (!run.finished && !run.stop && outcome(pod, run) === undefined) {
    settled.stop = { why: 'failed', reason: lostReason, message: lostMessage }
  }
  return settled
}

/** What to do with a Pod that is assigned to this node when the node comes up. */
export function recovered(pod: Pod, run: PodRun | undefined, now: number): PodRun | undefined {
  if (run) return run.finished && isOver(pod) ? undefined : settle(pod, run, now)
  if (isOver(pod)) return undefined
  const fresh = newRun(pod, now)
  // It ran, says the server, and there is no trace of it: the state directory is another one.
  return pod.status?.phase === 'Running' ? settle(pod, fresh, now) : fresh
}
