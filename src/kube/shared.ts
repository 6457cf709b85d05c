// Lists and watches for caches, shared: those in one process who follow the same objects cost one list, one watch and one copy in memory.
import type { KubeObject, Resource } from '../api/kubernetes.ts'
import { type Kube, KubeError, type KubeList, type Selection, type WatchEvent } from './client.ts'

type Object = KubeObject
type Event = WatchEvent<Object>

/** So many events are kept for those who have listed and do not watch yet. */
const kept = 1000

/**
 * The same client, through whose `followed` informers of the same selection share what they get. What they get is also the very same
 * objects, so nobody may change them. `signal` ends the watches.
 * @param slim Makes objects smaller for everybody.
 */
export function sharedKube(kube: Kube, signal: AbortSignal, slim: <T extends Object>(object: T) => T): Kube {
  const feeds = new Map<string, Feed>()
  const feedOf = (resource: Resource<Object>, { namespace, labelSelector, fieldSelector }: Selection): Feed => {
    const selection = {
      ...(namespace !== undefined && { namespace }),
      ...(labelSelector !== undefined && { labelSelector }),
      ...(fieldSelector !== undefined && { fieldSelector }),
    }
    const key = JSON.stringify([resource.group, resource.plural, namespace, labelSelector, fieldSelector])
    const known = feeds.get(key) ?? feed(kube, resource, selection, signal, slim)
    feeds.set(key, known)
    return known
  }
  return {
    ...kube,
    followed: {
      list: <T extends Object>(resource: Resource<T>, selection: Selection = {}) =>
        feedOf(resource, selection).list() as Promise<KubeList<T>>,
      watch: <T extends Object>(
        resource: Resource<T>,
        options: Selection & { resourceVersion: string; signal: AbortSignal },
      ) => feedOf(resource, options).watch(options.resourceVersion, options.signal) as AsyncIterable<WatchEvent<T>>,
    },
  }
}

interface Feed {
  list(): Promise<KubeList<Object>>
  watch(from: string, signal: AbortSignal): AsyncIterable<Event>
}

interface Follower {
  queue: Event[]
  news: PromiseWithResolvers<void>
  /** Set when nothing more comes; an error when that is why. */
  end?: { readonly error: unknown } | 'closed'
}

function feed(
  kube: Kube,
  resource: Resource<Object>,
  selection: Selection,
  signal: AbortSignal,
  slim: (object: Object) => Object,
): Feed {
  const objects = new Map<string, Object>()
  const followers = new Set<Follower>()
  // The events after `floor`, up to `version`.
  let recent: Event[] = []
  let floor = 0
  let version = '0'
  let listing: Promise<void> | undefined
  let following = false

  function take(event: Event): void {
    const { type, object } = event
    if (type === 'DELETED') objects.delete(keyOf(object))
    else if (type !== 'BOOKMARK') objects.set(keyOf(object), object)
    version = object.metadata?.resourceVersion ?? version
    recent.push(event)
    if (recent.length > 2 * kept) {
      floor = versionOf(recent[kept - 1]?.object)
      recent = recent.slice(kept)
    }
    for (const follower of followers) {
      follower.queue.push(event)
      follower.news.resolve()
    }
  }

  async function listAnew(): Promise<void> {
    const items: Object[] = []
    let page: KubeList<Object> | undefined
    do {
      page = await kube.list(resource, {
        ...selection,
        limit: pageSize,
        ...(page?.continue !== undefined && { continue: page.continue }),
      })
      for (const item of page.items) items.push(slim(item))
    } while (page.continue)
    objects.clear()
    for (const item of items) objects.set(keyOf(item), item)
    version = page.resourceVersion
    floor = Number(version)
    recent = []
    void follow()
  }

  /** Until the server ends the watch: then everybody is told, and who wants to go on starts the next one. */
  async function follow(): Promise<void> {
    following = true
    let end: Follower['end'] = 'closed'
    try {
      // A bookmark has nothing but a version.
      for await (const { type, object } of kube.watch(resource, { ...selection, resourceVersion: version, signal }))
        take({ type, object: type === 'BOOKMARK' ? object : slim(object) })
    } catch (error) {
      end = { error }
    }
    following = false
    for (const follower of followers) {
      follower.end = end
      follower.news.resolve()
    }
  }

  return {
    async list() {
      if (!following) {
        listing ??= listAnew().finally(() => {
          listing = undefined
        })
        await listing
      }
      return { items: [...objects.values()], resourceVersion: version }
    },
    async *watch(from, end) {
      if (Number(from) < floor) throw new KubeError(410, 'Expired', `too old resource version: ${from} (${floor})`)
      const queue = recent.filter(({ object }) => versionOf(object) > Number(from))
      const follower: Follower = { queue, news: Promise.withResolvers() }
      followers.add(follower)
      const leave = () => follower.news.resolve()
      end.addEventListener('abort', leave, { once: true })
      if (!following) void follow()
      try {
        while (!end.aborted) {
          const batch = follower.queue
          follower.queue = []
          yield* batch
          if (follower.queue.length > 0) continue
          if (follower.end === 'closed') return
          if (follower.end) throw follower.end.error
          await follower.news.promise
          follower.news = Promise.withResolvers()
        }
      } finally {
        followers.delete(follower)
        end.removeEventListener('abort', leave)
      }
    },
  }
}

const pageSize = 500
const keyOf = ({ metadata }: Object) => `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`
const versionOf = (object: Object | undefined) => Number(object?.metadata?.resourceVersion)
