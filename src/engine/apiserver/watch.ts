// Fan-out of committed changes to watchers: each event is written out once, however many look at it.
import type { ServerResponse } from 'node:http'
import type { Clock } from '../../system/clock.ts'
import { drained } from './http/call.ts'
import type { Writer } from './http/form.ts'
import { type Selection, selects, selectsAll } from './http/selection.ts'
import { apiVersionOf, type Kind, resourceOf } from './kinds/kind.ts'
import { type ApiError, expired } from './status.ts'
import type { Change, Store } from './store.ts'

/** One open watch. */
export interface WatchRequest {
  readonly kind: Kind
  readonly selection: Selection
  readonly writer: Writer
  readonly res: ServerResponse
  readonly bookmarks: boolean
  readonly timeoutMs: number | undefined
  /** Events after this revision are sent. */
  readonly after: number
}

/** The open watches of a server. */
export interface WatchHub {
  /** Sends what happened since, and then what happens, until the client leaves, the time is over or the hub closes. */
  serve(request: WatchRequest): Promise<void>
  /** Ends every watch; clients resume elsewhere or later from their resourceVersion. */
  close(): void
}

interface Watcher extends WatchRequest {
  readonly resource: string
}

const bookmarkEveryMs = 60_000
// A client that lags behind by so much is cut off; it resumes from the history.
const maxBufferedBytes = 16 * 1024 * 1024
const catchUpBatch = 500

// What a change means to someone who sees only a selection; undefined when it means nothing.
function eventFor(selection: Selection, change: Change): 'ADDED' | 'MODIFIED' | 'DELETED' | undefined {
  if (selection.namespace !== undefined && selection.namespace !== change.namespace) return undefined
  if (selectsAll(selection)) return change.type
  const { old_labels, old_fields } = change
  const before = old_labels !== null && selects(selection, { ...change, labels: old_labels, fields: old_fields ?? '' })
  const now = change.type !== 'DELETED' && selects(selection, change)
  if (now) return before ? 'MODIFIED' : 'ADDED'
  return before ? 'DELETED' : undefined
}

/** One line of a watch. */
export const eventLine = (type: string, object: string) => `{"type":"${type}","object":${object}}\n`

/** The line that says how far a watch has come; with `initialEnd` also that the initial objects are through. */
export function bookmarkLine(
  { kind, writer }: Pick<WatchRequest, 'kind' | 'writer'>,
  revision: number,
  initialEnd = false,
): string {
  const metadata = {
    resourceVersion: String(revision),
    creationTimestamp: null,
    ...(initialEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
  }
  const object = writer.id.startsWith('table')
    ? writer.listStart({ resourceVersion: String(revision) }) + writer.listEnd.trimEnd()
    : JSON.stringify({ kind: kind.kind, apiVersion: apiVersionOf(kind), metadata })
  return eventLine('BOOKMARK', object)
}

/** Opens a hub on a store. */
export function createWatchHub(store: Store, clock: Clock): WatchHub {
  const watchers = new Map<string, Set<Watcher>>()
  const open = new Set<ServerResponse>()
  let cancelBookmarks: (() => void) | undefined

  store.onCommit((changes) => {
    for (const change of changes) {
      const interested = watchers.get(change.resource)
      if (!interested?.size) continue
      const lines = new Map<string, Buffer>()
      for (const watcher of interested) {
        const type = watcher.res.writableEnded ? undefined : eventFor(watcher.selection, change)
        if (type === undefined) continue
        const id = `${type} ${watcher.writer.id}`
        let line = lines.get(id)
        if (!line) {
          line = Buffer.from(eventLine(type, watcher.writer.one(change.body).trimEnd()))
          lines.set(id, line)
        }
        watcher.res.write(line)
        if (watcher.res.writableLength > maxBufferedBytes) watcher.res.destroy()
      }
    }
  })

  function register(watcher: Watcher): void {
    const set = watchers.get(watcher.resource) ?? new Set()
    watchers.set(watcher.resource, set)
    set.add(watcher)
    watcher.res.on('close', () => set.delete(watcher))
    cancelBookmarks ??= clock.after(bookmarkEveryMs, sendBookmarks)
  }

  function sendBookmarks(): void {
    cancelBookmarks = undefined
    let any = false
    for (const watcher of [...watchers.values()].flatMap((set) => [...set])) {
      any = true
      if (watcher.bookmarks && !watcher.res.writableEnded) watcher.res.write(bookmarkLine(watcher, store.revision()))
    }
    if (any) cancelBookmarks = clock.after(bookmarkEveryMs, sendBookmarks)
  }

  return {
    async serve(request) {
      const { res, selection, writer, timeoutMs } = request
      const watcher = { ...request, resource: resourceOf(request.kind) }
      open.add(res)
      const cancelTimeout = timeoutMs === undefined ? undefined : clock.after(timeoutMs, () => res.end())
      res.on('close', () => {
        open.delete(res)
        cancelTimeout?.()
      })
      let cursor = request.after
      while (!res.destroyed && !res.writableEnded) {
        if (cursor < store.compacted()) {
          res.end(eventLine('ERROR', JSON.stringify(tooOld(cursor, store.compacted()).status)))
          return
        }
        const batch = store.changes(cursor, catchUpBatch)
        const last = batch.at(-1)
        if (!last) {
          // Nothing can be committed between this and the look at the history before.
          register(watcher)
          return
        }
        for (const change of batch) {
          const type = change.resource === watcher.resource ? eventFor(selection, change) : undefined
          if (type !== undefined) res.write(eventLine(type, writer.one(change.body).trimEnd()))
        }
        cursor = last.revision
        await drained(res)
      }
    },
    close() {
      cancelBookmarks?.()
      for (const res of open) res.end()
    },
  }
}

/** 410: the history no longer reaches back to this revision. */
export const tooOld = (revision: number, compacted: number): ApiError =>
  expired(`too old resource version: ${revision} (${compacted})`)
