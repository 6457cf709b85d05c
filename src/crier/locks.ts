// One at a time per key: what is read and then written must not be written by somebody else in between.

export type Locked = <T>(key: string, signal: AbortSignal, work: () => Promise<T>) => Promise<T>

/** Works of one key run in the order they came. Waiting ends when the signal aborts. */
export function locks(): Locked {
  const last = new Map<string, Promise<unknown>>()
  return async (key, signal, work) => {
    const before = last.get(key)
    const mine = (async () => {
      await before
      signal.throwIfAborted()
      return work()
    })()
    const settled = mine.catch(() => {})
    last.set(key, settled)
    try {
      return await mine
    } finally {
      if (last.get(key) === settled) last.delete(key)
    }
  }
}
