// Cuts the text of a Go template into tokens.
import { placeIn, TemplateError } from './errors.ts'

export type TokenKind =
  | 'text'
  | '{{'
  | '}}'
  | 'space'
  | '('
  | ')'
  | '|'
  | ':='
  | '='
  | 'char'
  | 'identifier'
  | 'keyword'
  | 'bool'
  | 'field'
  | 'dot'
  | 'variable'
  | 'number'
  | 'rune'
  | 'string'
  | 'raw'
  | 'end of text'

export interface Token {
  readonly kind: TokenKind
  /** As it stands in the template. */
  readonly text: string
  /** Offset of its first character, in UTF-16 units. */
  readonly at: number
}

const keywords: ReadonlySet<string> = new Set(
  'block break continue define else end if nil range template with'.split(' '),
)
const word = '[_\\p{L}\\p{Nd}]'
// What may follow a word, or the end of the text.
const wordEnd = '(?=[ \\t\\r\\n.,|:)(]|\\}\\}|$)'
const digits = '[0-9_]'

/** Tokens inside of an action; the first expression that fits decides. */
const rules: readonly (readonly [kind: TokenKind | 'spaces', pattern: RegExp])[] = [
  ['}}', /\}\}/y],
  ['spaces', /[ \t\r\n]+/y],
  [':=', /:=/y],
  ['=', /=/y],
  ['|', /\|/y],
  ['(', /\(/y],
  [')', /\)/y],
  ['string', /"(?:[^"\\\n]|\\[^\n])*"/y],
  ['rune', /'(?:[^'\\\n]|\\[^\n])*'/y],
  ['raw', /`[^`]*`/y],
  ['variable', new RegExp(`\\$${word}*${wordEnd}`, 'yu')],
  ['dot', new RegExp(`\\.${wordEnd}`, 'yu')],
  ['field', new RegExp(`\\.(?![0-9])${word}+${wordEnd}`, 'yu')],
  [
    'number',
    new RegExp(
      `[+-]?(?:0[xX][0-9a-fA-F_]*(?:\\.[0-9a-fA-F_]*)?(?:[pP][+-]?${digits}*)?|0[oO][0-7_]*|0[bB][01_]*|` +
        `(?=\\.?[0-9])${digits}*(?:\\.${digits}*)?(?:[eE][+-]?${digits}*)?)(?!${word})`,
      'yu',
    ),
  ],
  ['identifier', new RegExp(`(?![0-9])${word}+${wordEnd}`, 'yu')],
]

/**
 * The tokens of a template, read as they are asked for: an error of the lexer comes after those of the parser before it.
 * @throws TemplateError where the text cannot be cut.
 */
export function* lex(source: string): Generator<Token, Token> {
  const fail = (at: number, problem: string): never => {
    throw new TemplateError('syntax', problem, placeIn(source, at))
  }
  let at = 0
  for (;;) {
    const open = source.indexOf('{{', at)
    const text = source.slice(at, open < 0 ? undefined : open)
    const trimsLeft = /^-[ \t\r\n]/.test(source.slice(open + 2, open + 4))
    const kept = open >= 0 && trimsLeft ? text.replace(/[ \t\r\n]+$/, '') : text
    if (kept !== '') yield { kind: 'text', text: kept, at }
    if (open < 0) return { kind: 'end of text', text: '', at: source.length }
    at = open + (trimsLeft ? 4 : 2)
    if (source.startsWith('/*', at)) at = afterComment(source, at, fail)
    else {
      yield { kind: '{{', text: '{{', at: open }
      at = yield* action(source, at, fail)
    }
  }
}

type Fail = (at: number, problem: string) => never

function afterComment(source: string, start: number, fail: Fail): number {
  const end = source.indexOf('*/', start + 2)
  if (end < 0) return fail(start, 'unclosed comment')
  const close = closing(source, end + 2)
  return close ?? fail(start, 'comment ends before closing delimiter')
}

const trimmedClose = /[ \t\r\n]-\}\}[ \t\r\n]*/y
/** Where the text goes on after the closing delimiter at this place; undefined when there is none. */
function closing(source: string, at: number): number | undefined {
  trimmedClose.lastIndex = at
  if (trimmedClose.test(source)) return trimmedClose.lastIndex
  return source.startsWith('}}', at) ? at + 2 : undefined
}

function* action(source: string, start: number, fail: Fail): Generator<Token, number> {
  let at = start
  let parens = 0
  for (;;) {
    if (at >= source.length) fail(at, 'unclosed action')
    const [kind, text] = match(source, at) ?? fail(at, whyNot(source, at))
    if (kind === 'spaces') {
      const close = closing(source, at + text.length - 1)
      if (close === undefined) yield { kind: 'space', text, at }
      else {
        if (parens > 0) fail(at, 'unclosed left paren')
        yield { kind: '}}', text: '}}', at: at + text.length }
        return close
      }
    } else {
      if (kind === '(') parens++
      if (kind === ')' && --parens < 0) fail(at, 'unexpected right paren')
      if (kind === '}}' && parens > 0) fail(at, 'unclosed left paren')
      yield { kind, text, at }
      if (kind === '}}') return at + 2
    }
    at += text.length
  }
}

function match(source: string, at: number): readonly [TokenKind | 'spaces', string] | undefined {
  for (const [kind, pattern] of rules) {
    pattern.lastIndex = at
    const [text] = pattern.exec(source) ?? []
    if (text === undefined) continue
    if (kind !== 'identifier') return [kind, text]
    if (text === 'true' || text === 'false') return ['bool', text]
    return [keywords.has(text) ? 'keyword' : 'identifier', text]
  }
  const [character = ''] = source.slice(at, at + 2)
  // Numbers and words have been tried: what begins like one and is none is a mistake.
  return /^[!-~]$/.test(character) && !/^[\w$.'"`:+-]$/.test(character) ? ['char', character] : undefined
}

function whyNot(source: string, at: number): string {
  const rest = source.slice(at)
  const [first = ''] = rest
  if (first === '"') return 'unterminated quoted string'
  if (first === "'") return 'unterminated character constant'
  if (first === '`') return 'unterminated raw quoted string'
  if (first === ':') return 'expected :='
  if (/^[+-]?\.?[0-9]/.test(rest) || first === '+' || first === '-') {
    return `bad number syntax: ${JSON.stringify(/^[+-]?[\w.]*/.exec(rest)?.[0])}`
  }
  const [beginning = ''] = /^[.$]?[_\p{L}\p{Nd}]*/u.exec(rest) ?? []
  const [bad] = rest.slice(beginning.length)
  if (beginning === '' || bad === undefined) return `unrecognized character in action: ${shown(first)}`
  return `bad character ${shown(bad)}`
}

/** A character with its number, e.g. `U+002F '/'`. */
function shown(character: string): string {
  const number = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return `U+${number}${/[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(character) ? ` '${character}'` : ''}`
}
