// The Kubernetes objects in use, as plain data exactly as they are on the wire (times are RFC 3339 strings).
import type { Lease as LeaseV1 } from 'kubernetes-types/coordination/v1.js'
import type {
  ConfigMap as ConfigMapV1,
  ContainerStatus as ContainerStatusV1,
  Container as ContainerV1,
  Event as EventV1,
  Node as NodeV1,
  PodSpec as PodSpecV1,
  PodStatus as PodStatusV1,
  Pod as PodV1,
  Secret as SecretV1,
} from 'kubernetes-types/core/v1.js'
import type { ObjectMeta as ObjectMetaV1 } from 'kubernetes-types/meta/v1.js'

export type ObjectMeta = ObjectMetaV1
export type Pod = PodV1 & KubeObject
export type PodSpec = PodSpecV1
export type PodStatus = PodStatusV1
export type Container = ContainerV1
export type ContainerStatus = ContainerStatusV1
export type ConfigMap = ConfigMapV1 & KubeObject
export type Secret = SecretV1 & KubeObject
export type Event = EventV1 & KubeObject
export type Lease = LeaseV1 & KubeObject
export type Node = NodeV1 & KubeObject

/** Any object of the Kubernetes API. */
export interface KubeObject {
  apiVersion?: string
  kind?: string
  metadata?: ObjectMeta
}

/** Address of a kind in the API: what a client needs to build its URL. `T` is the type of its objects. */
export interface Resource<T extends KubeObject> {
  /** Empty for the core group. */
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly namespaced: boolean
  /** Only carries the type. */
  readonly objects?: T
  /** Fills in what the type promises and a server may leave out. Clients apply it to every object that comes in. */
  complete?(object: T): T
}

export const pods: Resource<Pod> = core('Pod', 'pods')
export const configMaps: Resource<ConfigMap> = core('ConfigMap', 'configmaps')
export const secrets: Resource<Secret> = core('Secret', 'secrets')
export const events: Resource<Event> = core('Event', 'events')
export const nodes: Resource<Node> = { ...core('Node', 'nodes'), namespaced: false }
export const leases: Resource<Lease> = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
}

function core(kind: string, plural: string) {
  return { group: '', version: 'v1', kind, plural, namespaced: true }
}
