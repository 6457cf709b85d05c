// Makes src/api/kubernetes-schemas.json, the schemas of the built-in kinds, from the models of the Kubernetes client.
// Run it after an upgrade of the client, then format: node src/engine/apiserver/schema/generate.ts && npm run format
import { readFileSync, writeFileSync } from 'node:fs'
import { type Definitions, reference, type Schema } from './types.ts'

const roots = [
  'V1Namespace',
  'V1Node',
  'V1Pod',
  'V1ConfigMap',
  'V1Secret',
  'CoreV1Event',
  'V1ServiceAccount',
  'V1Lease',
  'V1CustomResourceDefinition',
]

// Where Kubernetes merges lists by key or as sets; every other list is replaced as a whole. The models do not say it.
// `patch` is the strategic merge key ("" for a set of plain values), `apply` are the keys of server-side apply.
const lists: Readonly<Record<string, { patch?: string; apply?: readonly string[] }>> = {
  'ObjectMeta.ownerReferences': { patch: 'uid', apply: ['uid'] },
  'ObjectMeta.finalizers': { patch: '', apply: [] },
  'PodSpec.containers': { patch: 'name', apply: ['name'] },
  'PodSpec.initContainers': { patch: 'name', apply: ['name'] },
  'PodSpec.ephemeralContainers': { patch: 'name', apply: ['name'] },
  'PodSpec.volumes': { patch: 'name', apply: ['name'] },
  'PodSpec.imagePullSecrets': { patch: 'name', apply: ['name'] },
  'PodSpec.hostAliases': { patch: 'ip', apply: ['ip'] },
  'PodSpec.topologySpreadConstraints': { patch: 'topologyKey', apply: ['topologyKey', 'whenUnsatisfiable'] },
  'PodSpec.resourceClaims': { patch: 'name', apply: ['name'] },
  'PodSpec.schedulingGates': { patch: 'name', apply: ['name'] },
  'Container.env': { patch: 'name', apply: ['name'] },
  'Container.ports': { patch: 'containerPort', apply: ['containerPort', 'protocol'] },
  'Container.volumeMounts': { patch: 'mountPath', apply: ['mountPath'] },
  'Container.volumeDevices': { patch: 'devicePath', apply: ['devicePath'] },
  'EphemeralContainer.env': { patch: 'name', apply: ['name'] },
  'EphemeralContainer.ports': { patch: 'containerPort', apply: ['containerPort', 'protocol'] },
  'EphemeralContainer.volumeMounts': { patch: 'mountPath', apply: ['mountPath'] },
  'EphemeralContainer.volumeDevices': { patch: 'devicePath', apply: ['devicePath'] },
  'ResourceRequirements.claims': { apply: ['name'] },
  'PodStatus.conditions': { patch: 'type', apply: ['type'] },
  'PodStatus.podIPs': { patch: 'ip', apply: ['ip'] },
  'PodStatus.resourceClaimStatuses': { patch: 'name', apply: ['name'] },
  'NamespaceStatus.conditions': { patch: 'type', apply: ['type'] },
  'NodeStatus.conditions': { patch: 'type', apply: ['type'] },
  'NodeStatus.addresses': { patch: 'type', apply: ['type'] },
  'NodeSpec.podCIDRs': { patch: '', apply: [] },
  'ServiceAccount.secrets': { patch: 'name', apply: ['name'] },
  'CustomResourceDefinitionStatus.conditions': { apply: ['type'] },
}

// What Kubernetes fills in when the client says nothing.
const defaults: Readonly<Record<string, unknown>> = {
  'PodSpec.restartPolicy': 'Always',
  'PodSpec.terminationGracePeriodSeconds': 30,
  'PodSpec.dnsPolicy': 'ClusterFirst',
  'PodSpec.schedulerName': 'default-scheduler',
  'PodSpec.enableServiceLinks': true,
  'PodSpec.securityContext': {},
  'Container.resources': {},
  'Container.terminationMessagePath': '/dev/termination-log',
  'Container.terminationMessagePolicy': 'File',
  'ContainerPort.protocol': 'TCP',
  'Probe.timeoutSeconds': 1,
  'Probe.periodSeconds': 10,
  'Probe.successThreshold': 1,
  'Probe.failureThreshold': 3,
  'HTTPGetAction.path': '/',
  'HTTPGetAction.scheme': 'HTTP',
  'SecretVolumeSource.defaultMode': 0o644,
  'ConfigMapVolumeSource.defaultMode': 0o644,
  'DownwardAPIVolumeSource.defaultMode': 0o644,
  'ProjectedVolumeSource.defaultMode': 0o644,
  'ServiceAccountTokenProjection.expirationSeconds': 3600,
  'ObjectFieldSelector.apiVersion': 'v1',
  'HostPathVolumeSource.type': '',
  'Secret.type': 'Opaque',
}

// Quantities are strings in the models, but numbers are as good to Kubernetes.
const quantities = /^(limits|requests|capacity|allocatable|allocatedResources|overhead|divisor|sizeLimit)$/

// Kinds are known without the prefix that the client's generator gives them.
const nameOf = (model: string) => model.replace(/^(?:Core)?V1/, '')

interface Attribute {
  readonly baseName: string
  readonly type: string
  readonly format: string
}

function attributesOf(model: string): readonly Attribute[] {
  const url = import.meta.resolve('@kubernetes/client-node')
  const text = readFileSync(new URL(`gen/models/${model}.js`, url), 'utf8')
  const start = text.indexOf('.attributeTypeMap = [') + '.attributeTypeMap = '.length
  return JSON.parse(text.slice(start, text.indexOf('\n];', start) + 2))
}

function schemaOf(type: string, format: string, use: (model: string) => void): Schema {
  const array = /^Array<(.*)>$/.exec(type)
  if (array?.[1]) return { type: 'array', items: schemaOf(array[1], format, use) }
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type)
  if (map?.[1]) return { type: 'object', additionalProperties: schemaOf(map[1], format, use) }
  switch (type) {
    case 'string':
    case 'boolean':
      return format ? { type, format } : { type }
    case 'number':
      return format.startsWith('int') ? { type: 'integer', format } : { type: 'number' }
    case 'Date':
    case 'V1MicroTime':
      return { type: 'string', format: 'date-time' }
    case 'IntOrString':
      return { 'x-kubernetes-int-or-string': true }
    case 'any':
    case 'object':
      return { 'x-kubernetes-preserve-unknown-fields': true }
    default:
      use(type)
      return reference(nameOf(type))
  }
}

function asQuantity(schema: Schema): Schema {
  const quantity = { 'x-kubernetes-int-or-string': true }
  return schema.type === 'object' ? { type: 'object', additionalProperties: quantity } : quantity
}

function listRules(where: string): Schema {
  const rule = lists[where]
  if (!rule) return {}
  return {
    ...(rule.patch === undefined ? {} : { 'x-kubernetes-patch-strategy': 'merge' }),
    ...(rule.patch ? { 'x-kubernetes-patch-merge-key': rule.patch } : {}),
    ...(rule.apply ? { 'x-kubernetes-list-type': rule.apply.length > 0 ? 'map' : 'set' } : {}),
    ...(rule.apply?.length ? { 'x-kubernetes-list-map-keys': rule.apply } : {}),
  }
}

/** Schemas of the built-in kinds and of everything they refer to. */
export function generate(): Definitions {
  const found: Record<string, Schema> = {}
  const queue = [...roots]
  for (let model = queue.shift(); model !== undefined; model = queue.shift()) {
    const name = nameOf(model)
    if (found[name]) continue
    const properties: Record<string, Schema> = {}
    for (const { baseName, type, format } of attributesOf(model)) {
      const schema = schemaOf(type, format, (used) => queue.push(used))
      const plain = quantities.test(baseName) && !schema.$ref ? asQuantity(schema) : schema
      const where = `${name}.${baseName}`
      const preset = where in defaults ? { default: defaults[where] } : {}
      properties[baseName] = { ...plain, ...listRules(where), ...preset }
    }
    found[name] = { type: 'object', properties }
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)))
}

if (import.meta.main) {
  writeFileSync(
    new URL('../../../api/kubernetes-schemas.json', import.meta.url),
    `${JSON.stringify(generate(), null, 2)}\n`,
  )
}
