// Where the lines of a log come from: a stream that goes on, or ranges of a stored file.
import { useCallback, useEffect, useRef, useState } from 'react'
import { getBytes, openStream } from './api.ts'
import { extend, growingLog, mostLines, type Segment, segmentOf, stepBytes, wholeBytes } from './log-window.ts'
import { useVisible } from './visible.ts'

export interface LogSource {
  readonly lines: readonly string[]
  /** Number of the first line; undefined when nobody has counted what is before it. */
  readonly first: number | undefined
  /** It goes on by itself. */
  readonly live: boolean
  readonly busy: boolean
  readonly trouble: string
  /** Bytes that are not shown, before and after; 0 is none. */
  readonly before: number
  readonly after: number
  /** What the last load did to the lines in view: they are now so many lines further down, or it went to a side. None: it is followed. */
  readonly moved?: Moved
  readonly more?: (side: 'before' | 'after') => void
  /** Goes to the part at the start or the end of the whole log. */
  readonly jump?: (side: 'start' | 'end') => void
}

/** Every load makes a new one. */
interface Moved {
  readonly by: number | 'start' | 'end'
}

/** New lines are shown this often at most, in milliseconds. */
const showEveryMs = 120
const retryMs = 3000
const tailLines = 20_000

/** Follows the log of a running container. A lost connection is tried again for as long as the page is open. */
export function useFollowedLog(url: string): LogSource {
  const [shown, setShown] = useState<Pick<LogSource, 'lines' | 'first' | 'live' | 'trouble'>>({
    lines: [],
    first: 1,
    live: true,
    trouble: '',
  })
  const visible = useVisible()
  useEffect(() => {
    if (!visible) return
    const abort = new AbortController()
    void follow(url, abort.signal, setShown)
    return () => abort.abort()
  }, [url, visible])
  return { ...shown, busy: shown.live && shown.lines.length === 0, before: 0, after: 0 }
}

async function follow(
  url: string,
  signal: AbortSignal,
  show: (next: Pick<LogSource, 'lines' | 'first' | 'live' | 'trouble'>) => void,
): Promise<void> {
  while (!signal.aborted) {
    const log = growingLog()
    let timer: ReturnType<typeof setTimeout> | undefined
    const present = (live: boolean, trouble = '') => {
      clearTimeout(timer)
      timer = undefined
      const lines = log.lines()
      // With as many lines as were asked for there are probably more before them, which nobody has counted.
      const first = lines.length + log.dropped() >= tailLines ? undefined : 1
      show({ lines, first, live, trouble })
    }
    try {
      const stream = await openStream(`${url}&follow=1&tail=${tailLines}`, signal)
      const decoder = new TextDecoder()
      for await (const chunk of chunksOf(stream)) {
        log.append(decoder.decode(chunk, { stream: true }))
        timer ??= setTimeout(() => present(true), showEveryMs)
      }
      present(false)
      return
    } catch (error) {
      if (signal.aborted) return
      present(true, error instanceof Error ? error.message : String(error))
    } finally {
      clearTimeout(timer)
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs))
  }
}

// Not every browser can iterate over a stream.
async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader()
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value
}

interface Held {
  readonly segments: readonly Segment[]
  readonly moved: Moved
}

/** A stored log: whole when it is small, else its end first and the rest on demand. `size` -1: it cannot be had in parts. */
export function useStoredLog(url: string, size: number): LogSource {
  const [{ segments, moved }, setHeld] = useState<Held>({ segments: [], moved: { by: 0 } })
  const [busy, setBusy] = useState(true)
  const [trouble, setTrouble] = useState('')
  const working = useRef(false)
  const turn = useRef(0)
  const whole = size <= wholeBytes

  const load = useCallback(
    async (
      range: { start: number; end: number } | undefined,
      put: (fresh: Segment) => Held,
      aligned: boolean,
      /** Takes the place of a load that is under way, as somebody who goes elsewhere wants; otherwise that one is let finish. */
      instead = false,
    ) => {
      if (working.current && !instead) return
      working.current = true
      const mine = ++turn.current
      setBusy(true)
      try {
        const bytes = await getBytes(url, range)
        if (mine !== turn.current) return
        const fresh = segmentOf(bytes, range?.start ?? 0, size < 0 ? bytes.length : size, aligned)
        setHeld(put(fresh))
        setTrouble('')
      } catch (error) {
        if (mine !== turn.current) return
        setTrouble(error instanceof Error ? error.message : String(error))
      }
      working.current = false
      setBusy(false)
    },
    [url, size],
  )
  const jump = useCallback(
    (side: 'start' | 'end') => {
      const put = (fresh: Segment): Held => ({ segments: [fresh], moved: { by: side } })
      if (whole) return void load(undefined, put, true, true)
      const range = side === 'start' ? { start: 0, end: stepBytes } : { start: size - stepBytes, end: size }
      void load(range, put, side === 'start', true)
    },
    [load, size, whole],
  )
  useEffect(() => {
    if (size !== 0) jump('end')
    else setBusy(false)
  }, [jump, size])

  const [from, to] = [segments[0]?.start ?? 0, segments.at(-1)?.end ?? 0]
  function more(side: 'before' | 'after') {
    const range =
      side === 'before'
        ? { start: Math.max(0, from - stepBytes), end: from }
        : { start: to, end: Math.min(size, to + stepBytes) }
    const put = (fresh: Segment): Held => {
      const next = extend(segments, fresh, side)
      const count = (all: readonly Segment[]) => all.reduce((sum, { lines }) => sum + lines.length, 0)
      const dropped = count(segments) + fresh.lines.length - count(next)
      return { segments: next, moved: { by: side === 'before' ? fresh.lines.length : -dropped } }
    }
    void load(range, put, side === 'after')
  }
  return {
    lines: useLines(segments),
    first: from === 0 ? 1 : undefined,
    live: false,
    busy,
    trouble,
    before: from,
    after: size < 0 ? 0 : Math.max(0, size - to),
    moved,
    ...(!whole && { more, jump }),
  }
}

function useLines(segments: readonly Segment[]): readonly string[] {
  const last = useRef<{ of: readonly Segment[]; lines: readonly string[] }>({ of: [], lines: [] })
  if (last.current.of !== segments)
    last.current = { of: segments, lines: segments.flatMap(({ lines }) => lines).slice(-mostLines) }
  return last.current.lines
}
