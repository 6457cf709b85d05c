// Sets in layers: who is nearest to a file comes first, and each name is only in the first layer that it got into.
import type { Ids } from '../system/ids.ts'

/** No name is in two layers; a layer may be empty. */
export type LayeredSet = readonly ReadonlySet<string>[]

/** Each name goes into the first of the layers that has it. */
export function layered(layers: readonly Iterable<string>[]): LayeredSet {
  const seen = new Set<string>()
  return layers.map((layer) => {
    const added = new Set<string>()
    for (const name of layer) if (!seen.has(name)) added.add(name)
    for (const name of added) seen.add(name)
    return added
  })
}

/** Layer by layer; what is in both stays where the first one has it. */
export function union(one: LayeredSet, other: LayeredSet): LayeredSet {
  const known = flat(one)
  return Array.from({ length: Math.max(one.length, other.length) }, (_, index) => {
    const added = [...(other[index] ?? [])].filter((name) => !known.has(name))
    return new Set([...(one[index] ?? []), ...added])
  })
}

/** Without these names; the layers stay. */
export const difference = (set: LayeredSet, without: ReadonlySet<string>): LayeredSet =>
  set.map((layer) => layer.difference(without))

/** All names, without their layers. */
export function flat(set: LayeredSet): Set<string> {
  const all = new Set<string>()
  for (const layer of set) for (const name of layer) all.add(name)
  return all
}

/** Layer after layer, each in alphabetical order. */
export const list = (set: LayeredSet): string[] => set.flatMap((layer) => [...layer].sort())

/** Some name of the first layer that has any, each as likely as the others. */
export function pick(set: LayeredSet, ids: Pick<Ids, 'fraction'>): string | undefined {
  const layer = [...(set.find(({ size }) => size > 0) ?? [])].sort()
  return layer[Math.floor(ids.fraction() * layer.length)]
}
