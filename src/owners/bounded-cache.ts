// A cache of bounded weight: what was not asked for the longest goes first.

export interface BoundedCache<T> {
  get(key: string): T | undefined
  /** A value heavier than the whole cache is not kept. */
  set(key: string, value: T, weight: number): void
}

/** An empty cache that holds values of at most this weight together. */
export function boundedCache<T>(mostWeight: number): BoundedCache<T> {
  const held = new Map<string, { readonly value: T; readonly weight: number }>()
  let total = 0
  const drop = (key: string) => {
    total -= held.get(key)?.weight ?? 0
    held.delete(key)
  }
  return {
    get(key) {
      const found = held.get(key)
      if (!found) return undefined
      // A map remembers the order in which keys came.
      held.delete(key)
      held.set(key, found)
      return found.value
    },
    set(key, value, weight) {
      drop(key)
      if (weight > mostWeight) return
      held.set(key, { value, weight })
      total += weight
      for (const oldest of held.keys()) {
        if (total <= mostWeight) return
        drop(oldest)
      }
    },
  }
}
