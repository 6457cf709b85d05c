// Where in a file the values of a YAML document and their keys are.
import { EVENT_ID, type Event, getScalarValue } from 'js-yaml'
import type { SourcePlace } from './types.ts'
import type { Path, YamlFile } from './yaml.ts'

/** Where the lines of a text begin. */
export function lineStarts(source: string): readonly number[] {
  const starts = [0]
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** The place of an offset. */
export function placeAt(starts: readonly number[], offset: number, file: string): SourcePlace {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return { file, line: low + 1, column: offset - (starts[low] ?? 0) + 1 }
}

/** Where a value begins, and the key that it stands under; items of lists have none. */
export interface Offsets {
  readonly value: number
  readonly key: number
}

/** Where the values of a document stand. Keys: paths joined by NUL. */
export interface PlaceIndex {
  readonly offsets: ReadonlyMap<string, Offsets>
  /** Aliases, and where what they stand for is written. */
  readonly aliases: ReadonlyMap<string, string>
}

interface Visit {
  /** Only good during the call. */
  readonly path: Path
  readonly value: number
  readonly key: number | undefined
  /** Name of the anchor that the value has, or that the alias names. */
  readonly anchor: string
  readonly isAlias: boolean
}

/** Calls `visit` for every value. */
function walk(events: readonly Event[], source: string, visit: (each: Visit) => void): void {
  const path: (string | number)[] = []
  // Per open collection: the index of the next item of a list; for a map, where the key that was read last begins.
  const open: ({ list: true; next: number } | { list: false; key: number | undefined })[] = []
  const entered = (event: Exclude<Event, { type: typeof EVENT_ID.POP }>, offset: number, key = ''): 'key' | 'value' => {
    const top = open.at(-1)
    if (top?.list === false && top.key === undefined) {
      top.key = offset
      path.push(key)
      return 'key'
    }
    if (top?.list) path.push(top.next++)
    const anchor =
      'anchorStart' in event && event.anchorStart >= 0 ? source.slice(event.anchorStart, event.anchorEnd) : ''
    const isAlias = event.type === EVENT_ID.ALIAS
    visit({ path, value: offset, key: top?.list === false ? top.key : undefined, anchor, isAlias })
    return 'value'
  }
  const left = () => {
    const top = open.at(-1)
    if (top !== undefined) path.pop()
    if (top?.list === false) top.key = undefined
  }
  for (const event of events) {
    if (event.type === EVENT_ID.SCALAR) {
      const top = open.at(-1)
      const isKey = top?.list === false && top.key === undefined
      if (entered(event, event.valueStart, isKey ? getScalarValue(source, event) : '') === 'value') left()
    } else if (event.type === EVENT_ID.ALIAS) {
      if (entered(event, event.anchorStart) === 'value') left()
    } else if (event.type === EVENT_ID.POP) {
      open.pop()
      left()
    } else if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) {
      entered(event, event.start)
      open.push(event.type === EVENT_ID.SEQUENCE ? { list: true, next: 0 } : { list: false, key: undefined })
    }
  }
}

/** Of all values. Made only for files that something is said about. */
export function indexOf(events: readonly Event[], source: string): PlaceIndex {
  const offsets = new Map<string, Offsets>()
  const aliases = new Map<string, string>()
  const anchors = new Map<string, string>()
  walk(events, source, ({ path, value, key, anchor, isAlias }) => {
    const at = path.join('\0')
    offsets.set(at, { value: value < 0 ? (key ?? 0) : value, key: key ?? value })
    aliases.delete(at)
    const target = anchors.get(anchor)
    if (isAlias && target !== undefined) aliases.set(at, target)
    else if (anchor !== '') anchors.set(anchor, at)
  })
  return { offsets, aliases }
}

/** Of the value at a path, where it is written, or of the nearest one around it. Follows aliases and merged maps. */
export function nearestOffsets(index: PlaceIndex, path: Path): Offsets {
  let at = ''
  for (const [depth, part] of path.entries()) {
    const next = below(index, at, depth === 0, part, new Set())
    if (next === undefined) break
    at = next
  }
  return index.offsets.get(at) ?? { value: 0, key: 0 }
}

/** Where what stands under a key of a map, or an index of a list, is written. `tried`: merged maps that do not have the key. */
function below(
  index: PlaceIndex,
  parent: string,
  isTop: boolean,
  part: string | number,
  tried: Set<string>,
): string | undefined {
  const { offsets, aliases } = index
  const at = aliases.get(parent) ?? parent
  const child = (key: string | number) => (isTop ? String(key) : `${at}\0${key}`)
  const own = offsets.get(child(part))
  const merge = offsets.get(child('<<'))
  // A merge overwrites what stands before it.
  if (merge === undefined || part === '<<' || (own !== undefined && own.key > merge.key)) return own && child(part)
  return inMerge(index, child('<<'), part, tried) ?? (own && child(part))
}

/** The first of the merged maps that has the key gives it. */
function inMerge(index: PlaceIndex, merge: string, part: string | number, tried: Set<string>): string | undefined {
  const map = index.aliases.get(merge) ?? merge
  if (tried.has(map)) return undefined
  tried.add(map)
  if (!index.offsets.has(`${map}\x000`)) return below(index, map, false, part, tried)
  for (let item = 0; index.offsets.has(`${map}\0${item}`); item++) {
    const found = inMerge(index, `${map}\0${item}`, part, tried)
    if (found !== undefined) return found
  }
  return undefined
}

/** Keys that stand twice in one map. */
export function repeatedKeys(
  events: readonly Event[],
  source: string,
  placeOf: (offset: number) => SourcePlace,
): YamlFile['repeated'] {
  const seen = new Set<string>()
  const repeated: { path: Path; place: SourcePlace }[] = []
  walk(events, source, ({ path, key }) => {
    if (key === undefined || path.at(-1) === '<<') return
    const text = path.join('\0')
    if (seen.has(text)) repeated.push({ path: [...path], place: placeOf(key) })
    seen.add(text)
  })
  return repeated
}

/** Places of all items of lists that lie at most `depth` levels deep; key: the path joined by NUL. */
export function listItems(
  events: readonly Event[],
  source: string,
  depth: number,
  placeOf: (offset: number) => SourcePlace,
): ReadonlyMap<string, SourcePlace> {
  const places = new Map<string, SourcePlace>()
  walk(events, source, ({ path, value, key }) => {
    if (key === undefined && path.length > 0 && path.length <= depth) places.set(path.join('\0'), placeOf(value))
  })
  return places
}
