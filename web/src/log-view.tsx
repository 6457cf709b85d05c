// The log viewer: only the lines in view exist. Follows the end, searches, finds the lines that look like trouble.
import { useVirtualizer } from '@tanstack/react-virtual'
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { bytes } from './durations.ts'
import { DownIcon, EndIcon, SearchIcon, StartIcon, UpIcon } from './icons.tsx'
import { useKeys } from './keys.ts'
import { LogLine } from './log-line.tsx'
import { findLines, startStyles, troubleLines } from './log-lines.ts'
import type { LogSource } from './log-source.ts'

const lineHeight = 20

export function LogView({ source, raw }: { source: LogSource; raw: string }) {
  const { lines, live } = source
  const scroller = useRef<HTMLDivElement>(null)
  const [follow, setFollow] = useState(true)
  const [wrap, setWrap] = useState(true)
  const [query, setQuery] = useState('')
  const [hit, setHit] = useState(0)
  const sought = useDeferredValue(query)
  const styles = useMemo(() => startStyles(lines), [lines])
  const found = useMemo(() => findLines(lines, sought), [lines, sought])
  const troubles = useMemo(() => troubleLines(lines), [lines])
  const marked = useMemo(() => new Set(troubles), [troubles])
  const searchBox = useRef<HTMLInputElement>(null)

  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeight,
    overscan: 30,
  })
  const last = lines.length - 1
  const toEnd = () => last >= 0 && virtual.scrollToIndex(last, { align: 'end' })
  const { moved } = source
  // A stored log is moved by what is loaded, and by nothing else: a list that shrinks is at its end for a moment.
  const follows = follow && !moved
  useEffect(() => {
    if (follows && lines.length > 0) virtual.scrollToIndex(lines.length - 1, { align: 'end' })
  }, [follows, lines, virtual])
  useEffect(() => {
    if (moved?.by === 'start') virtual.scrollToIndex(0)
    else if (moved?.by === 'end') virtual.scrollToIndex(virtual.options.count - 1, { align: 'end' })
    else if (moved && moved.by !== 0)
      virtual.scrollToIndex((virtual.range?.startIndex ?? 0) + moved.by, { align: 'start' })
  }, [moved, virtual])

  // Heights that were measured one way are wrong the other way.
  function toggleWrap() {
    setWrap(!wrap)
    virtual.measure()
  }
  function show(index: number) {
    setFollow(false)
    virtual.scrollToIndex(index, { align: 'center' })
  }
  function step(by: 1 | -1) {
    // Who types and presses Enter at once is ahead of what is drawn.
    const all = sought === query ? found : findLines(lines, query)
    if (all.length === 0) return
    const next = (Math.max(hit, by > 0 ? -1 : 0) + by + all.length) % all.length
    setHit(next)
    show(all[next] ?? 0)
  }
  function jump(side: 'start' | 'end') {
    setFollow(side === 'end')
    if (source.jump && (side === 'start' ? source.before : source.after) > 0) source.jump(side)
    else if (side === 'start') virtual.scrollToIndex(0)
    else toEnd()
  }
  useKeys({
    '/': () => searchBox.current?.focus(),
    f: () => setFollow((on) => !on),
    g: () => jump('start'),
    'shift+g': () => jump('end'),
    n: () => step(1),
    'shift+n': () => step(-1),
  })

  const current = found[hit]
  return (
    <div className="log">
      <div className="log-bar" role="toolbar" aria-label="Log">
        <h2>
          Log
          {live && <span className="live-dot">running</span>}
        </h2>
        <div className="search small-search">
          <SearchIcon />
          <input
            ref={searchBox}
            type="search"
            value={query}
            placeholder="Search the log"
            aria-label="Search the log"
            onChange={(event) => {
              setQuery(event.target.value)
              setHit(-1)
            }}
            onKeyDown={(event) => {
              if (event.key === 'Enter') step(event.shiftKey ? -1 : 1)
            }}
          />
          {sought && (
            <span className="hits" role="status">
              {found.length === 0
                ? 'none'
                : hit < 0
                  ? found.length.toLocaleString()
                  : `${hit + 1}/${found.length.toLocaleString()}`}
            </span>
          )}
        </div>
        {sought && (
          <>
            <button type="button" className="ghost" aria-label="Previous match" onClick={() => step(-1)}>
              <UpIcon />
            </button>
            <button type="button" className="ghost" aria-label="Next match" onClick={() => step(1)}>
              <DownIcon />
            </button>
          </>
        )}
        {troubles.length > 0 && !sought && (
          <button
            type="button"
            className="trouble"
            onClick={() => show(troubles[0] ?? 0)}
            title="Go to the first line that looks like an error"
          >
            {troubles.length.toLocaleString()} error {troubles.length === 1 ? 'line' : 'lines'}
          </button>
        )}
        <span className="grow" />
        <button type="button" className="toggle" aria-pressed={wrap} onClick={toggleWrap}>
          Wrap
        </button>
        {live && (
          <button
            type="button"
            className="toggle"
            aria-pressed={follow}
            onClick={() => setFollow(!follow)}
            title="Keep the end in view (f)"
          >
            Follow
          </button>
        )}
        <button
          type="button"
          className="ghost"
          aria-label="Start of the log"
          title="Start (g)"
          onClick={() => jump('start')}
        >
          <StartIcon />
        </button>
        <button type="button" className="ghost" aria-label="End of the log" title="End (G)" onClick={() => jump('end')}>
          <EndIcon />
        </button>
        <a className="raw" href={raw} target="_blank" rel="noreferrer">
          Raw
        </a>
      </div>
      {source.before > 0 && <More source={source} side="before" />}
      {source.trouble && (
        <p className="note" role="alert">
          {source.trouble}
          {live && '. Trying again…'}
        </p>
      )}
      <div
        className={wrap ? 'log-scroller wrap' : 'log-scroller'}
        ref={scroller}
        onWheel={(event) => event.deltaY < 0 && setFollow(false)}
        onTouchMove={() => setFollow(false)}
        onScroll={({ currentTarget: at }) => {
          if (at.scrollHeight - at.scrollTop - at.clientHeight < 4) setFollow(true)
        }}
      >
        <ol className="log-lines" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => (
            <LogLine
              key={item.key}
              ref={virtual.measureElement}
              index={item.index}
              top={item.start}
              number={source.first === undefined ? undefined : source.first + item.index}
              line={lines[item.index] ?? ''}
              start={styles.get(item.index)}
              query={sought}
              look={item.index === current ? 'current' : marked.has(item.index) ? 'error' : ''}
            />
          ))}
        </ol>
        {lines.length === 0 && (
          <p className="log-empty">
            {source.busy ? (live ? 'Waiting for the first line…' : 'Loading…') : 'The log is empty.'}
          </p>
        )}
      </div>
      {source.after > 0 && <More source={source} side="after" />}
    </div>
  )
}

function More({ source, side }: { source: LogSource; side: 'before' | 'after' }) {
  return (
    <div className="log-more">
      <span className="muted">
        {bytes(source[side])} {side === 'before' ? 'before this' : 'after this'}
      </span>
      <button type="button" disabled={source.busy} onClick={() => source.more?.(side)}>
        {side === 'before' ? 'Load earlier lines' : 'Load later lines'}
      </button>
    </div>
  )
}
