// What goes by age: events, and history that no watch needs any more.
import type { Clock } from '../../../system/clock.ts'
import { every } from '../../../system/clock.ts'
import type { Store } from '../store.ts'
import { parseRow } from '../write.ts'

const roundMs = 60_000
// An event is deleted this long after it was last written.
const eventTtlMs = 3 * 60 * 60 * 1000

/** Runs until the signal aborts. */
export async function runExpiry(
  store: Store,
  clock: Clock,
  signal: AbortSignal,
  failed: (error: unknown) => void,
): Promise<void> {
  for await (const now of every(clock, () => roundMs, signal)) {
    try {
      store.compact()
      const old = store.writtenBefore('events', now - eventTtlMs)
      if (old.length === 0) continue
      await store.write((tx) => {
        for (const row of old) {
          const current = tx.get(row)
          if (current?.revision === row.revision) tx.remove(current, parseRow(current))
        }
      })
    } catch (error) {
      failed(error)
    }
  }
}
