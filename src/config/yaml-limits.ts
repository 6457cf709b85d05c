// How large a YAML file may be: files come from pull requests too, and must not take the memory or the time of a component.
import { EVENT_ID, type Event } from 'js-yaml'

/** The limits, as they are documented. */
export const yamlLimits = {
  /** UTF-16 units of a file. */
  size: 16 * 1024 * 1024,
  /** Values and keys, with those that aliases and merge keys stand for counted each time. */
  values: 1_000_000,
  /** Lists and maps inside of each other, through aliases too. */
  depth: 200,
} as const

/** Something is larger than a limit, or stands inside of itself. */
export interface Excess {
  readonly why: string
  /** Where that is seen, in UTF-16 units. */
  readonly offset: number
}

const tooMany = `it has more than ${yamlLimits.values} values`

/** What the parser says when it is nested too deeply. */
export const tooDeep = `it is nested more than ${yamlLimits.depth} levels deep`

// Each value takes at least one unit of text, so smaller files cannot have too many.
const unsuspicious = yamlLimits.values
// What the parser makes takes a hundred bytes per value. Separators within texts are counted too, so there is some room.
const mostSeparators = 1_500_000

/** Whether a text is too large to be parsed at all. */
export function excessOfText(source: string): Excess | undefined {
  if (source.length > yamlLimits.size) {
    return { why: `it has ${source.length} characters, and may have ${yamlLimits.size}`, offset: 0 }
  }
  if (source.length <= unsuspicious) return undefined
  let separators = 0
  for (let at = 0; at < source.length; at++) {
    const code = source.charCodeAt(at)
    // A comma in a map without values stands for a key and its null.
    if (code === comma) separators += 2
    else if (code === lineFeed || code === openBracket || code === openBrace) separators++
    else if ((code === colon || code === dash || code === question) && source.charCodeAt(at + 1) <= space) separators++
    if (separators > mostSeparators) return { why: tooMany, offset: at }
  }
  return undefined
}

const [lineFeed, space, comma, dash, colon, question, openBracket, openBrace] = [...'\n ,-:?[{'].map((char) =>
  char.charCodeAt(0),
) as [number, number, number, number, number, number, number, number]

interface Size {
  readonly values: number
  readonly depth: number
}

interface Open {
  readonly anchor: string
  readonly start: number
  values: number
  depth: number
}

/** Whether a document is too large when its aliases are written out: everything that walks the value sees it so. */
export function excessOfAliases(events: readonly Event[], source: string): Excess | undefined {
  const sizes = new Map<string, Size | 'open'>()
  const open: Open[] = [{ anchor: '', start: 0, values: 0, depth: 0 }]
  const add = (size: Size, offset: number): Excess | undefined => {
    const around = open.at(-1)
    if (around === undefined) return undefined
    around.values += size.values
    around.depth = Math.max(around.depth, size.depth)
    if (around.values > yamlLimits.values) return { why: tooMany, offset }
    return open.length + size.depth > yamlLimits.depth + 2 ? { why: tooDeep, offset } : undefined
  }
  for (const event of events) {
    let excess: Excess | undefined
    if (event.type === EVENT_ID.ALIAS) {
      const name = source.slice(event.anchorStart, event.anchorEnd)
      const size = sizes.get(name) ?? scalar
      if (size === 'open') {
        return { why: `*${name.slice(0, 100)} stands inside of the value that it names`, offset: event.anchorStart }
      }
      excess = add(size, event.anchorStart)
    } else if (event.type === EVENT_ID.SCALAR) {
      excess = add(scalar, event.valueStart)
      if (event.anchorStart >= 0) sizes.set(source.slice(event.anchorStart, event.anchorEnd), scalar)
    } else if (event.type === EVENT_ID.POP) {
      const closed = open.pop()
      if (closed === undefined) continue
      const size = { values: closed.values + 1, depth: closed.depth + 1 }
      if (closed.anchor !== '') sizes.set(closed.anchor, size)
      excess = add(size, closed.start)
    } else {
      const anchored = 'anchorStart' in event && event.anchorStart >= 0
      const anchor = anchored ? source.slice(event.anchorStart, event.anchorEnd) : ''
      if (anchored) sizes.set(anchor, 'open')
      open.push({ anchor, start: 'start' in event ? event.start : 0, values: 0, depth: 0 })
    }
    if (excess !== undefined) return excess
  }
  return undefined
}

const scalar: Size = { values: 1, depth: 0 }
