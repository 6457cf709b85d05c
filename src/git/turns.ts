// Lets only so many do something at once; the others wait in a line.

/** Waits for a turn; what it gives ends the turn. Throws the signal's reason to one who no longer waits. */
export type TakeTurn = (signal?: AbortSignal) => Promise<() => void>

export function turns(most: number): TakeTurn {
  let free = most
  const line = new Set<() => void>()
  const done = () => {
    free++
    const [next] = line
    if (next) {
      line.delete(next)
      next()
    }
  }
  return async (signal) => {
    signal?.throwIfAborted()
    if (free > 0) {
      free--
      return done
    }
    const turn = Promise.withResolvers<void>()
    const mine = () => {
      free--
      turn.resolve()
    }
    const leave = () => {
      if (line.delete(mine)) turn.reject(signal?.reason)
    }
    line.add(mine)
    signal?.addEventListener('abort', leave, { once: true })
    try {
      await turn.promise
      return done
    } finally {
      signal?.removeEventListener('abort', leave)
    }
  }
}
