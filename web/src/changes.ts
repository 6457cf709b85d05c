// The list after some changes. Pure.
import { type JobChanges, type JobRow, newestFirst } from '../../src/deck/wire.ts'

/** Rows that did not change stay the same objects. Both lists are sorted newest first, so this is one pass. */
export function applyChanges(rows: readonly JobRow[], { put, removed }: JobChanges): readonly JobRow[] {
  if (put.length === 0 && removed.length === 0) return rows
  const replaced = new Set(removed)
  for (const row of put) replaced.add(row.name)
  const fresh = [...put].sort(newestFirst)
  const merged: JobRow[] = []
  let next = 0
  for (const row of rows) {
    if (replaced.has(row.name)) continue
    for (let one = fresh[next]; one && newestFirst(one, row) < 0; one = fresh[next]) {
      merged.push(one)
      next++
    }
    merged.push(row)
  }
  return merged.concat(fresh.slice(next))
}
