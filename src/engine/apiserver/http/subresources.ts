// Small subresources and reviews: binding a pod to a node, asking what one may do.
import { pods } from '../kinds/builtin.ts'
import { isJson, jsonAt, listAt, textAt, timestamp } from '../object.ts'
import type { ServerContext } from '../server-context.ts'
import { badRequest, conflict } from '../status.ts'
import { mustGet, parseRow, update } from '../write.ts'
import { type Call, readObject, sendJson } from './call.ts'
import { writeContext } from './options.ts'

/** POST pods/NAME/binding: gives a pod its node, once. */
export async function bind(context: ServerContext, call: Call, namespace: string, name: string): Promise<void> {
  const body = await readObject(call)
  const node = textAt(body, 'target.name')
  if (!node) throw badRequest('a Binding needs target.name, the name of the node')
  const writing = writeContext(context, call)
  await context.store.write((tx) => {
    const row = mustGet(tx, pods, namespace, name)
    const pod = parseRow(row)
    const about = { ...pods, name }
    if (pod.metadata.deletionTimestamp)
      throw conflict(about, `pod ${name} is being deleted, cannot be assigned to a host`)
    const assigned = textAt(pod, 'spec.nodeName')
    if (assigned) throw conflict(about, `pod ${name} is already assigned to node ${JSON.stringify(assigned)}`)
    const bound = { ...pod, spec: { ...jsonAt(pod, 'spec'), nodeName: node } }
    const stored = update(tx, pods, row, bound, 'object', writing)
    if (writing.dryRun) return
    const scheduled = { type: 'PodScheduled', status: 'True', lastTransitionTime: timestamp(writing.nowMs) }
    const others = listAt(stored, 'status.conditions').filter(({ type }) => type !== scheduled.type)
    const status = { ...jsonAt(stored, 'status'), conditions: [...others, scheduled] }
    update(tx, pods, mustGet(tx, pods, namespace, name), { ...stored, status }, 'status', writing)
  })
  sendJson(call, 201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 })
}

/** POST selfsubjectaccessreviews: whoever has the token may do everything. */
export async function reviewAccess(call: Call): Promise<void> {
  const body = await readObject(call)
  if (!isJson(body) || body.kind !== 'SelfSubjectAccessReview')
    throw badRequest('the body must be a SelfSubjectAccessReview')
  const status = { allowed: true, reason: 'the holder of the token may do everything' }
  sendJson(call, 201, { ...body, apiVersion: 'authorization.k8s.io/v1', status })
}
