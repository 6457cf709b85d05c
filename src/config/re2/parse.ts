// Reads RE2 syntax, as Go's regexp package understands it, into a tree. What RE2 refuses is refused here.
import { type CodePoints, complement, folded, perlClasses, posixClasses, setOf, unicodeClass } from './sets.ts'

/** A pattern that RE2 would not compile. */
export class Re2Error extends Error {
  override readonly name = 'Re2Error'

  constructor(why: string, where: string) {
    super(`error parsing regexp: ${why}: \`${where.length > 100 ? `${where.slice(0, 100)}…` : where}\``)
  }
}

/** One part of a pattern. Letters and classes alike are sets; `max` of a repeat may be Infinity. */
export type Node =
  | { readonly is: 'set'; readonly set: CodePoints }
  | { readonly is: 'text start' | 'text end' | 'line start' | 'line end' | 'boundary' | 'no boundary' }
  | { readonly is: 'all' | 'any'; readonly of: readonly Node[] }
  | { readonly is: 'capture'; readonly of: Node; readonly number: number }
  | { readonly is: 'repeat'; readonly of: Node; readonly min: number; readonly max: number; readonly lazy: boolean }

/** A parsed pattern and its groups: entry n−1 is the name of group n, empty when it has none. */
export interface Parsed {
  readonly tree: Node
  readonly groupNames: readonly string[]
}

interface Flags {
  readonly i: boolean
  readonly m: boolean
  readonly s: boolean
  readonly U: boolean
}

const maxRepeat = 1000
// Loops in loops take time by their depth, too.
const maxDepth = 250
// Parts of a pattern with its counts written out. A search takes time by these and the length of the text together.
const maxSize = 10_000
// UTF-16 units; a hundred times as long as any in use.
const maxLength = 64 * 1024
const nothing: Node = { is: 'all', of: [] }

/** Parses a pattern. Throws Re2Error. */
export function parseRe2(source: string): Parsed {
  if (source.length > maxLength) throw tooLarge(source)
  const input: Input = { source, chars: [...source], at: 0, groupNames: [], size: 0 }
  const tree = alternatives(input, { i: false, m: false, s: false, U: false }, 0)
  if (input.at < input.chars.length) throw new Re2Error('unexpected )', source)
  if (sizeOf(tree) > maxSize) throw tooLarge(source)
  return { tree, groupNames: input.groupNames }
}

const tooLarge = (source: string): Re2Error => new Re2Error('expression too large', source)

interface Input {
  readonly source: string
  readonly chars: readonly string[]
  at: number
  readonly groupNames: string[]
  /** Ranges of all classes so far. */
  size: number
}

const peek = (input: Input, ahead = 0): string => input.chars[input.at + ahead] ?? ''
const ahead = (input: Input, length: number): string => input.chars.slice(input.at, input.at + length).join('')
const since = (input: Input, from: number): string => input.chars.slice(from, input.at).join('')
const looksAt = (input: Input, text: string): boolean =>
  [...text].every((char, index) => input.chars[input.at + index] === char)

function alternatives(input: Input, given: Flags, depth: number): Node {
  if (depth > maxDepth) throw new Re2Error('expression nests too deeply', input.source)
  let flags = given
  const branches: Node[] = []
  let items: Node[] = []
  let repeated = '' // the text of the repeat operator just read: two in a row are an error
  while (input.at < input.chars.length && peek(input) !== ')') {
    const start = input.at
    const char = peek(input)
    if (char === '|') {
      input.at++
      branches.push(joined(items))
      items = []
      repeated = ''
      continue
    }
    const range = repeatRange(input)
    if (range !== undefined) {
      repeat(input, items, range, flags, start, repeated)
      repeated = since(input, start)
      continue
    }
    repeated = ''
    if (looksAt(input, '(?')) {
      const opened = flagGroup(input, flags)
      if (opened.group === undefined) flags = opened.flags
      else items.push(group(input, opened.flags, depth, opened.group))
    } else if (char === '(') {
      input.at++
      items.push(group(input, flags, depth, ''))
    } else if (looksAt(input, '\\Q')) {
      for (const each of quoted(input, flags)) items.push(each)
    } else items.push(atom(input, flags))
  }
  branches.push(joined(items))
  return branches.length === 1 ? (branches[0] ?? nothing) : { is: 'any', of: branches }
}

const joined = (items: readonly Node[]): Node => (items.length === 1 ? (items[0] ?? nothing) : { is: 'all', of: items })

/** Reads a repeat operator, or nothing: a brace that is no count stands for itself. */
function repeatRange(input: Input): { min: number; max: number } | undefined {
  const simple = { '*': [0, Number.POSITIVE_INFINITY], '+': [1, Number.POSITIVE_INFINITY], '?': [0, 1] }[peek(input)]
  if (simple !== undefined) {
    input.at++
    return { min: simple[0] ?? 0, max: simple[1] ?? 0 }
  }
  if (peek(input) !== '{') return undefined
  const counted = /^\{(0|[1-9]\d*)(,(0|[1-9]\d*)?)?\}/.exec(ahead(input, 32))
  if (counted === null) return undefined
  const [text, low = '', comma, high] = counted
  const min = Number(low)
  const max = comma === undefined ? min : high === undefined ? Number.POSITIVE_INFINITY : Number(high)
  if (min > maxRepeat || max < min || (max > maxRepeat && max !== Number.POSITIVE_INFINITY)) {
    throw new Re2Error('invalid repeat count', text)
  }
  input.at += text.length
  return { min, max }
}

function repeat(
  input: Input,
  items: Node[],
  range: { min: number; max: number },
  flags: Flags,
  start: number,
  before: string,
): void {
  let lazy = flags.U
  if (peek(input) === '?') {
    input.at++
    lazy = !lazy
  }
  const text = since(input, start)
  if (before !== '') throw new Re2Error('invalid nested repetition operator', before + text)
  const of = items.pop()
  if (of === undefined) throw new Re2Error('missing argument to repetition operator', text)
  const node: Node = { is: 'repeat', of, ...range, lazy }
  if (countOf(node) > maxRepeat) throw new Re2Error('invalid repeat count', text)
  items.push(node)
}

/** How many copies of its innermost part a tree stands for when its counts are written out. */
function countOf(node: Node): number {
  switch (node.is) {
    case 'repeat': {
      const times = node.max === Number.POSITIVE_INFINITY ? node.min : node.max
      return Math.max(times, 1) * countOf(node.of)
    }
    case 'capture':
      return countOf(node.of)
    case 'all':
    case 'any':
      return node.of.reduce((most, part) => Math.max(most, countOf(part)), 1)
    default:
      return 1
  }
}

function sizeOf(node: Node): number {
  switch (node.is) {
    case 'repeat': {
      const times = node.max === Number.POSITIVE_INFINITY ? node.min + 1 : node.max
      return 1 + Math.max(times, 1) * sizeOf(node.of)
    }
    case 'capture':
      return 1 + sizeOf(node.of)
    case 'all':
    case 'any':
      return node.of.reduce((sum, part) => sum + sizeOf(part), 1)
    case 'set':
      return node.set.length
    default:
      return 1
  }
}

/** Reads the inside of a group up to its parenthesis. `name` undefined: it captures nothing; empty: it has a number only. */
function group(input: Input, flags: Flags, depth: number, name: string | false): Node {
  let number = 0
  if (name !== false) {
    if (name !== '' && input.groupNames.includes(name)) throw new Re2Error('duplicate capture group name', name)
    number = input.groupNames.push(name)
  }
  const of = alternatives(input, flags, depth + 1)
  if (peek(input) !== ')') throw new Re2Error('missing closing )', input.source)
  input.at++
  return name === false ? of : { is: 'capture', of, number }
}

/** Reads `(?…`: flags for what follows (no group), `(?flags:`, or the name of a group. */
function flagGroup(input: Input, flags: Flags): { flags: Flags; group?: string | false } {
  const text = ahead(input, 200)
  const named = /^\(\?P?<([^>]*)>/.exec(text)
  if (named !== null) {
    const name = named[1] ?? ''
    if (!/^\w+$/.test(name)) throw new Re2Error('invalid named capture', named[0])
    input.at += [...named[0]].length
    return { flags, group: name }
  }
  const found = /^\(\?([imsU]*)(?:-([imsU]+))?([:)])/.exec(text)
  if (found === null) throw new Re2Error('invalid or unsupported Perl syntax', text.slice(0, 4))
  const [whole, on = '', off = '', end] = found
  input.at += whole.length
  const next = { ...flags }
  for (const flag of ['i', 'm', 's', 'U'] as const) {
    if (on.includes(flag)) next[flag] = true
    if (off.includes(flag)) next[flag] = false
  }
  return end === ':' ? { flags: next, group: false } : { flags: next }
}

function quoted(input: Input, flags: Flags): Node[] {
  input.at += 2
  const items: Node[] = []
  while (input.at < input.chars.length) {
    if (looksAt(input, '\\E')) {
      input.at += 2
      break
    }
    items.push(literal(peek(input).codePointAt(0) ?? 0, flags))
    input.at++
  }
  return items
}

const anything: Node = { is: 'set', set: complement([]) }
const anythingButLineEnd: Node = { is: 'set', set: complement([[0x0a, 0x0a]]) }
const point = (code: number): CodePoints => [[code, code]]
const setNode = (set: CodePoints, flags: Flags): Node => ({ is: 'set', set: flags.i ? folded(set) : set })
const literal = (code: number, flags: Flags): Node => setNode(point(code), flags)

function atom(input: Input, flags: Flags): Node {
  const char = peek(input)
  if (char === '[') return bracket(input, flags)
  if (char === '\\') return escaped(input, flags)
  input.at++
  if (char === '^') return { is: flags.m ? 'line start' : 'text start' }
  if (char === '$') return { is: flags.m ? 'line end' : 'text end' }
  if (char === '.') return flags.s ? anything : anythingButLineEnd
  return literal(char.codePointAt(0) ?? 0, flags)
}

const assertions: Readonly<Record<string, Node>> = {
  A: { is: 'text start' },
  z: { is: 'text end' },
  b: { is: 'boundary' },
  B: { is: 'no boundary' },
}

function escaped(input: Input, flags: Flags): Node {
  const assertion = assertions[peek(input, 1)]
  if (assertion !== undefined) {
    input.at += 2
    return assertion
  }
  const set = classEscape(input, flags)
  return set === undefined ? literal(charEscape(input), flags) : { is: 'set', set }
}

/** `\d` and its like, `\pL`, `\p{Greek}`; undefined when the escape stands for a single character. */
function classEscape(input: Input, flags: Flags): CodePoints | undefined {
  const set = readClass(input, flags)
  input.size += set?.length ?? 0
  // Before all of them are put together, which takes time, too.
  if (input.size > maxSize) throw tooLarge(input.source)
  return set
}

function readClass(input: Input, flags: Flags): CodePoints | undefined {
  const letter = peek(input, 1)
  const perl = perlClasses[letter.toLowerCase()]
  if (perl !== undefined) {
    input.at += 2
    const set = flags.i ? folded(perl) : perl
    return letter === letter.toLowerCase() ? set : complement(set)
  }
  if (letter !== 'p' && letter !== 'P') return undefined
  const text = /^\\[pP](?:\{(\^?)([^}]*)\}|([^{]))/u.exec(ahead(input, 80))
  const [whole = '', caret, braced, single] = text ?? []
  const found = unicodeClass(braced ?? single ?? '')
  if (found === undefined) throw new Re2Error('invalid character class range', whole || ahead(input, 10))
  input.at += [...whole].length
  const set = flags.i ? folded(found) : found
  return (letter === 'P') !== (caret === '^') ? complement(set) : set
}

const controls: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 }

/** Reads an escape that stands for one character, and gives its code. */
function charEscape(input: Input): number {
  const text = ahead(input, 16)
  const char = peek(input, 1)
  if (char === '') throw new Re2Error('trailing backslash at end of expression', '')
  const octal = /^\\(0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(text)
  if (octal !== null) {
    input.at += octal[0].length
    return Number.parseInt(octal[1] ?? '0', 8)
  }
  const hex = /^\\x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]+)\})/.exec(text)
  if (hex !== null) {
    input.at += hex[0].length
    const code = Number.parseInt(hex[1] ?? hex[2] ?? '', 16)
    if (code <= 0x10ffff) return code
  }
  const control = controls[char]
  const code = char.codePointAt(0) ?? 0
  if (hex !== null || (control === undefined && (code >= 0x80 || /[0-9A-Za-z]/.test(char)))) {
    throw new Re2Error('invalid escape sequence', text.slice(0, 2))
  }
  input.at += 2
  return control ?? code
}

/** Reads a class in brackets. */
function bracket(input: Input, flags: Flags): Node {
  const start = input.at
  input.at++
  const negated = peek(input) === '^'
  if (negated) input.at++
  const ranges: [number, number][] = []
  const add = (set: CodePoints) => ranges.push(...set.map(([from, to]): [number, number] => [from, to]))
  let first = true
  while (first || peek(input) !== ']') {
    first = false
    if (input.at >= input.chars.length) throw new Re2Error('missing closing ]', since(input, start))
    const posix = /^\[:(\^?)(\w*):\]/.exec(ahead(input, 32))
    if (posix !== null) {
      const set = posixClasses[posix[2] ?? '']
      if (set === undefined) throw new Re2Error('invalid character class range', posix[0])
      const spelled = flags.i ? folded(set) : set
      add(posix[1] === '^' ? complement(spelled) : spelled)
      input.at += posix[0].length
      continue
    }
    const known = peek(input) === '\\' ? classEscape(input, flags) : undefined
    if (known !== undefined) {
      add(known)
      continue
    }
    const at = input.at
    const from = classChar(input)
    let to = from
    if (peek(input) === '-' && peek(input, 1) !== ']' && peek(input, 1) !== '') {
      input.at++
      to = classChar(input)
      if (to < from) throw new Re2Error('invalid character class range', since(input, at))
    }
    add(flags.i ? folded([[from, to]]) : [[from, to]])
  }
  input.at++
  const set = setOf(ranges)
  return { is: 'set', set: negated ? complement(set) : set }
}

function classChar(input: Input): number {
  if (peek(input) === '\\') return charEscape(input)
  const code = peek(input).codePointAt(0) ?? 0
  input.at++
  return code
}
