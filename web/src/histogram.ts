// The bars of the small picture of the last runs. Pure.
import type { JobState } from '../../src/api/prowjob.ts'
import type { JobRow } from '../../src/deck/wire.ts'

export interface Bar {
  readonly name: string
  readonly job: string
  readonly state: JobState
  /** Milliseconds. */
  readonly took: number
  /** Part of the highest bar, 0 to 1; never so small that it cannot be seen. */
  readonly height: number
}

/**
 * The newest `count` of the rows as bars, oldest first. Heights follow the square root of the duration, so that seconds and
 * hours fit into one picture.
 */
export function barsOf(rows: readonly JobRow[], count: number, now: number): Bar[] {
  const shown = rows.slice(0, count).reverse()
  const took = shown.map((row) => Math.max(0, (row.completed || now) - row.created))
  const highest = Math.sqrt(Math.max(1000, ...took))
  return shown.map((row, at) => ({
    name: row.name,
    job: row.job,
    state: row.state,
    took: took[at] ?? 0,
    height: Math.max(0.08, Math.sqrt(took[at] ?? 0) / highest),
  }))
}
