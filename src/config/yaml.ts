// YAML as Prow reads it: go-yaml v2's rules, the first document of a file only. Made of js-yaml's parser and own tags.
import {
  boolYaml11Tag,
  constructFromEvents,
  defineMappingTag,
  defineScalarTag,
  EVENT_ID,
  type Event,
  mergeTag,
  NOT_RESOLVED,
  nullYaml11Tag,
  parseEvents,
  Schema,
  seqTag,
  strTag,
  YAMLException,
} from 'js-yaml'
import { indexOf, lineStarts, listItems, nearestOffsets, type PlaceIndex, placeAt, repeatedKeys } from './places.ts'
import type { SourcePlace } from './types.ts'
import { type Excess, excessOfAliases, excessOfText, tooDeep, yamlLimits } from './yaml-limits.ts'

/** Keys and indexes that lead to a value. */
export type Path = readonly (string | number)[]

/** A parsed file. */
export interface YamlFile {
  readonly file: string
  /** Undefined for a file without content. */
  readonly value: unknown
  /** Line and column where the value at the path is written (its anchor, for an alias), or of the nearest value around it. */
  place(path: Path): SourcePlace
  /** Line and column of the last key of the path. */
  placeOfKey(path: Path): SourcePlace
  /** Keys that stand twice in one map; of those the last one counts. */
  readonly repeated: readonly { readonly path: Path; readonly place: SourcePlace }[]
  /** Places of all items of lists that lie at most `depth` levels deep; key: the path joined by NUL. */
  places(depth: number): ReadonlyMap<string, SourcePlace>
}

/** A text that is no YAML, or none that Prow accepts. */
export class YamlError extends Error {
  override readonly name = 'YamlError'
  readonly place: SourcePlace

  constructor(message: string, place: SourcePlace) {
    super(message)
    this.place = place
  }
}

// More than any job is merged of, and few enough to be merged in a second.
const maxTotalMergeKeys = 1_000_000

/** Parses the first document of a text. Throws YamlError. */
export function parseYaml(text: string, file: string): YamlFile {
  const refuse = (excess: Excess | undefined, placeOf: (offset: number) => SourcePlace) => {
    if (excess !== undefined) throw new YamlError(excess.why, placeOf(excess.offset))
  }
  refuse(excessOfText(text), (offset) => placeAt(lineStarts(text.slice(0, offset)), offset, file))
  const source = firstDocument(text, file)
  const lines = lineStarts(source)
  const placeOf = (offset: number) => placeAt(lines, offset, file)
  try {
    const parse = () => parseEvents(source, { filename: file, maxDepth: yamlLimits.depth + 1 })
    const events = parse()
    refuse(excessOfAliases(events, source), placeOf)
    const noticed: Noticed = { repeats: false, infinite: false }
    const schema = schemaFor(noticed)
    const [value] = constructFromEvents(events, { source, filename: file, schema, json: true, maxTotalMergeKeys })
    if (noticed.infinite) refuseInfinite(events, source, placeOf)
    // Events take several times the memory of the text, and are rarely asked for again.
    const kept = new WeakRef(events)
    let index: PlaceIndex | undefined
    const offsets = (path: Path) => {
      index ??= indexOf(kept.deref() ?? parse(), source)
      return nearestOffsets(index, path)
    }
    return {
      file,
      value: value ?? undefined,
      place: (path) => placeOf(offsets(path).value),
      placeOfKey: (path) => placeOf(offsets(path).key),
      // Rare enough that only then every path is made.
      repeated: noticed.repeats ? repeatedKeys(events, source, placeOf) : [],
      places: (depth) => listItems(kept.deref() ?? parse(), source, depth, placeOf),
    }
  } catch (error) {
    if (error instanceof YAMLException) {
      const { line = 0, column = 0 } = error.mark ?? {}
      const why = error.reason.includes('maxDepth') ? tooDeep : error.reason
      throw new YamlError(why, { file, line: line + 1, column: column + 1 })
    }
    throw error
  }
}

/** What is seen while values are made. */
interface Noticed {
  /** A key stood twice in one map. */
  repeats: boolean
  /** A number was none that JSON has. */
  infinite: boolean
}

/** The text up to the end of its first document: what stands behind it is not even looked at. */
function firstDocument(text: string, file: string): string {
  const separator = /^(?:---|\.\.\.)(?=\s|$)/gm
  let line = 1
  // Comments, blank lines and directives may stand before the separator that begins the document.
  for (let at = 0; at < text.length; line++) {
    const end = (text.indexOf('\n', at) + 1 || text.length + 1) - 1
    const head = text.slice(at, Math.min(end, at + 100)).replace(/^\uFEFF/, '')
    const [, version] = /^%YAML\s+(\S+)/.exec(head) ?? []
    if (version !== undefined && version !== '1.1') {
      throw new YamlError(`YAML ${version} is not supported, only 1.1`, { file, line, column: 1 })
    }
    if (!/^%|^\s*(?:#|$)/.test(head)) {
      separator.lastIndex = end
      break
    }
    at = end + 1
  }
  const next = separator.lastIndex === 0 ? null : separator.exec(text)
  return next === null ? text : text.slice(0, next.index)
}

function refuseInfinite(events: readonly Event[], source: string, placeOf: (offset: number) => SourcePlace): void {
  for (const event of events) {
    if (event.type !== EVENT_ID.SCALAR) continue
    const text = source.slice(event.valueStart, event.valueEnd)
    const isQuoted = /["']/.test(source.charAt(event.valueStart - 1))
    if (isQuoted || !(infinite.test(text) || notANumber.test(text))) continue
    throw new YamlError(`${text} is no number that a configuration can hold`, placeOf(event.valueStart))
  }
}

// Scalars. go-yaml asks for 1.1's words, but reads numbers as Go's strconv does, and has neither dates nor base 60.

const infinite = /^[-+]?\.(?:inf|Inf|INF)$/
const notANumber = /^\.(?:nan|NaN|NAN)$/
const decimal = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
const based = /^([-+]?)0(?:([xX])([0-9a-fA-F]+)|([bB])([01]+)|([oO]?)([0-7]+))$/

function goInteger(source: string): number | typeof NOT_RESOLVED {
  const plain = source.replaceAll('_', '')
  const [, sign, hex, hexDigits, bin, binDigits, , octDigits] = based.exec(plain) ?? []
  const digits = hex ? hexDigits : bin ? binDigits : octDigits
  if (digits !== undefined) return (sign === '-' ? -1 : 1) * Number.parseInt(digits, hex ? 16 : bin ? 2 : 8)
  return /^[-+]?(?:0|[1-9][0-9]*)$/.test(plain) ? Number(plain) : NOT_RESOLVED
}

function goFloat(source: string): number | typeof NOT_RESOLVED {
  if (infinite.test(source)) return source.startsWith('-') ? -Infinity : Infinity
  if (notANumber.test(source)) return Number.NaN
  const plain = source.replaceAll('_', '')
  return decimal.test(plain) ? Number(plain) : NOT_RESOLVED
}

const firstOfNumbers = [...'+-.0123456789']
const intTag = defineScalarTag('tag:yaml.org,2002:int', {
  implicit: true,
  implicitFirstChars: firstOfNumbers,
  resolve: goInteger,
  identify: () => false,
})
const floatTag = (noticed: Noticed) =>
  defineScalarTag('tag:yaml.org,2002:float', {
    implicit: true,
    implicitFirstChars: firstOfNumbers,
    resolve: (source) => {
      const whole = goInteger(source)
      const number = whole === NOT_RESOLVED ? goFloat(source) : whole
      if (number !== NOT_RESOLVED && !Number.isFinite(number)) noticed.infinite = true
      return number
    },
    identify: () => false,
  })
const timestampTag = defineScalarTag('tag:yaml.org,2002:timestamp', {
  resolve: (source) => source,
  identify: () => false,
})
const binaryTag = defineScalarTag('tag:yaml.org,2002:binary', {
  resolve: (source) => (/^[A-Za-z0-9+/=\s]*$/.test(source) ? Buffer.from(source, 'base64').toString() : NOT_RESOLVED),
  identify: () => false,
})

// Maps. Keys become texts, the last of two equal keys wins, and a merge overwrites the keys before it.

interface MapInMaking {
  readonly value: Record<string, unknown>
  /** Keys that came from a merge: of several merged maps the first wins. */
  merged: Set<string> | undefined
  /** js-yaml asks for a key only while it merges. */
  asked: string | undefined
}

const mapTag = (noticed: Noticed) =>
  defineMappingTag<MapInMaking, object>('tag:yaml.org,2002:map', {
    create: () => ({ value: {}, merged: undefined, asked: undefined }),
    has: (map, key) => {
      map.asked = keyText(key)
      return map.merged?.has(map.asked) ?? false
    },
    addPair: (map, key, value) => {
      const text = keyText(key)
      if (text === '' && key !== '') return key === null ? 'a key must not be null' : 'a key must be a plain value'
      if (map.asked === text) {
        map.merged ??= new Set()
        map.merged.add(text)
      } else if (Object.hasOwn(map.value, text) && !map.merged?.delete(text)) noticed.repeats = true
      map.asked = undefined
      // Assigning would set the prototype.
      if (text === '__proto__') Object.defineProperty(map.value, text, { value, enumerable: true, writable: true })
      else map.value[text] = value
      return ''
    },
    keys: (value) => Object.keys(value),
    get: (value, key) => (value as Record<string, unknown>)[String(key)],
    finalize: (map) => map.value,
    identify: () => false,
  })

function keyText(key: unknown): string {
  if (typeof key === 'string') return key
  if (typeof key === 'boolean') return String(key)
  if (typeof key !== 'number') return ''
  return Number.isInteger(key) ? String(key) : shortest32(key)
}

/** The shortest text that reads back as the same 32-bit float. */
export function shortest32(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = String(Number(value.toPrecision(digits)))
    if (Math.fround(Number(text)) === Math.fround(value)) return text
  }
  return String(value)
}

const schemaFor = (noticed: Noticed) =>
  new Schema([
    nullYaml11Tag,
    boolYaml11Tag,
    intTag,
    floatTag(noticed),
    mergeTag,
    timestampTag,
    binaryTag,
    strTag,
    seqTag,
    mapTag(noticed),
  ])
