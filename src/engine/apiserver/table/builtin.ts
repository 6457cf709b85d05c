// Columns of the built-in kinds other than pods.
import { type ApiObject, jsonAt, listAt, textAt } from '../object.ts'
import { ageColumn, ageSince } from './age.ts'
import { type Column, column, nameColumn, wide } from './column.ts'

const size = (object: ApiObject, ...fields: readonly string[]) =>
  fields.reduce((sum, field) => sum + Object.keys(jsonAt(object, field)).length, 0)

export const namespaceColumns: readonly Column[] = [
  nameColumn,
  column('Status', (namespace) => textAt(namespace, 'status.phase')),
  ageColumn,
]

export const configMapColumns: readonly Column[] = [
  nameColumn,
  column('Data', (map) => size(map, 'data', 'binaryData'), 'integer'),
  ageColumn,
]

export const secretColumns: readonly Column[] = [
  nameColumn,
  column('Type', (secret) => textAt(secret, 'type')),
  column('Data', (secret) => size(secret, 'data'), 'integer'),
  ageColumn,
]

export const serviceAccountColumns: readonly Column[] = [
  nameColumn,
  column('Secrets', (account) => listAt(account, 'secrets').length, 'integer'),
  ageColumn,
]

export const leaseColumns: readonly Column[] = [
  nameColumn,
  column('Holder', (lease) => textAt(lease, 'spec.holderIdentity')),
  ageColumn,
]

export const definitionColumns: readonly Column[] = [
  nameColumn,
  column('Created At', ({ metadata }) => String(metadata.creationTimestamp ?? ''), 'date'),
]

export const nodeColumns: readonly Column[] = [
  nameColumn,
  column('Status', nodeStatus),
  column('Roles', nodeRoles),
  ageColumn,
  column('Version', (node) => textAt(node, 'status.nodeInfo.kubeletVersion')),
  wide('Internal-IP', (node) => address(node, 'InternalIP')),
  wide('External-IP', (node) => address(node, 'ExternalIP')),
  wide('OS-Image', (node) => textAt(node, 'status.nodeInfo.osImage') || '<unknown>'),
  wide('Kernel-Version', (node) => textAt(node, 'status.nodeInfo.kernelVersion') || '<unknown>'),
  wide('Container-Runtime', (node) => textAt(node, 'status.nodeInfo.containerRuntimeVersion') || '<unknown>'),
]

function nodeStatus(node: ApiObject): string {
  const ready = listAt(node, 'status.conditions').find((condition) => condition.type === 'Ready')
  const word = ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown'
  return jsonAt(node, 'spec').unschedulable === true ? `${word},SchedulingDisabled` : word
}

function nodeRoles({ metadata }: ApiObject): string {
  const prefix = 'node-role.kubernetes.io/'
  const roles = Object.keys(metadata.labels ?? {}).flatMap((key) =>
    key.startsWith(prefix) ? [key.slice(prefix.length)] : [],
  )
  return roles.sort().join(',') || '<none>'
}

const address = (node: ApiObject, type: string) =>
  textAt(
    listAt(node, 'status.addresses').find((one) => one.type === type),
    'address',
  ) || '<none>'

export const eventColumns: readonly Column[] = [
  column('Last Seen', (event, nowMs) => ageSince(lastSeen(event), nowMs)),
  column('Type', (event) => textAt(event, 'type')),
  column('Reason', (event) => textAt(event, 'reason')),
  column('Object', (event) => {
    const { kind, name } = jsonAt(event, 'involvedObject')
    return name ? `${String(kind).toLowerCase()}/${String(name)}` : String(kind ?? '').toLowerCase()
  }),
  wide('Subobject', (event) => textAt(event, 'involvedObject.fieldPath')),
  wide('Source', (event) =>
    [textAt(event, 'source.component') || textAt(event, 'reportingComponent'), textAt(event, 'source.host')]
      .filter(Boolean)
      .join(', '),
  ),
  column('Message', (event) => textAt(event, 'message').trim()),
  wide('First Seen', (event, nowMs) => ageSince(event.firstTimestamp ?? event.eventTime, nowMs)),
  wide('Count', (event) => (typeof event.count === 'number' ? event.count : 1), 'integer'),
  { ...wide('Name', ({ metadata }) => metadata.name ?? ''), format: 'name' },
]

const lastSeen = (event: ApiObject) =>
  textAt(event, 'series.lastObservedTime') || event.lastTimestamp || event.firstTimestamp || event.eventTime
