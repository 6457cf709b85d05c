// Looks ahead in the tokens of a Go template, and says what was not expected.
import type { Token, TokenKind } from './lex.ts'

/** The tokens that are left, and what may be named at this point. */
export interface Reader {
  peek(): Token
  next(): Token
  /** The next token that is no space. */
  peekWord(): Token
  nextWord(): Token
  /** The first word of the action that begins here. */
  peekAction(): Token
  /** What stands behind the next word: the token itself, and the word. */
  peekBehind(): readonly [token: Token, word: Token]
  /** Takes a token of this kind. */
  expect(kind: TokenKind, context: string): Token
  unexpected(token: Token, context: string): never
  /** Throws TemplateError at an offset of the source. */
  fail(at: number, problem: string): never
  readonly functions: ReadonlySet<string>
  /** Variables in scope, innermost last, with their dollar sign. */
  readonly variables: string[]
  /** How many structures and parentheses are open. */
  readonly depth: number
}

const maxDepth = 200

/** The reader inside of another structure. */
export function deeper<R extends Reader>(reader: R, at: number): R {
  if (reader.depth >= maxDepth) return reader.fail(at, `nested more than ${maxDepth} levels deep`)
  return { ...reader, depth: reader.depth + 1 }
}

/** A reader at the beginning of a template. `fail` throws. */
export function tokenReader(
  tokens: Generator<Token, Token>,
  functions: ReadonlySet<string>,
  fail: (at: number, problem: string) => never,
): Reader {
  const ahead: Token[] = []
  const look = (distance: number): Token => {
    for (;;) {
      const known = ahead[distance]
      if (known !== undefined) return known
      // The last token is the value that the generator returns; there is nothing to read behind it.
      const last = ahead.at(-1)
      ahead.push(last?.kind === 'end of text' ? last : tokens.next().value)
    }
  }
  const words = (from: number): number => (look(from).kind === 'space' ? words(from + 1) : from)
  const take = (distance: number): Token => {
    const token = look(distance)
    ahead.splice(0, token.kind === 'end of text' ? distance : distance + 1)
    return token
  }
  const unexpected = (token: Token, context: string): never => {
    if (token.kind === 'end of text') return fail(token.at, 'unexpected EOF')
    const shown = token.kind === 'keyword' ? `<${token.text}>` : JSON.stringify(token.text.slice(0, 40))
    return fail(token.at, `unexpected ${shown} in ${context}`)
  }
  return {
    peek: () => look(0),
    next: () => take(0),
    peekWord: () => look(words(0)),
    nextWord: () => take(words(0)),
    peekAction: () => look(words(1)),
    peekBehind: () => {
      const behind = words(0) + 1
      return [look(behind), look(words(behind))]
    },
    expect: (kind, context) => {
      const token = take(words(0))
      return token.kind === kind ? token : unexpected(token, context)
    },
    unexpected,
    fail,
    functions,
    variables: ['$'],
    depth: 0,
  }
}
