// Sets of code points: what RE2's classes, escapes and case-insensitive letters stand for.

/** Ascending, disjoint, non-touching ranges of code points, both ends included. */
export type CodePoints = readonly (readonly [from: number, to: number])[]

const lastCodePoint = 0x10ffff

/** The set of the given ranges, which may overlap and be in any order. */
export function setOf(ranges: CodePoints): CodePoints {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0])
  const result: [number, number][] = []
  for (const [from, to] of sorted) {
    const last = result.at(-1)
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to)
    else result.push([from, to])
  }
  return result
}

/** All code points up to `end` that are not in the set. */
export function complement(set: CodePoints, end = lastCodePoint): CodePoints {
  const result: [number, number][] = []
  let next = 0
  for (const [from, to] of set) {
    if (from > end) break
    if (from > next) result.push([next, from - 1])
    next = to + 1
  }
  if (next <= end) result.push([next, end])
  return result
}

const ascii = (text: string): CodePoints =>
  setOf(text.split(' ').map((range) => [range.charCodeAt(0), range.charCodeAt(range.length - 1)] as const))

const alpha = ascii('A-Z a-z')
const digit = ascii('0-9')
const word = ascii('0-9 A-Z _ a-z')

/** `\d`, `\s` and `\w`: ASCII only, and no vertical tab among the blanks. */
export const perlClasses: Readonly<Record<string, CodePoints>> = {
  d: digit,
  s: setOf([
    [0x09, 0x0a],
    [0x0c, 0x0d],
    [0x20, 0x20],
  ]),
  w: word,
}

/** The names that may stand in `[[:name:]]`. */
export const posixClasses: Readonly<Record<string, CodePoints>> = {
  alnum: ascii('0-9 A-Z a-z'),
  alpha,
  ascii: [[0, 0x7f]],
  blank: setOf([
    [0x09, 0x09],
    [0x20, 0x20],
  ]),
  cntrl: setOf([
    [0, 0x1f],
    [0x7f, 0x7f],
  ]),
  digit,
  graph: [[0x21, 0x7e]],
  lower: ascii('a-z'),
  print: [[0x20, 0x7e]],
  punct: ascii('!-/ :-@ [-` {-~'),
  space: setOf([
    [0x09, 0x0d],
    [0x20, 0x20],
  ]),
  upper: ascii('A-Z'),
  word,
  xdigit: ascii('0-9 A-F a-f'),
}

const unicodeClasses = new Map<string, CodePoints>()

/** The set of a Unicode category (`L`, `Lu`) or script (`Greek`), or `Any`; undefined when there is no such name. */
export function unicodeClass(name: string): CodePoints | undefined {
  if (name === 'Any') return [[0, lastCodePoint]]
  const set = unicodeClasses.get(name) ?? readUnicodeClass(name)
  if (set !== undefined) unicodeClasses.set(name, set)
  return set
}

function readUnicodeClass(name: string): CodePoints | undefined {
  const member = unicodeTest(`General_Category=${name}`) ?? unicodeTest(`Script=${name}`)
  if (member === undefined) return undefined
  const points: [number, number][] = []
  for (let point = 0; point <= lastCodePoint; point++) {
    if (!member.test(String.fromCodePoint(point))) continue
    const last = points.at(-1)
    if (last !== undefined && last[1] === point - 1) last[1] = point
    else points.push([point, point])
  }
  return points
}

function unicodeTest(property: string): RegExp | undefined {
  if (!/^[A-Za-z_=]{1,60}$/.test(property)) return undefined
  try {
    return new RegExp(`^\\p{${property}}$`, 'u')
  } catch {
    return undefined
  }
}

const foldedSets = new WeakMap<CodePoints, CodePoints>()

/** The set with every other spelling of its letters in upper and lower case added (simple case folding). */
export function folded(set: CodePoints): CodePoints {
  const known = foldedSets.get(set) ?? fold(set)
  // Large sets are those of classes, which stay and are met again.
  if (set.length > 1) foldedSets.set(set, known)
  return known
}

function fold(set: CodePoints): CodePoints {
  const ranges = [...set]
  for (const [from, to] of set) {
    for (const [point, others] of to < 0x80 ? asciiFolds : foldTable()) {
      if (point >= from && point <= to) for (const other of others) ranges.push([other, other])
    }
  }
  return setOf(ranges)
}

// The Kelvin sign and the long s fold to ASCII letters.
const asciiFolds: ReadonlyMap<number, readonly number[]> = new Map(
  Array.from({ length: 26 }, (_, letter) => {
    const extra = letter === 10 ? [0x212a] : letter === 18 ? [0x17f] : []
    return [
      [0x41 + letter, [0x61 + letter, ...extra]],
      [0x61 + letter, [0x41 + letter, ...extra]],
    ] as [number, number[]][]
  }).flat(),
)

let wholeFoldTable: Map<number, readonly number[]> | undefined

// Made once, when a pattern first asks for more than ASCII: each letter that has another case, with its other spellings.
function foldTable(): ReadonlyMap<number, readonly number[]> {
  if (wholeFoldTable !== undefined) return wholeFoldTable
  const family = new Map<string, Set<number>>()
  for (let point = 0; point <= 0x1e943; point++) {
    if (point >= 0xd800 && point <= 0xdfff) continue
    const char = String.fromCodePoint(point)
    const cased = [char.toLowerCase(), char.toUpperCase(), char.toUpperCase().toLowerCase()]
    if (cased.every((other) => other === char)) continue
    for (const key of new Set([char, ...cased])) {
      const members = family.get(key) ?? new Set()
      family.set(key, members.add(point))
    }
  }
  const table = new Map<number, readonly number[]>()
  for (const point of new Set([...family.values()].flatMap((members) => [...members]))) {
    const char = String.fromCodePoint(point)
    const same = new RegExp(`^\\u{${point.toString(16)}}$`, 'iu')
    const near = [char, char.toLowerCase(), char.toUpperCase(), char.toUpperCase().toLowerCase()]
    const candidates = new Set(near.flatMap((key) => [...(family.get(key) ?? []), ...pointsOf(key)]))
    const others = [...candidates].filter((other) => other !== point && same.test(String.fromCodePoint(other)))
    if (others.length > 0) table.set(point, others)
  }
  wholeFoldTable = table
  return table
}

const pointsOf = (text: string): number[] => ([...text].length === 1 ? [text.codePointAt(0) ?? 0] : [])
