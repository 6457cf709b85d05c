// Writes a parsed RE2 pattern as a JavaScript one that V8 can also run in linear time: no flags but `m`, no look-around,
// no large counts. JavaScript takes \r, U+2028 and U+2029 for line ends too; these three are
// disguised as noncharacters, in the pattern here and in the text, so that its own ^ and $ mean what RE2's mean.
import type { Node } from './parse.ts'
import { type CodePoints, complement, setOf } from './sets.ts'

const standIns: readonly (readonly [lineEnd: number, standIn: number])[] = [
  [0x0d, 0xfdd0],
  [0x2028, 0xfdd1],
  [0x2029, 0xfdd2],
]
const standInOf = new Map(standIns)
const lineEndOf = new Map(standIns.map(([lineEnd, standIn]) => [standIn, lineEnd]))

const replaceCodes = (text: string, which: RegExp, by: ReadonlyMap<number, number>): string =>
  text.replace(which, (char) => String.fromCharCode(by.get(char.charCodeAt(0)) ?? 0xfdd3))

/** The text in the alphabet of the written patterns. A stand-in that was there before becomes U+FDD3. */
export const disguised = (text: string): string => replaceCodes(text, /[\r\u2028\u2029\ufdd0-\ufdd2]/g, standInOf)

/** A part of a disguised text as it was. */
export const undisguised = (text: string): string => replaceCodes(text, /[\ufdd0-\ufdd2]/g, lineEndOf)

/** How to write a pattern. */
export interface Form {
  /** For texts with characters above U+FFFF, which are pairs in JavaScript. */
  readonly pairs: boolean
  /** Keep the groups; without them counts of any size can be written out. */
  readonly captures: boolean
}

/** A pattern of JavaScript. */
export interface Written {
  readonly source: string
  /** Whether ^ and $ are those of lines. */
  readonly flags: '' | 'm'
  /** Entry n−1 is the number of the group that group n of the source is a copy of. */
  readonly groups: readonly number[]
}

/** The JavaScript source of a tree. */
export function emit(tree: Node, { pairs, captures }: Form): Written {
  const lines = hasLineAnchor(tree)
  const writer: Writer = { pairs, captures, lines, groups: [] }
  const source = write(tree, writer)
  const manyOptional = (source.match(/\)[?*]/g)?.length ?? 0) > 20
  return { source: manyOptional ? source + unoptimized : source, flags: lines ? 'm' : '', groups: writer.groups }
}

interface Writer extends Form {
  readonly lines: boolean
  readonly groups: number[]
}

// V8 spends seconds on optimising a row of a hundred optional parts, but leaves sources above 20 KB alone. This
// alternative never matches and only makes the source long.
const unoptimized = `|[][${'a'.repeat(20_500)}]`

function hasLineAnchor(node: Node): boolean {
  if (node.is === 'line start' || node.is === 'line end') return true
  if (node.is === 'all' || node.is === 'any') return node.of.some(hasLineAnchor)
  return (node.is === 'capture' || node.is === 'repeat') && hasLineAnchor(node.of)
}

function write(node: Node, writer: Writer): string {
  const { lines, captures } = writer
  switch (node.is) {
    case 'set':
      return writeSet(node.set, writer.pairs)
    case 'text start':
      return lines ? '(?-m:^)' : '^'
    case 'text end':
      return lines ? '(?-m:$)' : '$'
    case 'line start':
      return '^'
    case 'line end':
      return '$'
    case 'boundary':
      return '\\b'
    case 'no boundary':
      return '\\B'
    case 'all':
      return node.of.map((part) => (part.is === 'any' ? grouped(part, writer) : write(part, writer))).join('')
    case 'any':
      return node.of.map((part) => write(part, writer)).join('|')
    case 'capture':
      if (!captures) return grouped(node.of, writer)
      writer.groups.push(node.number)
      return `(${write(node.of, writer)})`
    case 'repeat':
      return writeRepeat(node, writer)
  }
}

const grouped = (node: Node, writer: Writer): string => `(?:${write(node, writer)})`

// Counts are written out, groups and all: V8's linear engine knows none above 16.
function writeRepeat(node: Node & { is: 'repeat' }, writer: Writer): string {
  const { min, max } = node
  if (max === 0) return '(?:)'
  const lazy = node.lazy ? '?' : ''
  const { groups } = writer
  const before = groups.length
  const one = grouped(node.of, writer)
  if (min === 0 && max === 1) return `${one}?${lazy}`
  if (min <= 1 && max === Number.POSITIVE_INFINITY) return `${one}${min === 0 ? '*' : '+'}${lazy}`
  const own = groups.slice(before)
  const copies = max === Number.POSITIVE_INFINITY ? min + 1 : max
  for (let copy = 1; copy < copies; copy++) for (const group of own) groups.push(group)
  if (max === Number.POSITIVE_INFINITY) return `${one.repeat(min)}${one}*${lazy}`
  const optional = `(?:${one}`.repeat(max - min) + `)?${lazy}`.repeat(max - min)
  return one.repeat(min) + optional
}

// Most sets are single characters or classes that all patterns share.
const writtenSets = [new WeakMap<CodePoints, string>(), new WeakMap<CodePoints, string>()] as const

function writeSet(set: CodePoints, pairs: boolean): string {
  const [first] = set
  const isPlain = set.length === 1 && first !== undefined && first[0] === first[1] && first[0] > 0x0d && first[0] < 0x80
  if (isPlain) return writeUnit(first[0])
  const known = writtenSets[pairs ? 1 : 0]
  const written = known.get(set) ?? newlyWritten(set, pairs)
  known.set(set, written)
  return written
}

function newlyWritten(set: CodePoints, pairs: boolean): string {
  const units = disguisedSet(set)
  if (!pairs) return writeUnits(units, 0xffff)
  const low = setOf([...units, [0xd800, 0xdfff]])
  const plain = complement(setOf([...complement(low, 0xffff), [0xd800, 0xdfff]]), 0xffff)
  const parts = plain.length > 0 ? [writeUnits(plain, 0xffff)] : []
  for (const [from, to] of units) if (to > 0xffff) parts.push(...pairsOf(Math.max(from, 0x10000), to))
  if (parts.length === 0) return '[]'
  return parts.length === 1 && plain.length > 0 ? (parts[0] ?? '') : `(?:${parts.join('|')})`
}

function disguisedSet(set: CodePoints): CodePoints {
  const gone = standIns.flatMap(([lineEnd, standIn]) => [[lineEnd, lineEnd] as const, [standIn, standIn] as const])
  const come = standIns.filter(([lineEnd]) => set.some(([from, to]) => from <= lineEnd && lineEnd <= to))
  return setOf([
    ...complement(setOf([...complement(set), ...gone])),
    ...come.map(([, standIn]) => [standIn, standIn] as const),
  ])
}

function writeUnits(set: CodePoints, end: number): string {
  const within = set.filter(([from]) => from <= end).map(([from, to]) => [from, Math.min(to, end)] as const)
  const [only] = within
  if (only === undefined) return '[]'
  if (within.length === 1 && only[0] === only[1]) return writeUnit(only[0])
  const inverse = complement(within, end)
  if (inverse.length === 0) return '[^]'
  const short = within.at(-1)?.[1] === end && inverse.length <= within.length ? inverse : within
  const ranges = short.map(([from, to]) => (from === to ? writeUnit(from) : `${writeUnit(from)}-${writeUnit(to)}`))
  return `[${short === inverse ? '^' : ''}${ranges.join('')}]`
}

const writeUnit = (code: number): string =>
  /[0-9A-Za-z_/ ]/.test(String.fromCharCode(code))
    ? String.fromCharCode(code)
    : `\\u${code.toString(16).padStart(4, '0')}`

/** Surrogate pairs of a range above U+FFFF: whole leading blocks at once, the ends on their own. */
function pairsOf(from: number, to: number): string[] {
  const lead = (code: number) => 0xd800 + ((code - 0x10000) >> 10)
  const trail = (code: number) => 0xdc00 + ((code - 0x10000) & 0x3ff)
  const pair = (leads: readonly [number, number], trails: readonly [number, number]) =>
    writeUnits([leads], 0xffff) + writeUnits([trails], 0xffff)
  if (lead(from) === lead(to)) return [pair([lead(from), lead(from)], [trail(from), trail(to)])]
  const parts: string[] = []
  let first = lead(from)
  let last = lead(to)
  if (trail(from) !== 0xdc00) parts.push(pair([first, first++], [trail(from), 0xdfff]))
  if (trail(to) !== 0xdfff) parts.push(pair([last, last--], [0xdc00, trail(to)]))
  if (first <= last) parts.push(pair([first, last], [0xdc00, 0xdfff]))
  return parts
}
