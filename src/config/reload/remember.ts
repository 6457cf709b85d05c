// Results that are kept for as long as what they were made of stays the same.
import type { Findings } from '../report.ts'

/** Something made of files, and what was found while it was made. */
export interface Made<T> extends Findings {
  readonly made: T
}

/** Keeps results by key. Between two calls of `endRound` everything that is still needed has to be asked for. */
export interface Memory {
  /** What `make` gave for this key and these inputs; it is only called when an input is not the one of the last round. */
  <Output>(key: string, inputs: readonly unknown[], make: () => Output): Output
  /** Forgets what nobody has asked for since the last call. */
  endRound(): void
}

interface Kept {
  readonly inputs: readonly unknown[]
  readonly output: unknown
}

/** An empty memory. A key has to stand for one kind of output only. */
export function memory(): Memory {
  let before = new Map<string, Kept>()
  let now = new Map<string, Kept>()
  const remember = <Output>(key: string, inputs: readonly unknown[], make: () => Output): Output => {
    const known = before.get(key)
    const kept = known !== undefined && sameItems(known.inputs, inputs) ? known : { inputs, output: make() }
    now.set(key, kept)
    return kept.output as Output
  }
  return Object.assign(remember, {
    endRound: () => {
      before = now
      now = new Map()
    },
  })
}

const sameItems = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((item, index) => Object.is(item, b[index]))
