// Chance that is the same in every run, so that a failure can be seen again.

export interface Chance {
  /** A whole number in [0, limit). */
  below(limit: number): number
  one<T>(list: readonly T[]): T
}

/** Marsaglia's xorshift with 32 bits. */
export function chance(seed: number): Chance {
  let state = seed
  const next = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
  const below = (limit: number) => next() % limit
  return {
    below,
    one<T>(list: readonly T[]): T {
      const chosen = list[below(list.length)]
      if (chosen === undefined) throw new Error('nothing to choose from')
      return chosen
    },
  }
}
