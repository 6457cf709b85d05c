// Times and durations that move on by themselves.
import type { JobRow } from '../../src/deck/wire.ts'
import { ago, duration, exact } from './durations.ts'
import { useNow } from './now.ts'

/** How long ago, with the exact time on hover. */
export function Ago({ time }: { time: number }) {
  const now = useNow()
  if (time === 0) return <span className="muted">—</span>
  return (
    <time dateTime={new Date(time).toISOString()} title={exact(time)}>
      {ago(time, now)}
    </time>
  )
}

/** How long it took, or has taken so far. */
export function Took({ row }: { row: JobRow }) {
  return row.completed ? <span>{duration(row.completed - row.created)}</span> : <Since time={row.created} />
}

/** The time since then, ticking. */
export function Since({ time }: { time: number }) {
  const now = useNow()
  return <span className="ticking">{time === 0 ? '—' : duration(now - time)}</span>
}
