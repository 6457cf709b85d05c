// RE2 patterns on V8: every pattern from a configuration, a repository or Prow's own command list runs through here.
import v8 from 'node:v8'
import { disguised, emit, type Form, undisguised } from './re2/emit.ts'
import { type Parsed, parseRe2, Re2Error } from './re2/parse.ts'

export { Re2Error }

// Patterns come from authors of pull requests too. With this flag V8 gives up backtracking after a bounded number of
// steps and goes on with its linear engine, for all patterns that emit.ts writes.
v8.setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks')

/** What a pattern found. */
export interface Match {
  /** The matched text. */
  readonly text: string
  /** Where it starts, in UTF-16 units. */
  readonly index: number
  /** Group n is entry n−1; undefined when it took no part. */
  readonly groups: readonly (string | undefined)[]
  /** The groups that have a name and took part. */
  readonly named: Readonly<Record<string, string>>
}

/** A compiled RE2 pattern. Searches anywhere in the text unless the pattern itself is anchored. */
export interface Pattern {
  /** The pattern as it was written. */
  readonly source: string
  /** Whether the pattern occurs in the text; like the others, linear in the length of the text for every pattern. */
  test(text: string): boolean
  /** The first occurrence. */
  exec(text: string): Match | undefined
  /** All occurrences that do not overlap, in order. */
  all(text: string): readonly Match[]
  /** The text with every occurrence replaced. */
  replaceAll(text: string, by: (match: Match) => string): string
}

const compiled = new Map<string, Pattern>()
// Repositories bring patterns of their own; the cache must not grow with everything that was ever seen.
const maxCompiled = 50_000

/** Compiles a pattern, or gives the one compiled before. Throws Re2Error when RE2 would refuse it. */
export function compileRe2(source: string): Pattern {
  const known = compiled.get(source)
  if (known !== undefined) return known
  const pattern = makePattern(source, parseRe2(source))
  if (compiled.size >= maxCompiled) compiled.clear()
  compiled.set(source, pattern)
  return pattern
}

/** A pattern in the source text: re2`(?m)^/hold\s*$`. Backslashes are the pattern's own. */
export const re2 = (parts: TemplateStringsArray, ...values: readonly (string | number)[]): Pattern =>
  compileRe2(String.raw({ raw: parts.raw }, ...values))

/** The pattern text that matches exactly the given text, e.g. a name that goes into a pattern. */
export const quoteRe2 = (text: string): string => text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')

function makePattern(source: string, parsed: Parsed): Pattern {
  const forms = new Map<string, Compiled>()
  const regExp = (form: Form): Compiled => {
    const key = `${form.pairs}${form.captures}`
    let made = forms.get(key)
    if (made === undefined) {
      const { source, flags, groups } = emit(parsed.tree, form)
      made = { search: new RegExp(source, form.captures ? `g${flags}` : flags), groups }
      forms.set(key, made)
    }
    return made
  }
  const all = (text: string, most: number): Match[] => {
    const pairs = hasSurrogates(text)
    const subject = disguised(pairs ? text.toWellFormed() : text)
    const { search, groups } = regExp({ pairs, captures: true })
    const matches: Match[] = []
    let end = -1
    search.lastIndex = 0
    for (let found = search.exec(subject); found !== null; found = search.exec(subject)) {
      // Like Go, an empty match right behind the match before it does not count.
      if (found[0] !== '' || found.index !== end) matches.push(matchOf(found, groups, parsed.groupNames))
      if (matches.length === most) break
      end = found.index + found[0].length
      if (found[0] === '') search.lastIndex += pairs && (subject.codePointAt(end) ?? 0) > 0xffff ? 2 : 1
    }
    return matches
  }
  return {
    source,
    test: (text) => {
      const pairs = hasSurrogates(text)
      return regExp({ pairs, captures: false }).search.test(disguised(pairs ? text.toWellFormed() : text))
    },
    exec: (text) => all(text, 1)[0],
    all: (text) => all(text, Number.POSITIVE_INFINITY),
    replaceAll: (text, by) => {
      let result = ''
      let from = 0
      for (const match of all(text, Number.POSITIVE_INFINITY)) {
        result += text.slice(from, match.index) + by(match)
        from = match.index + match.text.length
      }
      return result + text.slice(from)
    },
  }
}

const surrogate = /[\ud800-\udfff]/
const hasSurrogates = (text: string): boolean => surrogate.test(text)

interface Compiled {
  readonly search: RegExp
  /** Numbers of the groups as the pattern counts them. */
  readonly groups: readonly number[]
}

function matchOf(found: RegExpExecArray, numbers: readonly number[], names: readonly string[]): Match {
  const groups: (string | undefined)[] = names.map(() => undefined)
  for (const [index, number] of numbers.entries()) {
    const text: string | undefined = found[index + 1]
    // Of several copies the last one that took part counts.
    if (text !== undefined) groups[number - 1] = undisguised(text)
  }
  const named: Record<string, string> = {}
  for (const [index, name] of names.entries()) {
    const group = groups[index]
    if (name !== '' && group !== undefined) named[name] = group
  }
  return { text: undisguised(found[0]), index: found.index, groups, named }
}
