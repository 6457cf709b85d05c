// GET /api/events: changes of the list as server-sent events, gathered into few messages, resumable after a lost connection.
import type { ServerResponse } from 'node:http'
import type { Clock } from '../system/clock.ts'
import type { Board } from './board.ts'
import type { Beat } from './wire.ts'

/** Changes within this time travel together, in milliseconds. */
const gatherMs = 100
/** Time between signs of life, in milliseconds. */
const beatMs = 15_000
/** A reader that is this many bytes behind is cut off; it comes back and is told only the outcome. */
const tooFarBehind = 8 * 1024 * 1024

export interface Events {
  /** Streams to this response from `since` on (a revision, or undefined for now) until either side ends it. */
  serve(response: ServerResponse, since: string | undefined, headers: Readonly<Record<string, string>>): void
  /** How many are listening. */
  readonly listeners: number
  close(): void
}

/** @param staleSince Since when Deck itself cannot follow the cluster, in milliseconds since the epoch; undefined when it does. */
export function createEvents(board: Board, clock: Clock, staleSince: () => number | undefined): Events {
  const open = new Set<ServerResponse>()
  let sent = board.revision()
  let cancelGather: (() => void) | undefined
  let cancelBeat: (() => void) | undefined

  function write(response: ServerResponse, message: string) {
    response.write(message)
    if (response.writableLength > tooFarBehind) response.destroy()
  }

  function flush() {
    cancelGather = undefined
    const changes = board.since(sent)
    sent = board.revision()
    if (!changes) return
    const message = event('jobs', changes, sent)
    for (const response of open) write(response, message)
  }

  const beatNow = (): Beat => ({ now: clock.now(), staleSince: staleSince() ?? 0 })

  function beat() {
    const message = event('beat', beatNow())
    for (const response of open) write(response, message)
    cancelBeat = clock.after(beatMs, beat)
  }

  const unsubscribe = board.subscribe(() => {
    if (open.size === 0) return
    cancelGather ??= clock.after(gatherMs, flush)
  })

  return {
    get listeners() {
      return open.size
    },
    serve(response, since, headers) {
      // What is still being gathered goes to those who are here already; whoever comes now gets it with the rest.
      if (cancelGather) {
        cancelGather()
        flush()
      }
      sent = board.revision()
      response.writeHead(200, {
        ...headers,
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })
      response.write('retry: 2000\n\n')
      const changes = since === undefined ? { put: [], removed: [] } : board.since(since)
      response.write(changes ? event('jobs', changes, sent) : event('reset', {}, sent))
      response.write(event('beat', beatNow()))
      open.add(response)
      cancelBeat ??= clock.after(beatMs, beat)
      response.on('close', () => {
        open.delete(response)
        if (open.size > 0) return
        cancelBeat?.()
        cancelBeat = undefined
      })
    },
    close() {
      unsubscribe()
      cancelGather?.()
      cancelBeat?.()
      for (const response of open) response.destroy()
    },
  }
}

function event(name: string, data: object, id?: string): string {
  return `event: ${name}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`
}
