// Columns of pods, with kubectl's short account of how a pod is doing.
import { type ApiObject, isJson, type Json, jsonAt, listAt, textAt } from '../object.ts'
import { ageColumn, ageSince } from './age.ts'
import { type Column, column, nameColumn, wide } from './column.ts'

/** Columns of `kubectl get pods`. */
export const podColumns: readonly Column[] = [
  nameColumn,
  column('Ready', (pod) => {
    const ready = listAt(pod, 'status.containerStatuses').filter((one) => one.ready === true && isRunning(one))
    return `${ready.length}/${listAt(pod, 'spec.containers').length}`
  }),
  column('Status', (pod) => podStatus(pod)),
  column('Restarts', restarts),
  ageColumn,
  wide('IP', (pod) => textAt(pod, 'status.podIP') || '<none>'),
  wide('Node', (pod) => textAt(pod, 'spec.nodeName') || '<none>'),
  wide('Nominated Node', (pod) => textAt(pod, 'status.nominatedNodeName') || '<none>'),
  wide('Readiness Gates', readinessGates),
]

/** The word in the STATUS column: the phase, or what is more telling about the containers. */
export function podStatus(pod: ApiObject): string {
  const phase = textAt(pod, 'status.phase')
  let reason = textAt(pod, 'status.reason') || phase || 'Unknown'
  const initSpecs = listAt(pod, 'spec.initContainers')
  let initializing = false
  for (const [index, status] of listAt(pod, 'status.initContainerStatuses').entries()) {
    const state = jsonAt(status, 'state')
    const sidecar = initSpecs.some((one) => one.name === status.name && one.restartPolicy === 'Always')
    if (isJson(state.terminated) && state.terminated.exitCode === 0) continue
    if (sidecar && status.started === true) continue
    initializing = true
    if (isJson(state.terminated)) reason = `Init:${terminatedReason(state.terminated)}`
    else if (isJson(state.waiting) && state.waiting.reason && state.waiting.reason !== 'PodInitializing') {
      reason = `Init:${String(state.waiting.reason)}`
    } else reason = `Init:${index}/${initSpecs.length}`
    break
  }
  if (!initializing) {
    let running = false
    for (const status of listAt(pod, 'status.containerStatuses').toReversed()) {
      const state = jsonAt(status, 'state')
      if (isJson(state.waiting) && state.waiting.reason) reason = String(state.waiting.reason)
      else if (isJson(state.terminated)) reason = terminatedReason(state.terminated)
      else if (status.ready === true && isRunning(status)) running = true
    }
    if (reason === 'Completed' && running) reason = hasCondition(pod, 'Ready') ? 'Running' : 'NotReady'
  }
  if (pod.metadata.deletionTimestamp) {
    if (textAt(pod, 'status.reason') === 'NodeLost') return 'Unknown'
    if (phase !== 'Failed' && phase !== 'Succeeded') return 'Terminating'
  }
  return reason
}

function terminatedReason({ reason, signal, exitCode }: Json): string {
  if (reason) return String(reason)
  return signal ? `Signal:${String(signal)}` : `ExitCode:${String(exitCode)}`
}

function restarts(pod: ApiObject, nowMs: number): string {
  const statuses = listAt(pod, 'status.containerStatuses')
  const count = statuses.reduce((sum, one) => sum + (typeof one.restartCount === 'number' ? one.restartCount : 0), 0)
  const last = statuses
    .map((one) => textAt(one, 'lastState.terminated.finishedAt'))
    .sort()
    .at(-1)
  return count > 0 && last ? `${count} (${ageSince(last, nowMs)} ago)` : String(count)
}

function readinessGates(pod: ApiObject): string {
  const gates = listAt(pod, 'spec.readinessGates')
  if (gates.length === 0) return '<none>'
  return `${gates.filter((gate) => hasCondition(pod, String(gate.conditionType))).length}/${gates.length}`
}

const isRunning = (status: Json) => isJson(jsonAt(status, 'state').running)

const hasCondition = (pod: ApiObject, type: string) =>
  listAt(pod, 'status.conditions').some((one) => one.type === type && one.status === 'True')
