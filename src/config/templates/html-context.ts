// Follows the text of an HTML template as Go's html/template does: what a value at the next place would be part of.

/** Where in HTML a place is. */
export type Context =
  | { readonly state: 'text' | 'comment' | 'dead' }
  /** Text of an element that has no tags in it: a title, a script. */
  | { readonly state: 'inside'; readonly element: string }
  | { readonly state: 'tag' | 'name' | 'after name' | 'before value'; readonly element: string; readonly name: string }
  | Value

/** The value of an attribute; a blank as its delimiter stands for none. */
export interface Value {
  readonly state: 'value'
  readonly element: string
  readonly holds: Holds
  readonly delimiter: '"' | "'" | ' '
  /** Of a URL: how much of it has been written. */
  readonly part: 'start' | 'path' | 'query' | 'unknown'
}

/** What an attribute holds. */
type Holds = 'text' | 'URL' | 'code'

/** The context in which a template begins, and must end. */
export const outside: Context = { state: 'text' }

/** Contexts are equal when this is. */
export const contextKey = (context: Context): string => Object.values(context).join(' ')

/** Where a value is that stands in the context: directly behind `=` it is one without quotes. */
export const valueIn = (context: Context): Context =>
  context.state === 'before value' ? startOfValue(context, ' ') : context

const startOfValue = ({ element, name }: InTag, delimiter: Value['delimiter']): Value => ({
  state: 'value',
  element,
  holds: holdsOf(name),
  delimiter,
  part: 'start',
})

/** The context behind two ways that lead to the same place; undefined when they do not. */
export function joined(a: Context, b: Context): Context | undefined {
  if (a.state === 'dead') return b
  if (b.state === 'dead' || contextKey(a) === contextKey(b)) return a
  if (a.state === 'value' && b.state === 'value') {
    const unknown: Context = { ...a, part: 'unknown' }
    return contextKey(unknown) === contextKey({ ...b, part: 'unknown' }) ? unknown : undefined
  }
  // One way may have written a name.
  if (!('name' in a && 'name' in b) || a.element !== b.element) return undefined
  if (a.state === 'before value' || b.state === 'before value') return undefined
  return { state: 'after name', element: a.element, name: a.name || b.name }
}

/** A mistake in the HTML of a template. */
export class HtmlError extends Error {
  override readonly name = 'HtmlError'
}

/** The context behind a piece of text, and what of the text is written: comments are not, and a `<` that begins no tag becomes an entity. */
export function afterText(before: Context, text: string): { readonly context: Context; readonly written: string } {
  let context = before
  let written = ''
  for (let at = 0; at < text.length; ) {
    const step = stepIn(context, text, at)
    written += step.written ?? text.slice(at, step.at)
    context = step.context
    at = step.at
  }
  return { context, written }
}

interface Step {
  readonly context: Context
  /** Where the next step begins. */
  readonly at: number
  /** What is written instead of the text in between. */
  readonly written?: string
}

function stepIn(context: Context, text: string, at: number): Step {
  switch (context.state) {
    case 'text':
      return inText(text, at)
    case 'comment': {
      const end = text.indexOf('-->', at)
      return end < 0 ? { context, at: text.length, written: '' } : { context: outside, at: end + 3, written: '' }
    }
    case 'inside': {
      const end = new RegExp(`</${context.element}(?=[\\s/>]|$)`, 'gi')
      end.lastIndex = at
      const found = end.exec(text)
      const to = found?.index ?? text.length
      const inner = text.slice(at, to)
      const written = rawElements.has(context.element) ? inner : inner.replaceAll('<', '&lt;')
      if (found === null) return { context, at: to, written }
      return { context: tag(''), at: end.lastIndex, written: written + found[0] }
    }
    case 'value':
      return inValue(context, text, at)
    case 'dead':
      return { context, at: text.length }
    default:
      return inTag(context, text, at)
  }
}

const tag = (element: string): Context => ({ state: 'tag', element, name: '' })
const rawElements: ReadonlySet<string> = new Set(['script', 'style'])
const hasInside: ReadonlySet<string> = new Set(['script', 'style', 'textarea', 'title'])

const tagOrComment = /<!--|<(\/?)([a-z](?:[a-z0-9]|[:-](?=[a-z0-9]))*)/gi

function inText(text: string, at: number): Step {
  tagOrComment.lastIndex = at
  const found = tagOrComment.exec(text)
  const written = text.slice(at, found?.index).replace(/<(?!!doctype)/gi, '&lt;')
  if (found === null) return { context: outside, at: text.length, written }
  const end = found.index + found[0].length
  if (found[2] === undefined) return { context: { state: 'comment' }, at: end, written }
  const element = found[1] === '' ? found[2].toLowerCase() : ''
  return { context: tag(hasInside.has(element) ? element : ''), at: end, written: written + found[0] }
}

type InTag = Extract<Context, { readonly name: string }>

function inTag(context: InTag, text: string, start: number): Step {
  const { element, name } = context
  const blank = /[ \t\n\f\r]*/y
  blank.lastIndex = start
  const blanks = blank.exec(text)?.[0].length ?? 0
  const at = context.state === 'name' ? start : start + blanks
  const next = text[at]
  // Blanks at the end of the text change nothing.
  if (next === undefined) return { context, at: text.length }
  if (context.state === 'before value') {
    const delimiter = next === '"' || next === "'" ? next : ' '
    return { context: startOfValue(context, delimiter), at: delimiter === ' ' ? at : at + 1 }
  }
  if (context.state === 'after name') {
    const isValue = next === '='
    return { context: { ...context, state: isValue ? 'before value' : 'tag' }, at: isValue ? at + 1 : at }
  }
  if (next === '>' && context.state === 'tag') {
    return { context: hasInside.has(element) ? { state: 'inside', element } : outside, at: at + 1 }
  }
  const letters = /[^ \t\n\f\r=>]*/y
  letters.lastIndex = at
  const more = letters.exec(text)?.[0] ?? ''
  if (/['"<]/.test(more)) throw new HtmlError(`${JSON.stringify(more)} is no name of an attribute`)
  if (more === '' && context.state === 'tag')
    throw new HtmlError(`${JSON.stringify(next)} where an attribute should be`)
  const whole = context.state === 'name' ? name + more : more
  const end = at + more.length
  return { context: { state: end === text.length ? 'name' : 'after name', element, name: whole }, at: end }
}

function inValue(context: Value, text: string, at: number): Step {
  const end = context.delimiter === ' ' ? /[ \t\n\f\r>]/g : new RegExp(context.delimiter, 'g')
  end.lastIndex = at
  const to = end.exec(text)?.index ?? text.length
  const value = text.slice(at, to)
  const [bad] = context.delimiter === ' ' ? (/["'<=`]/.exec(value) ?? []) : []
  if (bad !== undefined) throw new HtmlError(`${bad} in a value without quotes`)
  if (to === text.length) return { context: { ...context, part: partAfter(context, value) }, at: to }
  return { context: tag(context.element), at: context.delimiter === ' ' ? to : to + 1 }
}

function partAfter({ holds, part }: Value, value: string): Value['part'] {
  if (holds !== 'URL' || part === 'query') return part
  // The marks of a query and a fragment may be written as entities, and every entity of a number has a # of its own.
  const plain = value
    .replace(/&(?:#0*(?:35|63)|#x0*(?:23|3f)|num|quest)(?![0-9a-z])/gi, '?')
    .replace(/&#x?[0-9a-f]+/gi, '')
  if (/[?#]/.test(plain)) return 'query'
  return part === 'start' && value.trim() !== '' ? 'path' : part
}

const urls: ReadonlySet<string> = new Set(
  'action archive background cite classid codebase data formaction href icon longdesc manifest poster profile src usemap xmlns'.split(
    ' ',
  ),
)

/** What an attribute of this name holds; names that are not in HTML are guessed at. */
function holdsOf(given: string): Holds {
  const lower = given.toLowerCase()
  const [, prefix, rest] = /^([^:]*):(.*)$/.exec(lower) ?? []
  if (prefix === 'xmlns') return 'URL'
  const name = lower.startsWith('data-') ? lower.slice(5) : (rest ?? lower)
  if (name === 'style' || name === 'srcset' || name === 'srcdoc' || name.startsWith('on')) return 'code'
  return urls.has(name) || /src|uri|url/.test(name) ? 'URL' : 'text'
}
