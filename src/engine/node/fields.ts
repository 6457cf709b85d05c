// What a Pod may ask about itself: fieldRef and resourceFieldRef, for variables and for downwardAPI files.
import type { ObjectFieldSelector, ResourceFieldSelector } from 'kubernetes-types/core/v1.js'
import type { Container, Pod } from '../../api/kubernetes.ts'
import { quantityNumber } from '../../config/quantities.ts'

/** The node as a Pod sees it. */
export interface NodeFacts {
  readonly nodeName: string
  readonly hostIP: string
  /** Cores and bytes that stand in for a limit that is not set. */
  readonly cpu: number
  readonly memory: number
}

/** Value of a field of the Pod; undefined when there is no such field. */
export function fieldValue({ fieldPath }: ObjectFieldSelector, pod: Pod, node: NodeFacts): string | undefined {
  const meta = pod.metadata ?? {}
  const [, map, key = ''] = /^metadata\.(labels|annotations)\['([^']*)'\]$/.exec(fieldPath) ?? []
  if (map === 'labels') return meta.labels?.[key] ?? ''
  if (map === 'annotations') return meta.annotations?.[key] ?? ''
  switch (fieldPath) {
    case 'metadata.name':
      return meta.name ?? ''
    case 'metadata.namespace':
      return meta.namespace ?? ''
    case 'metadata.uid':
      return meta.uid ?? ''
    case 'metadata.labels':
      return lines(meta.labels)
    case 'metadata.annotations':
      return lines(meta.annotations)
    case 'spec.nodeName':
      return node.nodeName
    case 'spec.serviceAccountName':
      return pod.spec?.serviceAccountName ?? 'default'
    // Pods share the network of the machine.
    case 'status.hostIP':
    case 'status.hostIPs':
    case 'status.podIP':
    case 'status.podIPs':
      return node.hostIP
    default:
      return undefined
  }
}

/** Value of a request or limit of a container, rounded up to the divisor as the kubelet does; undefined for an unknown resource. */
export function resourceValue(
  { containerName, resource, divisor }: ResourceFieldSelector,
  pod: Pod,
  own: Container | undefined,
  node: NodeFacts,
): string | undefined {
  const all = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])]
  const container = containerName ? all.find(({ name }) => name === containerName) : own
  if (!container) return undefined
  const [kind = '', name = ''] = resource.split(/\.(.*)/s)
  if (kind !== 'limits' && kind !== 'requests') return undefined
  const capacity: Readonly<Record<string, number>> = { cpu: node.cpu, memory: node.memory, 'ephemeral-storage': 0 }
  if (!Object.hasOwn(capacity, name)) return undefined
  const text =
    container.resources?.[kind]?.[name] ?? (kind === 'requests' ? container.resources?.limits?.[name] : undefined)
  const value = text !== undefined ? quantityNumber(text) : kind === 'limits' ? (capacity[name] ?? 0) : 0
  const unit = divisor === undefined || quantityNumber(divisor) === 0 ? 1 : quantityNumber(divisor)
  // The division of binary fractions may end a hair above a whole number.
  return String(Math.ceil(Number((value / unit).toFixed(6))))
}

function lines(map: Readonly<Record<string, string>> = {}): string {
  return Object.keys(map)
    .sort()
    .map((key) => `${key}=${JSON.stringify(map[key])}`)
    .join('\n')
}
