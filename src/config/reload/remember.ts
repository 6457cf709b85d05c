// Results that are kept for as long as what they were made of stays the same.
import type { Findings } from '../report.ts'

/** Something made of files, and what was found while it was made. */
export interface Made<T> extends Findings {
  readonly made: T
}

/** Calls `make` once for each object; results go when their objects do. */
export function oncePer<Input extends object, Output>(make: (input: Input) => Output): (input: Input) => Output {
  const known = new WeakMap<Input, { readonly output: Output }>()
  return (input) => {
    const kept = known.get(input) ?? { output: make(input) }
    known.set(input, kept)
    return kept.output
  }
}

/** Calls `make` only when an item is another one than at the last call. */
export function whileSame<Output>(): (items: readonly unknown[], make: () => Output) => Output {
  let last: { readonly items: readonly unknown[]; readonly output: Output } | undefined
  return (items, make) => {
    if (last === undefined || !sameItems(last.items, items)) last = { items, output: make() }
    return last.output
  }
}

const sameItems = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((item, index) => item === b[index])
