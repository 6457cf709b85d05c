// What plank reads off a Pod.
import type { Pod } from '../api/kubernetes.ts'
import { buildId, prowJobId } from '../api/labels.ts'

/** Why a Pod stopped through no fault of its job. */
export type StopCause = 'evicted' | 'unreachable' | 'oomkilled' | 'unknown'

/** The cause of an unexpected stop; undefined when there was none. */
export function unexpectedStop({ metadata, status }: Pod): StopCause | undefined {
  if (status?.reason === 'Evicted') return 'evicted'
  if (status?.reason === 'NodeLost' && metadata?.deletionTimestamp) return 'unreachable'
  if (outOfMemory({ status } as Pod)) return 'oomkilled'
  if (status?.phase === 'Unknown') return 'unknown'
  return undefined
}

/** True while a Pod runs on although one of its containers was killed for its memory. */
export const outOfMemory = (pod: Pod): boolean =>
  pod.status?.phase === 'Running' && statuses(pod).some(({ state }) => state?.terminated?.reason === 'OOMKilled')

/** True when every container that has to end has ended well. A Pod without statuses counts as finished. */
export function allFinished(pod: Pod): boolean {
  // A sidecar that Kubernetes restarts is stopped by the kubelet at the end, and its exit code means nothing.
  const endless = (pod.spec?.initContainers ?? [])
    .filter((one) => one.restartPolicy === 'Always')
    .map(({ name }) => name)
  return statuses(pod)
    .filter(({ name }) => !endless.includes(name))
    .every(({ state }) => state?.terminated?.exitCode === 0 && state.terminated.finishedAt !== undefined)
}

/** The build id that the Pod was made with; empty when it does not say. */
export function buildIdOf(pod: Pod): string {
  const fromEnv = pod.spec?.containers[0]?.env?.find(({ name }) => name === 'BUILD_ID')?.value
  return pod.metadata?.labels?.[buildId] || fromEnv || ''
}

/** True when the Pod says that it belongs to another ProwJob. */
export function belongsToAnother(pod: Pod, jobName: string): boolean {
  const owner = pod.metadata?.labels?.[prowJobId]
  return owner !== undefined && owner !== jobName
}

function statuses({ status }: Pod) {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]
}
