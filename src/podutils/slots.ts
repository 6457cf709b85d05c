// A bound on how many things go on at once.

/** Runs the work when there is room for it; rejects as the work does. */
export type Slot = <T>(work: () => Promise<T>) => Promise<T>

/** At most `count` works at once, first come first served. */
export function slots(count: number): Slot {
  let free = count
  const waiting: (() => void)[] = []
  return async (work) => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free++
    }
  }
}
