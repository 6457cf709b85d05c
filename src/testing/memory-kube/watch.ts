// What has happened in the Kubernetes API in memory, and those who follow it.
import type { KubeObject, Resource } from '../../api/kubernetes.ts'
import { KubeError, type Selection, type WatchEvent } from '../../kube/client.ts'
import { kindOf, matcher, type Stored, typed } from './objects.ts'

interface Entry {
  readonly version: number
  readonly kind: string
  readonly now: Stored | undefined
  readonly before: Stored | undefined
}
interface Watcher {
  readonly wake: () => void
  ended?: 'closed' | 'lost'
  bookmark: boolean
}

/** Everything since the last compaction, and who watches. */
export interface Past {
  readonly history: Entry[]
  readonly watchers: Set<Watcher>
  /** Of the newest change. */
  version: number
  /** Up to here nothing is known any more. */
  compacted: number
}

/** What happens to the objects of a kind from a version on, until the signal aborts or the watch is ended. */
export async function* follow<T extends KubeObject>(
  past: Past,
  resource: Resource<T>,
  watch: Selection & { resourceVersion: string; signal: AbortSignal },
): AsyncGenerator<WatchEvent<T>> {
  const kind = kindOf(resource)
  const matches = matcher(watch)
  let seen = Number(watch.resourceVersion)
  if (seen < past.compacted) throw expired(watch.resourceVersion)
  let wake = () => {}
  const watcher: Watcher = { wake: () => wake(), bookmark: false }
  past.watchers.add(watcher)
  const abort = () => wake()
  watch.signal.addEventListener('abort', abort)
  try {
    while (!watch.signal.aborted) {
      if (watcher.ended === 'closed') return
      if (watcher.ended === 'lost') throw Object.assign(new Error('other side closed'), { code: 'ECONNRESET' })
      if (seen < past.compacted) throw expired(String(seen))
      // Versions follow each other without a gap.
      const first = past.history[0]?.version ?? past.version + 1
      const entry = past.history[Math.max(0, seen + 1 - first)]
      if (entry) {
        seen = entry.version
        const event = entry.kind === kind ? eventOf(resource, entry, matches) : undefined
        if (event) yield event
        continue
      }
      if (watcher.bookmark) {
        watcher.bookmark = false
        yield { type: 'BOOKMARK', object: { metadata: { resourceVersion: String(past.version) } } as T }
        continue
      }
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  } finally {
    past.watchers.delete(watcher)
    watch.signal.removeEventListener('abort', abort)
  }
}

const expired = (since: string) => new KubeError(410, 'Expired', `too old resource version: ${since}`)

// What a watch sees of a change: an object that stops matching is deleted for it, one that begins to match is added.
function eventOf<T extends KubeObject>(
  resource: Resource<T>,
  entry: Entry,
  matches: (object: Stored) => boolean,
): WatchEvent<T> | undefined {
  const before = entry.before && matches(entry.before) ? entry.before : undefined
  const now = entry.now && matches(entry.now) ? entry.now : undefined
  if (now) return { type: before ? 'MODIFIED' : 'ADDED', object: typed(resource, now) }
  if (before) {
    const last = entry.now ?? before
    return { type: 'DELETED', object: typed(resource, last) }
  }
  return undefined
}
