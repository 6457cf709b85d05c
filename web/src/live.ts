// The list of jobs, fetched once and then kept up to date by server-sent events.
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import {
  type Beat,
  fromColumns,
  type JobChanges,
  type JobColumns,
  type JobDetail,
  type JobRow,
} from '../../src/deck/wire.ts'
import { getJson } from './api.ts'
import { applyChanges } from './changes.ts'
import { setServerNow } from './now.ts'
import { onVisibility } from './visible.ts'

interface JobList {
  readonly revision: string
  readonly rows: readonly JobRow[]
}

export type Connection =
  | { readonly state: 'connecting' | 'live' }
  /** `since` in milliseconds since the epoch. `deck`: no connection to Deck; `cluster`: Deck itself cannot follow. */
  | { readonly state: 'lost'; readonly what: 'deck' | 'cluster'; readonly since: number }

const key = ['jobs'] as const
/** A beat comes every 15 seconds; after this time without one the connection is as good as lost. */
const silenceMs = 40_000

let connection: Connection = { state: 'connecting' }
const listeners = new Set<() => void>()

function setConnection(next: Connection) {
  const same =
    next.state === connection.state &&
    !(next.state === 'lost' && connection.state === 'lost' && next.what !== connection.what)
  if (same) return
  connection = next
  for (const listener of listeners) listener()
}

/** How the pages hear of changes now. */
export function useConnection(): Connection {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => connection,
  )
}

export function useJobs() {
  return useQuery({ queryKey: key, queryFn: fetchJobs, staleTime: Number.POSITIVE_INFINITY, structuralSharing: false })
}

async function fetchJobs({ signal }: { signal: AbortSignal }): Promise<JobList> {
  const columns = await getJson<JobColumns>('/api/jobs', signal)
  return { revision: columns.revision, rows: fromColumns(columns) }
}

/** Follows the changes for as long as the caller is mounted. */
export function useLiveJobs(): void {
  const client = useQueryClient()
  const ready = useJobs().isSuccess
  useEffect(() => (ready ? follow(client) : undefined), [client, ready])
}

/** The page of a job knows more than its row, so it asks again when the row has changed. */
function refreshPages(client: QueryClient, { put, removed }: JobChanges) {
  const names = new Set([...removed, ...put.map(({ name }) => name)])
  void client.invalidateQueries({
    queryKey: ['job'],
    predicate: ({ state }) => names.has((state.data as JobDetail | undefined)?.row.name ?? ''),
  })
}

function follow(client: QueryClient): () => void {
  let source: EventSource | undefined
  let silence: ReturnType<typeof setTimeout> | undefined
  let ended = false

  function alive() {
    clearTimeout(silence)
    silence = setTimeout(open, silenceMs)
  }

  function open() {
    source?.close()
    clearTimeout(silence)
    // In the background nothing is followed; what was missed comes with the next opening.
    if (ended || document.hidden) return
    const since = client.getQueryData<JobList>(key)?.revision ?? ''
    source = new EventSource(`/api/events?since=${encodeURIComponent(since)}`)
    alive()
    source.addEventListener('jobs', (event) => {
      alive()
      const changes: JobChanges = JSON.parse(event.data)
      client.setQueryData<JobList>(key, (old) =>
        old ? { revision: event.lastEventId, rows: applyChanges(old.rows, changes) } : old,
      )
      refreshPages(client, changes)
    })
    source.addEventListener('beat', (event) => {
      alive()
      const { now, staleSince }: Beat = JSON.parse(event.data)
      setServerNow(now)
      setConnection(staleSince > 0 ? { state: 'lost', what: 'cluster', since: staleSince } : { state: 'live' })
    })
    source.addEventListener('reset', async () => {
      source?.close()
      await client.refetchQueries({ queryKey: key })
      open()
    })
    source.addEventListener('error', () => {
      setConnection({ state: 'lost', what: 'deck', since: Date.now() })
      // The browser tries again by itself unless the answer was no event stream, e.g. a proxy's error page.
      if (source?.readyState === EventSource.CLOSED) {
        clearTimeout(silence)
        silence = setTimeout(open, 3000)
      }
    })
  }

  open()
  const forget = onVisibility(open)
  return () => {
    ended = true
    forget()
    clearTimeout(silence)
    source?.close()
  }
}
