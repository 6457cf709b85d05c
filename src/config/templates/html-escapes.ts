// What becomes of a value in HTML, by its place: Go's html/template lets none of them end what it is part of.
import { Buffer } from 'node:buffer'
import type { Context, Value } from './html-context.ts'
import { HtmlError } from './html-context.ts'

/** Functions at the end of an action that have done a part of the work. */
export type Done = 'html' | 'urlquery' | undefined

/** How a value is written in a context. Throws HtmlError where no value may stand. */
export function escapeFor(context: Context, done: Done): (text: string) => string {
  switch (context.state) {
    case 'text':
      return done === 'html' ? same : (text) => escaped(text, inText)
    case 'comment':
    case 'dead':
      return () => ''
    case 'inside':
      if (context.element === 'script' || context.element === 'style')
        throw new HtmlError(`a value inside of a ${context.element} is not supported`)
      return done === 'html' ? same : (text) => escaped(text, inText)
    case 'value':
      return inValue(context, done)
    default:
      throw new HtmlError('a value as the name of an attribute is not supported')
  }
}

const same = (text: string): string => text

function inValue({ holds, delimiter, part }: Value, done: Done): (text: string) => string {
  if (holds === 'code') throw new HtmlError('a value inside of a script or a style is not supported')
  if (delimiter === ' ' && done === 'html') throw new HtmlError('predefined escaper "html" disallowed in template')
  const quote = delimiter === ' ' ? bare : done === 'html' ? same : (text: string) => escaped(text, inText)
  if (holds !== 'URL') return quote
  if (part === 'unknown') throw new HtmlError('a value in a URL that may have a query or not')
  const isDone = done === 'urlquery'
  if (part === 'query') return (text) => quote(isDone ? text : percented(text, false))
  const filter = part === 'start' ? safe : same
  return (text) => quote(isDone ? filter(text) : percented(filter(text), true))
}

const inText: Readonly<Record<string, string>> = {
  '\0': '\ufffd',
  '"': '&#34;',
  '&': '&amp;',
  "'": '&#39;',
  '+': '&#43;',
  '<': '&lt;',
  '>': '&gt;',
}
const escaped = (text: string, by: Readonly<Record<string, string>>): string =>
  text.replace(/[\0"&'+<>]/g, (character) => by[character] ?? character)

/** For a value without quotes; an empty one would take what stands behind it. */
const bare = (text: string): string =>
  text === '' ? 'ZgotmplZ' : text.replace(/[\0\t\n\v\f\r "&'+<=>`]/g, (character) => withoutQuotes(character))

const withoutQuotes = (character: string): string =>
  character === '\0' ? '&#xfffd;' : (inText[character] ?? `&#${character.charCodeAt(0)};`)

/** A URL that begins with a value must not be a script. */
function safe(url: string): string {
  const [, scheme] = /^([^:/]*):/.exec(url) ?? []
  return scheme === undefined || /^(?:https?|mailto)$/i.test(scheme) ? url : '#ZgotmplZ'
}

/** With `whole`, what has a meaning in a URL stays. */
const percented = (text: string, whole: boolean): string =>
  text
    .toWellFormed()
    .replace(whole ? /%(?![0-9a-f]{2})|[^!#$&*+,/:;=?@[\]\-._~0-9A-Za-z%]/giu : /[^\-._~0-9A-Za-z]/gu, (character) =>
      [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
    )
