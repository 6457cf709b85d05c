// What components ask of a Kubernetes API, embedded or real. Implemented in http.ts; nothing above knows which one it is.
import type { KubeObject, Resource } from '../api/kubernetes.ts'

/** Name of an object. `namespace` is ignored for cluster-scoped kinds. */
export interface At {
  readonly namespace?: string
  readonly name: string
}

/** Which objects of a kind. Selectors are Kubernetes' text forms, e.g. `a=b,c!=d`. */
export interface Selection {
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
}

export interface KubeList<T> {
  readonly items: T[]
  /** Where a watch has to start to miss nothing. */
  readonly resourceVersion: string
  /** Present when `limit` cut the list short. */
  readonly continue?: string
}

export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'
  readonly object: T
}

/** A patch, in one of the forms that an API server understands. */
export type Patch =
  | { readonly merge: object }
  | { readonly json: readonly { op: string; path: string; value?: unknown; from?: string }[] }
  | { readonly strategic: object }

interface LogOptions {
  readonly container?: string
  readonly follow?: boolean
  readonly tailLines?: number
  readonly timestamps?: boolean
  readonly limitBytes?: number
  readonly signal?: AbortSignal
}

/** A client of one cluster. Every method may throw KubeError (the server said no) or a network error. */
export interface Kube {
  /** Alias for messages: the kubeconfig context. */
  readonly cluster: string
  /** Undefined when there is no such object. */
  get<T extends KubeObject>(resource: Resource<T>, at: At): Promise<T | undefined>
  list<T extends KubeObject>(
    resource: Resource<T>,
    selection?: Selection & { limit?: number; continue?: string },
  ): Promise<KubeList<T>>
  /** Events after `resourceVersion`, until the server ends the watch (normal, every few minutes) or `signal` aborts.
   *  A compacted resource version is thrown as KubeError 410. */
  watch<T extends KubeObject>(
    resource: Resource<T>,
    options: Selection & { resourceVersion: string; signal: AbortSignal },
  ): AsyncIterable<WatchEvent<T>>
  create<T extends KubeObject>(resource: Resource<T>, object: T, options?: { dryRun?: boolean }): Promise<T>
  /** Full update; 409 KubeError when `metadata.resourceVersion` is set and no longer current. */
  replace<T extends KubeObject>(resource: Resource<T>, object: T): Promise<T>
  /** Throws KubeError 404 when there is no such object. */
  patch<T extends KubeObject>(
    resource: Resource<T>,
    at: At,
    patch: Patch,
    options?: { dryRun?: boolean; subresource?: 'status' },
  ): Promise<T>
  /** False when there was nothing to delete. */
  delete(
    resource: Resource<KubeObject>,
    at: At,
    options?: { gracePeriodSeconds?: number; uid?: string; dryRun?: boolean },
  ): Promise<boolean>
  /** For caches, where several of one process may share what they follow: lists that may lag behind by a moment, and their watches. */
  readonly followed?: Pick<Kube, 'list' | 'watch'>
  /** The bytes of a container's log, as they come. */
  logs(at: At, options?: LogOptions): AsyncIterable<Uint8Array>
}

/** The clusters of an installation. */
export interface Clusters {
  /** Where ProwJobs live. */
  readonly infrastructure: Kube
  /** The build cluster of that alias; undefined when the kubeconfig has no such context. Empty means `default`. */
  build(alias: string): Kube | undefined
  /** All aliases of build clusters, sorted. */
  aliases(): readonly string[]
  /** Contexts that are configured but cannot be used, sorted. */
  unusable(): readonly string[]
}

/** The server's answer to a request it did not carry out: a Status object of the Kubernetes API. */
export class KubeError extends Error {
  override readonly name = 'KubeError'
  /** HTTP status, e.g. 404. */
  readonly code: number
  /** Kubernetes' reason, e.g. `NotFound`, `AlreadyExists`, `Conflict`, `Invalid`; may be empty. */
  readonly reason: string

  constructor(code: number, reason: string, message: string) {
    super(message)
    this.code = code
    this.reason = reason
  }
}
