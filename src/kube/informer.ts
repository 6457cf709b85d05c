// informer: keeps the objects of one kind in memory by list and watch, and tells who listens about every change.
import type { Logger } from 'pino'
import type { KubeObject, Resource } from '../api/kubernetes.ts'
import type { Clock } from '../system/clock.ts'
import type { Ids } from '../system/ids.ts'
import { type Kube, KubeError, type KubeList, type Selection } from './client.ts'

/** A change as listeners get it. `before` is the object that was known until then. */
export type Change<T> =
  | {
      readonly type: 'added'
      readonly now: T /** Part of the first list: nothing has happened. */
      readonly initial: boolean
    }
  | { readonly type: 'modified'; readonly now: T; readonly before: T }
  | { readonly type: 'deleted'; readonly before: T }

/** A cache of the objects of one kind. Objects are shared by everybody who asks: never change them. */
export interface Informer<T extends KubeObject> {
  /** Resolves when the first list is in; rejects only when the informer ends before. */
  readonly synced: Promise<void>
  /** Why the cache cannot follow the server at the moment; undefined when it does. `since` in milliseconds since the epoch. */
  trouble(): { readonly error: unknown; readonly since: number } | undefined
  get(namespace: string, name: string): T | undefined
  list(): readonly T[]
  /** Objects for which the index of that name gives `value`. */
  by(index: string, value: string): readonly T[]
  /**
   * Takes in the server's answer to one's own write, so that the next decision sees it before the watch brings it.
   * An answer older than what is known is ignored, and so is that of a dry run.
   */
  observe(object: T): void
  /** Called after each change, in order. What it throws is logged. Returns the function that ends the subscription. */
  on(listener: (change: Change<T>) => void): () => void
  /** Called when the server answers again after trouble. */
  onRecovery(listener: () => void): () => void
}

export interface InformerOptions<T extends KubeObject> {
  readonly kube: Kube
  readonly resource: Resource<T>
  readonly selection?: Selection
  /** Makes objects smaller before they are kept; the default drops `managedFields`. Must keep name, namespace and resourceVersion. */
  readonly transform?: (object: T) => T
  /** Name → value of an object in that index; undefined leaves it out. */
  readonly indexes?: Readonly<Record<string, (object: T) => string | undefined>>
  readonly clock: Clock
  readonly ids: Pick<Ids, 'fraction'>
  readonly log: Logger
  readonly signal: AbortSignal
}

const pageSize = 500
const backoffMs = { first: 800, most: 30_000 }
// A watch that ends sooner without having said anything is as good as a failure.
const shortestWatchMs = 1000

/** Starts an informer, which runs until the signal aborts. It never gives up: every failure is tried again, ever less often. */
export function informer<T extends KubeObject>(options: InformerOptions<T>): Informer<T> {
  const { kube, resource, selection = {}, transform = withoutManagedFields, clock, ids, signal } = options
  const source = kube.followed ?? kube
  const log = options.log.child({ cluster: kube.cluster, resource: resource.plural })
  const objects = new Map<string, T>()
  const indexes = Object.entries(options.indexes ?? {}).map(([name, pick]) => ({
    name,
    pick,
    buckets: new Map<string, Map<string, T>>(),
  }))
  const listeners = new Set<(change: Change<T>) => void>()
  const recoveries = new Set<() => void>()
  const synced = Promise.withResolvers<void>()
  synced.promise.catch(() => {})
  let initial = true
  let highest = 0
  let trouble: { error: unknown; since: number } | undefined

  function tell(change: Change<T>): void {
    for (const listener of [...listeners]) guarded(() => listener(change))
  }
  function guarded(act: () => void): void {
    try {
      act()
    } catch (err) {
      log.error({ err }, 'a listener failed')
    }
  }

  function put(object: T, whateverItsVersion = false): void {
    const now = transform(object)
    const key = keyOf(now)
    let before = objects.get(key)
    if (before && !whateverItsVersion && !isNewer(now, before)) return
    if (before && before.metadata?.uid !== now.metadata?.uid) {
      remove(key)
      before = undefined
    }
    highest = Math.max(highest, versionOf(now) || 0)
    objects.set(key, now)
    for (const index of indexes) reindex(index, key, before, now)
    tell(before ? { type: 'modified', now, before } : { type: 'added', now, initial })
  }

  function remove(key: string): void {
    const before = objects.get(key)
    if (!before) return
    objects.delete(key)
    for (const index of indexes) reindex(index, key, before, undefined)
    tell({ type: 'deleted', before })
  }

  async function relist(): Promise<string> {
    const seen = new Set<string>()
    const known = highest
    let page: KubeList<T> | undefined
    let restarted = false
    do {
      page = await source.list(resource, {
        ...selection,
        limit: pageSize,
        ...(page?.continue ? { continue: page.continue } : {}),
      })
      // A list is never older than what was known before it was asked for, unless the server begins to count anew.
      restarted = Number(page.resourceVersion) < known
      for (const object of page.items) {
        seen.add(keyOf(object))
        put(object, restarted)
      }
    } while (page.continue)
    for (const [key, object] of [...objects]) {
      // What is newer than the list was written while the list was under way.
      const written = !restarted && versionOf(object) > Number(page.resourceVersion)
      if (!seen.has(key) && !written) remove(key)
    }
    if (restarted) highest = Number(page.resourceVersion)
    return page.resourceVersion
  }

  // Until the watch ends. `moved` is told each version to go on from.
  async function follow(from: string, moved: (version: string) => void): Promise<void> {
    for await (const { type, object } of source.watch(resource, { ...selection, resourceVersion: from, signal })) {
      if (type === 'DELETED') {
        const known = objects.get(keyOf(object))
        // One's own newer object of the same name must not go with the old one.
        if (known && !(versionOf(known) > versionOf(object))) remove(keyOf(object))
      } else if (type !== 'BOOKMARK') put(object)
      const version = object.metadata?.resourceVersion
      if (version) moved(version)
      recovered()
    }
  }

  function recovered(): void {
    if (!trouble) return
    trouble = undefined
    log.info('the server answers again')
    for (const listener of [...recoveries]) guarded(listener)
  }

  async function run(): Promise<void> {
    let version: string | undefined
    let failures = 0
    while (!signal.aborted) {
      const start = clock.now()
      try {
        if (version === undefined) {
          version = await relist()
          recovered()
          if (initial) {
            initial = false
            synced.resolve()
          }
        } else if (trouble) {
          // A watch of quiet objects would not tell for minutes that the server is back.
          await source.list(resource, { ...selection, limit: 1 })
          recovered()
        }
        const from: string = version
        await follow(from, (moved) => {
          version = moved
          failures = 0
        })
        if (version !== from || clock.now() - start >= shortestWatchMs) {
          failures = 0
          continue
        }
        if (!signal.aborted) log.debug('the server ended a watch at once')
      } catch (error) {
        if (signal.aborted) break
        if (isExpired(error)) {
          log.info('the version to go on from is gone; listing anew')
          version = undefined
          if (failures === 0) {
            failures++
            continue
          }
        } else {
          trouble ??= { error, since: clock.now() }
          // The first failure of a row says it all.
          log[failures === 0 ? 'warn' : 'debug']({ err: error }, 'cannot follow the server; trying again')
        }
      }
      const delay = Math.min(backoffMs.first * 2 ** failures, backoffMs.most) * (1 + ids.fraction())
      failures++
      await clock.sleep(delay, signal).catch(() => {})
    }
    synced.reject(signal.reason)
  }

  void run().catch((err: unknown) => log.error({ err }, 'informer ended by a fault'))

  return {
    synced: synced.promise,
    trouble: () => trouble,
    get: (namespace, name) => objects.get(`${namespace}/${name}`),
    list: () => [...objects.values()],
    by(name, value) {
      const index = indexes.find((one) => one.name === name)
      if (!index) throw new Error(`informer of ${resource.plural} has no index ${name}`)
      return [...(index.buckets.get(value)?.values() ?? [])]
    },
    observe(object) {
      const version = object.metadata?.resourceVersion
      if (version) put(object)
    },
    on: (listener) => subscribe(listeners, listener),
    onRecovery: (listener) => subscribe(recoveries, listener),
  }
}

function subscribe<L>(to: Set<L>, listener: L): () => void {
  to.add(listener)
  return () => to.delete(listener)
}

const keyOf = ({ metadata }: KubeObject) => `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`

// Versions are decimal numbers that grow, as Kubernetes promises since 1.35 and every etcd did before. Anything else
// compares as NaN, and then the newest word of the server holds.
const versionOf = ({ metadata }: KubeObject) => Number(metadata?.resourceVersion)
const isNewer = (now: KubeObject, before: KubeObject) => !(versionOf(now) <= versionOf(before))

const isExpired = (error: unknown) => error instanceof KubeError && error.code === 410

/** Drops what nobody here reads and what makes up a large part of many objects. */
export function withoutManagedFields<T extends KubeObject>(object: T): T {
  if (!object.metadata?.managedFields) return object
  const { managedFields: _dropped, ...metadata } = object.metadata
  return { ...object, metadata }
}

function reindex<T extends KubeObject>(
  index: { pick: (object: T) => string | undefined; buckets: Map<string, Map<string, T>> },
  key: string,
  before: T | undefined,
  now: T | undefined,
): void {
  const from = before && index.pick(before)
  const to = now && index.pick(now)
  if (from !== undefined && from !== to) {
    const bucket = index.buckets.get(from)
    bucket?.delete(key)
    if (bucket?.size === 0) index.buckets.delete(from)
  }
  if (now === undefined || to === undefined) return
  const bucket = index.buckets.get(to)
  if (bucket) bucket.set(key, now)
  else index.buckets.set(to, new Map([[key, now]]))
}
