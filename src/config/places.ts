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

interface Visit {
  /** Only good during the call. */
  readonly path: Path
  readonly value: number
  readonly key: number | undefined
}

/** Calls `visit` for every value. */
function walk(events: readonly Event[], source: string, visit: (each: Visit) => void): void {
  const path: (string | number)[] = []
  // Per open collection: the index of the next item of a list; for a map, where the key that was read last begins.
  const open: ({ list: true; next: number } | { list: false; key: number | undefined })[] = []
  const entered = (offset: number, key: string): 'key' | 'value' => {
    const top = open.at(-1)
    if (top?.list === false && top.key === undefined) {
      top.key = offset
      path.push(key)
      return 'key'
    }
    if (top?.list) path.push(top.next++)
    visit({ path, value: offset, key: top?.list === false ? top.key : undefined })
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
      if (entered(event.valueStart, isKey ? getScalarValue(source, event) : '') === 'value') left()
    } else if (event.type === EVENT_ID.ALIAS) {
      if (entered(event.anchorStart, '') === 'value') left()
    } else if (event.type === EVENT_ID.POP) {
      open.pop()
      left()
    } else if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) {
      entered(event.start, '')
      open.push(event.type === EVENT_ID.SEQUENCE ? { list: true, next: 0 } : { list: false, key: undefined })
    }
  }
}

/** Of all values; key: the path joined by NUL. Made only for files that something is said about. */
export function indexOf(events: readonly Event[], source: string): ReadonlyMap<string, Offsets> {
  const index = new Map<string, Offsets>()
  walk(events, source, ({ path, value, key }) => {
    index.set(path.join('\0'), { value: value < 0 ? (key ?? 0) : value, key: key ?? value })
  })
  return index
}

/** Of the value at a path, or of the nearest one around it. */
export function nearestOffsets(index: ReadonlyMap<string, Offsets>, path: Path): Offsets {
  for (let length = path.length; length > 0; length--) {
    const found = index.get(path.slice(0, length).join('\0'))
    if (found !== undefined) return found
  }
  return index.get('') ?? { value: 0, key: 0 }
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
