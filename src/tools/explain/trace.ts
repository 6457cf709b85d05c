// Which layer each value of a merged tree came from.
import { isDeepStrictEqual } from 'node:util'
import { asMap } from '../../config/fields.ts'
import type { Path } from '../../config/yaml.ts'

/** A tree that was merged into another one, or whose parts were. */
export interface Layer<Origin> {
  /** Where in the whole it lies; undefined when only parts of it were taken, wherever they went. */
  readonly at?: Path
  readonly value: unknown
  /** Where the value at a path within the layer is written; undefined when it is not, and was filled in on reading. */
  readonly origin: (path: Path) => Origin | undefined
}

/** One value that is no map and no list, or an empty one. */
export interface Traced<Origin> {
  readonly path: Path
  readonly value: unknown
  readonly origin: Origin
}

interface Spot<Origin> {
  readonly layer: Layer<Origin>
  readonly path: Path
}

/**
 * All values of a tree that was merged from layers, each with its origin, in order. Later layers lie over earlier ones.
 * What was taken over whole is known by its identity, since merging does not copy it; a plain value in a map that was made
 * anew is of the last layer that has it, or of the first where `lowerHolds` says so. `otherwise`: of what no layer has.
 */
export function trace<Origin>(
  whole: unknown,
  layers: readonly Layer<Origin>[],
  { lowerHolds, otherwise }: { lowerHolds: (path: Path) => boolean; otherwise: (path: Path) => Origin },
): readonly Traced<Origin>[] {
  const known = new Map<object, Spot<Origin>>()
  for (const layer of layers) visit(layer.value, [], (value, path) => known.set(value, { layer, path }))
  const found: Traced<Origin>[] = []
  const follow = (value: unknown, path: Path, within: Spot<Origin> | undefined): void => {
    const spot = within ?? (isObject(value) ? known.get(value) : undefined)
    const parts = childrenOf(value)
    for (const [key, part] of parts) {
      follow(part, [...path, key], spot && { layer: spot.layer, path: [...spot.path, key] })
    }
    if (parts.length > 0 || value === undefined) return
    const origin = spot
      ? spot.layer.origin(spot.path)
      : originOf(value, path, lowerHolds(path) ? layers.toReversed() : layers)
    found.push({ path, value, origin: origin ?? otherwise(path) })
  }
  follow(whole, [], undefined)
  return found
}

function originOf<Origin>(value: unknown, path: Path, layers: readonly Layer<Origin>[]): Origin | undefined {
  for (const { at, value: own, origin } of layers.toReversed()) {
    if (at === undefined || !at.every((key, index) => path[index] === key)) continue
    const within = path.slice(at.length)
    const found = isDeepStrictEqual(valueAt(own, within), value) ? origin(within) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (inner, key) => (isObject(inner) ? (inner as Record<string | number, unknown>)[key] : undefined),
    value,
  )

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const childrenOf = (value: unknown): readonly (readonly [string | number, unknown])[] =>
  Array.isArray(value) ? [...value.entries()] : Object.entries(asMap(value) ?? {})

function visit(value: unknown, path: Path, see: (value: object, path: Path) => void): void {
  if (!isObject(value)) return
  see(value, path)
  for (const [key, part] of childrenOf(value)) visit(part, [...path, key], see)
}
