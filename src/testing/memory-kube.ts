// A Kubernetes API in memory, for tests of whatever talks to a Kube: versions, conflicts, patches, finalizers and watches as a server has them.
import type { KubeObject, Resource } from '../api/kubernetes.ts'
import { type At, type Kube, KubeError, type Selection, type WatchEvent } from '../kube/client.ts'
import type { Clock } from '../system/clock.ts'
import {
  frozen,
  groupKind,
  keyOf,
  kindOf,
  matcher,
  patched,
  plain,
  rfc3339,
  type Stored,
  sorted,
  typed,
} from './memory-kube/objects.ts'
import { follow, type Past } from './memory-kube/watch.ts'

/** One request, as faults and tests see it. */
export interface MemoryRequest {
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'replace' | 'patch' | 'delete' | 'logs'
  /** Plural name of the kind, e.g. `pods`. */
  readonly resource: string
  readonly namespace: string
  /** Empty for lists and watches. */
  readonly name: string
  /** The object or patch that is sent. */
  readonly body?: unknown
}

/** A Kube whose server is this process; what a test may do to it besides. */
export interface MemoryKube extends Kube {
  /** Every write that changed something, in order. */
  readonly writes: readonly MemoryRequest[]
  /** Runs before each request; what it throws is what the client gets. Returns the function that ends it. */
  onRequest(fault: (request: MemoryRequest) => void | Promise<void>): () => void
  /** All objects of a kind, sorted by namespace and name. */
  all<T extends KubeObject>(resource: Resource<T>): readonly T[]
  /** The object; throws when there is none. */
  read<T extends KubeObject>(resource: Resource<T>, at: At): T
  /** Changes an object as another client would, conflicts and admission aside. */
  change<T extends KubeObject>(resource: Resource<T>, at: At, change: (object: T) => void): void
  /** Forgets the history: a watch from an older version gets 410. */
  compact(): void
  /** Ends all running watches: in order, or as a lost connection. */
  endWatches(how: 'closed' | 'lost'): void
  /** Sends a bookmark on all running watches. */
  bookmark(): void
  /** Gives a container a log. */
  setLog(at: At & { container: string }, text: string): void
}

/**
 * An empty cluster.
 * @param options.cluster Alias of the cluster; default `default`.
 */
export function memoryKube(options: { readonly clock: Clock; readonly cluster?: string }): MemoryKube {
  const { clock, cluster = 'default' } = options
  const kinds = new Map<string, Map<string, Stored>>()
  const past: Past = { history: [], watchers: new Set(), version: 100, compacted: 0 }
  const faults = new Set<(request: MemoryRequest) => void | Promise<void>>()
  const writes: MemoryRequest[] = []
  const logs = new Map<string, string>()
  let made = 0

  const objectsOf = (resource: Resource<KubeObject>) => {
    const kind = kindOf(resource)
    const known = kinds.get(kind)
    if (known) return known
    const created = new Map<string, Stored>()
    kinds.set(kind, created)
    return created
  }

  function commit(resource: Resource<KubeObject>, before: Stored | undefined, now: Stored | undefined): Stored {
    past.version++
    const subject = now ?? before
    if (!subject) throw new Error('nothing to commit')
    const stored = frozen({ ...subject, metadata: { ...subject.metadata, resourceVersion: String(past.version) } })
    const key = keyOf(resource, { namespace: subject.metadata.namespace ?? '', name: subject.metadata.name ?? '' })
    if (now) objectsOf(resource).set(key, stored)
    else objectsOf(resource).delete(key)
    past.history.push({
      version: past.version,
      kind: kindOf(resource),
      now: now && stored,
      before: now ? before : stored,
    })
    for (const watcher of past.watchers) watcher.wake()
    return stored
  }

  async function request(
    verb: MemoryRequest['verb'],
    resource: { plural: string; namespaced: boolean },
    at: Partial<At>,
    body?: unknown,
  ) {
    const namespace = resource.namespaced ? (at.namespace ?? '') : ''
    const one: MemoryRequest = {
      verb,
      resource: resource.plural,
      namespace,
      name: at.name ?? '',
      ...(body === undefined ? {} : { body }),
    }
    // A server is never reached in the same turn.
    await Promise.resolve()
    for (const fault of [...faults]) await fault(one)
    return one
  }

  function found(resource: Resource<KubeObject>, at: At): Stored {
    const object = objectsOf(resource).get(keyOf(resource, at))
    if (!object) throw new KubeError(404, 'NotFound', `${groupKind(resource)} "${at.name}" not found`)
    return object
  }

  function update(resource: Resource<KubeObject>, old: Stored, next: Stored, dryRun: boolean): Stored {
    const name = old.metadata.name ?? ''
    const wanted = next.metadata.resourceVersion
    if (wanted && wanted !== old.metadata.resourceVersion) {
      throw new KubeError(
        409,
        'Conflict',
        `Operation cannot be fulfilled on ${groupKind(resource)} "${name}": the object has been modified; please apply your changes to the latest version and try again`,
      )
    }
    if (next.metadata.uid && next.metadata.uid !== old.metadata.uid) {
      throw new KubeError(409, 'Conflict', `Precondition failed: UID in precondition: ${next.metadata.uid}`)
    }
    const { uid, creationTimestamp, deletionTimestamp, namespace, resourceVersion } = old.metadata
    const settled: Stored = {
      ...next,
      metadata: {
        ...next.metadata,
        name,
        ...(namespace ? { namespace } : {}),
        ...(uid ? { uid } : {}),
        ...(creationTimestamp ? { creationTimestamp } : {}),
        ...(resourceVersion ? { resourceVersion } : {}),
        ...(deletionTimestamp ? { deletionTimestamp } : {}),
      },
    }
    if (JSON.stringify(settled) === JSON.stringify(old)) return old
    if (dryRun) return settled
    const gone = deletionTimestamp && (settled.metadata.finalizers ?? []).length === 0
    if (gone) {
      commit(resource, settled, undefined)
      return settled
    }
    return commit(resource, old, settled)
  }

  return {
    cluster,
    writes,
    onRequest(fault) {
      faults.add(fault)
      return () => faults.delete(fault)
    },
    all: <T extends KubeObject>(resource: Resource<T>) =>
      sorted(objectsOf(resource).values()).map((object) => typed(resource, object)),
    read: <T extends KubeObject>(resource: Resource<T>, at: At) => typed(resource, found(resource, at)),
    change<T extends KubeObject>(resource: Resource<T>, at: At, change: (object: T) => void) {
      const old = found(resource, at)
      const copy = structuredClone(old)
      change(copy as KubeObject as T)
      update(resource, old, copy, false)
    },
    compact() {
      past.compacted = past.version
      past.history.length = 0
    },
    endWatches(how) {
      for (const watcher of past.watchers) {
        watcher.ended = how
        watcher.wake()
      }
    },
    bookmark() {
      for (const watcher of past.watchers) {
        watcher.bookmark = true
        watcher.wake()
      }
    },
    setLog: (at, text) => logs.set(`${at.namespace}/${at.name}/${at.container}`, text),

    async get<T extends KubeObject>(resource: Resource<T>, at: At) {
      await request('get', resource, at)
      const object = objectsOf(resource).get(keyOf(resource, at))
      return object && typed(resource, object)
    },

    async list<T extends KubeObject>(
      resource: Resource<T>,
      selection: Selection & { limit?: number; continue?: string } = {},
    ) {
      await request('list', resource, selection)
      const matches = matcher(selection)
      const all = sorted(objectsOf(resource).values()).filter(matches)
      const from = selection.continue ? Number(selection.continue) : 0
      const until = selection.limit ? from + selection.limit : all.length
      return {
        items: all.slice(from, until).map((object) => typed(resource, object)),
        resourceVersion: String(past.version),
        ...(until < all.length ? { continue: String(until) } : {}),
      }
    },

    async *watch<T extends KubeObject>(
      resource: Resource<T>,
      watch: Selection & { resourceVersion: string; signal: AbortSignal },
    ): AsyncGenerator<WatchEvent<T>> {
      await request('watch', resource, watch)
      yield* follow(past, resource, watch)
    },

    async create<T extends KubeObject>(resource: Resource<T>, object: T, { dryRun = false } = {}) {
      const meta = object.metadata ?? {}
      const name = meta.name ?? (meta.generateName ? `${meta.generateName}${String(++made).padStart(5, 'x')}` : '')
      const one = await request('create', resource, { ...meta, name }, object)
      if (!name)
        throw new KubeError(422, 'Invalid', `${groupKind(resource)} "" is invalid: metadata.name: Required value`)
      if (resource.namespaced && !meta.namespace) throw new KubeError(400, 'BadRequest', 'namespace is required')
      if (objectsOf(resource).has(keyOf(resource, { namespace: meta.namespace ?? '', name }))) {
        throw new KubeError(409, 'AlreadyExists', `${groupKind(resource)} "${name}" already exists`)
      }
      const { resourceVersion: _ignored, ...rest } = plain(meta)
      const stored: Stored = {
        apiVersion: resource.group ? `${resource.group}/${resource.version}` : resource.version,
        kind: resource.kind,
        ...plain(object),
        metadata: { ...rest, name, uid: `uid-${past.version + 1}`, creationTimestamp: rfc3339(clock.now()) },
      }
      if (dryRun) return typed(resource, stored)
      writes.push(one)
      return typed(resource, commit(resource, undefined, stored))
    },

    async replace<T extends KubeObject>(resource: Resource<T>, object: T) {
      const at = { namespace: object.metadata?.namespace ?? '', name: object.metadata?.name ?? '' }
      const one = await request('replace', resource, at, object)
      const old = found(resource, at)
      const now = update(resource, old, { ...plain(object), metadata: plain(object.metadata ?? {}) }, false)
      if (now !== old) writes.push(one)
      return typed(resource, now)
    },

    async patch<T extends KubeObject>(
      resource: Resource<T>,
      at: At,
      patch: Parameters<Kube['patch']>[2],
      { dryRun = false } = {},
    ) {
      const one = await request('patch', resource, at, patch)
      const old = found(resource, at)
      const next = patched(old, patch)
      const now = update(resource, old, { ...next, metadata: next.metadata ?? {} }, dryRun)
      if (now !== old && !dryRun) writes.push(one)
      return typed(resource, now)
    },

    async delete(resource, at, { uid, dryRun = false } = {}) {
      const one = await request('delete', resource, at)
      const old = objectsOf(resource).get(keyOf(resource, at))
      if (!old) return false
      if (uid && uid !== old.metadata.uid) {
        throw new KubeError(409, 'Conflict', `Precondition failed: UID in precondition: ${uid}`)
      }
      if (dryRun) return true
      if ((old.metadata.finalizers ?? []).length === 0) commit(resource, old, undefined)
      else if (!old.metadata.deletionTimestamp) {
        commit(resource, old, { ...old, metadata: { ...old.metadata, deletionTimestamp: rfc3339(clock.now()) } })
      } else return true
      writes.push(one)
      return true
    },

    async *logs(at, { container = 'test', tailLines } = {}) {
      await request('logs', { plural: 'pods', namespaced: true }, at)
      const text = logs.get(`${at.namespace}/${at.name}/${container}`)
      if (text === undefined) throw new KubeError(404, 'NotFound', `no log of container ${container} of pod ${at.name}`)
      yield Buffer.from(
        tailLines === undefined
          ? text
          : text
              .split(/(?<=\n)/)
              .slice(-tailLines)
              .join(''),
      )
    },
  }
}
