// Makes builtin.json, the schemas of the built-in kinds, from the models of the Kubernetes client.
// Run it after an upgrade of the client: node src/engine/apiserver/schema/generate.ts
import { readFileSync, writeFileSync } from 'node:fs'
import { type Definitions, reference, type Schema } from './types.ts'

const roots = [
  'V1Namespace',
  'V1Node',
  'V1Pod',
  'V1Binding',
  'V1ConfigMap',
  'V1Secret',
  'CoreV1Event',
  'V1ServiceAccount',
  'V1Lease',
  'V1CustomResourceDefinition',
  'V1SelfSubjectAccessReview',
]

// Where Kubernetes merges lists by key or as sets; every other list is replaced as a whole. The models do not say it.
// `patch` is the strategic merge key ("" for a set of plain values), `apply` are the keys of server-side apply.
const lists: Readonly<Record<string, { patch?: string; apply?: readonly string[] }>> = {
  'V1ObjectMeta.ownerReferences': { patch: 'uid', apply: ['uid'] },
  'V1ObjectMeta.finalizers': { patch: '', apply: [] },
  'V1PodSpec.containers': { patch: 'name', apply: ['name'] },
  'V1PodSpec.initContainers': { patch: 'name', apply: ['name'] },
  'V1PodSpec.ephemeralContainers': { patch: 'name', apply: ['name'] },
  'V1PodSpec.volumes': { patch: 'name', apply: ['name'] },
  'V1PodSpec.imagePullSecrets': { patch: 'name', apply: ['name'] },
  'V1PodSpec.hostAliases': { patch: 'ip', apply: ['ip'] },
  'V1PodSpec.topologySpreadConstraints': { patch: 'topologyKey', apply: ['topologyKey', 'whenUnsatisfiable'] },
  'V1PodSpec.resourceClaims': { patch: 'name', apply: ['name'] },
  'V1PodSpec.schedulingGates': { patch: 'name', apply: ['name'] },
  'V1Container.env': { patch: 'name', apply: ['name'] },
  'V1Container.ports': { patch: 'containerPort', apply: ['containerPort', 'protocol'] },
  'V1Container.volumeMounts': { patch: 'mountPath', apply: ['mountPath'] },
  'V1Container.volumeDevices': { patch: 'devicePath', apply: ['devicePath'] },
  'V1EphemeralContainer.env': { patch: 'name', apply: ['name'] },
  'V1EphemeralContainer.ports': { patch: 'containerPort', apply: ['containerPort', 'protocol'] },
  'V1EphemeralContainer.volumeMounts': { patch: 'mountPath', apply: ['mountPath'] },
  'V1EphemeralContainer.volumeDevices': { patch: 'devicePath', apply: ['devicePath'] },
  'V1ResourceRequirements.claims': { apply: ['name'] },
  'V1PodStatus.conditions': { patch: 'type', apply: ['type'] },
  'V1PodStatus.podIPs': { patch: 'ip', apply: ['ip'] },
  'V1PodStatus.resourceClaimStatuses': { patch: 'name', apply: ['name'] },
  'V1NamespaceStatus.conditions': { patch: 'type', apply: ['type'] },
  'V1NodeStatus.conditions': { patch: 'type', apply: ['type'] },
  'V1NodeStatus.addresses': { patch: 'type', apply: ['type'] },
  'V1NodeSpec.podCIDRs': { patch: '', apply: [] },
  'V1ServiceAccount.secrets': { patch: 'name', apply: ['name'] },
  'V1CustomResourceDefinitionStatus.conditions': { apply: ['type'] },
}

// What Kubernetes fills in when the client says nothing.
const defaults: Readonly<Record<string, unknown>> = {
  'V1PodSpec.restartPolicy': 'Always',
  'V1PodSpec.terminationGracePeriodSeconds': 30,
  'V1PodSpec.dnsPolicy': 'ClusterFirst',
  'V1PodSpec.schedulerName': 'default-scheduler',
  'V1PodSpec.enableServiceLinks': true,
  'V1PodSpec.securityContext': {},
  'V1Container.resources': {},
  'V1Container.terminationMessagePath': '/dev/termination-log',
  'V1Container.terminationMessagePolicy': 'File',
  'V1ContainerPort.protocol': 'TCP',
  'V1Probe.timeoutSeconds': 1,
  'V1Probe.periodSeconds': 10,
  'V1Probe.successThreshold': 1,
  'V1Probe.failureThreshold': 3,
  'V1HTTPGetAction.path': '/',
  'V1HTTPGetAction.scheme': 'HTTP',
  'V1SecretVolumeSource.defaultMode': 0o644,
  'V1ConfigMapVolumeSource.defaultMode': 0o644,
  'V1DownwardAPIVolumeSource.defaultMode': 0o644,
  'V1ProjectedVolumeSource.defaultMode': 0o644,
  'V1ServiceAccountTokenProjection.expirationSeconds': 3600,
  'V1ObjectFieldSelector.apiVersion': 'v1',
  'V1HostPathVolumeSource.type': '',
  'V1Secret.type': 'Opaque',
}

// Quantities are strings in the models, but numbers are as good to Kubernetes.
const quantities = /^(limits|requests|capacity|allocatable|allocatedResources|overhead|divisor|sizeLimit)$/

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
      return reference(type)
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
    if (found[model]) continue
    const properties: Record<string, Schema> = {}
    for (const { baseName, type, format } of attributesOf(model)) {
      const schema = schemaOf(type, format, (used) => queue.push(used))
      const plain = quantities.test(baseName) && !schema.$ref ? asQuantity(schema) : schema
      const where = `${model}.${baseName}`
      const preset = where in defaults ? { default: defaults[where] } : {}
      properties[baseName] = { ...plain, ...listRules(where), ...preset }
    }
    found[model] = { type: 'object', properties }
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The text of builtin.json. One definition a line keeps its history readable. */
export function generateText(): string {
  const lines = Object.entries(generate()).map(([name, schema]) => `${JSON.stringify(name)}: ${JSON.stringify(schema)}`)
  return `{\n${lines.join(',\n')}\n}\n`
}

if (import.meta.main) {
  writeFileSync(new URL('builtin.json', import.meta.url), generateText())
}
