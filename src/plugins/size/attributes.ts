// .gitattributes: which files are marked as generated, by the rules of upstream, which are not quite git's.
import { compileRe2, type Pattern, quoteRe2 } from '../../config/re2.ts'
import { fields, trimSpace } from '../shared/go-text.ts'

/** Says whether a path is marked. */
export type Attributes = (path: string) => boolean

/**
 * Only lines with exactly `linguist-generated=true` count.
 * @throws Error for their patterns that begin with `!` or end with a slash.
 */
export function parseAttributes(text: string): Attributes {
  const matchers = text.split('\n').flatMap((line) => {
    const [glob = '', ...attributes] = fields(trimSpace(line))
    return !glob.startsWith('#') && attributes.includes('linguist-generated=true') ? [matcherOf(glob)] : []
  })
  return (path) => {
    const elements = path.split('/')
    return matchers.some((matches) => matches(elements))
  }
}

type Matcher = (elements: readonly string[]) => boolean

function matcherOf(glob: string): Matcher {
  if (glob.startsWith('!')) throw new Error(`.gitattributes: "${glob}" must not begin with "!"`)
  if (glob.endsWith('/')) throw new Error(`.gitattributes: "${glob}" must not end with a slash`)
  if (!glob.includes('/')) {
    const pattern = elementPattern(glob)
    return (elements) => pattern !== undefined && elements.some((element) => pattern.test(element))
  }
  const parts = glob.split('/').map((part) => {
    if (part === '' || part === '**') return part
    return part.includes('**') ? undefined : elementPattern(part)
  })
  return (elements) => walk(parts, elements)
}

/** Element by element from the root; what the path has beyond the pattern does not matter. */
function walk(parts: readonly (string | Pattern | undefined)[], elements: readonly string[]): boolean {
  let at = 0
  let skips = false
  for (const [index, part] of parts.entries()) {
    if (part === '') skips = false
    else if (part === '**') {
      if (index === parts.length - 1) return true
      skips = true
    } else {
      // Up to the first element that matches, and never back.
      while (skips && at < elements.length && !matches(part, elements[at])) at++
      if (!matches(part, elements[at])) return false
      at++
      skips = false
    }
  }
  return true
}

const matches = (part: string | Pattern | undefined, element: string | undefined): boolean =>
  typeof part === 'object' && element !== undefined && part.test(element)

const classItem = String.raw`(?:\\.|[^\\\]-])`
const token = new RegExp(
  String.raw`(\*+)|(\?)|\[(\^?)((?:${classItem}(?:-${classItem})?)+)\]|\\(.)|([^*?[\\]+)|(.)`,
  'gsu',
)

/** One element of a path: stars, question marks, classes and escapes, as in Go's filepath.Match. Undefined matches nothing. */
function elementPattern(glob: string): Pattern | undefined {
  let source = ''
  for (const [, stars, any, not, items, escaped, plain] of glob.matchAll(token)) {
    if (stars !== undefined) source += '.*'
    else if (any !== undefined) source += '.'
    else if (items !== undefined) source += `[${not}${items.replace(/[[\]^&~|]|\\./gsu, escapeInClass)}]`
    else if (escaped !== undefined) source += quoteRe2(escaped)
    else if (plain !== undefined) source += quoteRe2(plain)
    else return undefined
  }
  try {
    return compileRe2(`(?s)^${source}$`)
  } catch {
    // A class such as [z-a].
    return undefined
  }
}

const escapeInClass = (part: string): string => {
  const char = part.startsWith('\\') && part.length > 1 ? part.slice(1) : part
  return `\\x{${char.codePointAt(0)?.toString(16)}}`
}
