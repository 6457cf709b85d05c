// Reads the pipelines of Go templates: declarations, commands and operands.
import type { Token } from './lex.ts'
import { characterLiteral, LiteralError, numberLiteral, unquoted } from './literals.ts'
import type { Command, NumberLiteral, Operand, Pipe } from './nodes.ts'
import { deeper, type Reader } from './reader.ts'

/** Reads a pipeline and the token that ends it. */
export function parsePipe(reader: Reader, context: string, end: '}}' | ')'): Pipe {
  const { at } = reader.peekWord()
  const { variables, assigns } = declarations(reader, context)
  const commands: Command[] = []
  for (;;) {
    const token = reader.peekWord()
    if (token.kind === end) {
      reader.nextWord()
      if (commands.length === 0) return reader.fail(token.at, `missing value for ${context}`)
      checkStages(reader, commands)
      const to = end === ')' ? token.at : (commands.at(-1)?.to ?? token.at)
      return { variables, assigns, commands, at, to }
    }
    if (!startsOperand(token)) return reader.unexpected(token, context)
    commands.push(command(reader))
  }
}

function declarations(reader: Reader, context: string): Pick<Pipe, 'variables' | 'assigns'> {
  const variables: string[] = []
  for (;;) {
    const name = reader.peekWord()
    if (name.kind !== 'variable') break
    const [behind, operator] = reader.peekBehind()
    const isComma = operator.kind === 'char' && operator.text === ','
    if (operator.kind !== ':=' && operator.kind !== '=' && !isComma) break
    reader.nextWord()
    reader.nextWord()
    variables.push(name.text)
    reader.variables.push(name.text)
    if (!isComma) return { variables, assigns: operator.kind === '=' }
    if (context !== 'range' || variables.length > 1) {
      return reader.fail(behind.at, `too many declarations in ${context}`)
    }
    const next = reader.peekWord()
    if (!['variable', '}}', ')'].includes(next.kind)) {
      return reader.fail(next.at, 'range can only initialize variables')
    }
  }
  return { variables, assigns: false }
}

const operandKinds: ReadonlySet<Token['kind']> = new Set([
  'bool',
  'rune',
  'dot',
  'field',
  'identifier',
  'number',
  'raw',
  'string',
  'variable',
  '(',
])
const isNil = (token: Token): boolean => token.kind === 'keyword' && token.text === 'nil'
const startsOperand = (token: Token): boolean => operandKinds.has(token.kind) || isNil(token)

// Only the first command may be a plain value; the others take an argument.
function checkStages(reader: Reader, commands: readonly Command[]): void {
  for (const [index, { first, at }] of commands.entries()) {
    if (index > 0 && ['bool', 'dot', 'nil', 'number', 'string'].includes(first.is)) {
      reader.fail(at, `non executable command in pipeline stage ${index + 1}`)
    }
  }
}

function command(reader: Reader): Command {
  const operands: Operand[] = []
  for (;;) {
    const token = reader.peekWord()
    if (startsOperand(token)) operands.push(operand(reader))
    const next = reader.peek()
    if (next.kind === 'space') reader.next()
    else if (next.kind === '}}' || next.kind === ')') break
    else {
      reader.next()
      if (next.kind === '|') break
      return reader.unexpected(next, 'operand')
    }
  }
  const [first, ...args] = operands
  if (first === undefined) return reader.fail(reader.peek().at, 'empty command')
  return { first, args, at: first.at, to: (args.at(-1) ?? first).to }
}

/** A term, perhaps followed by fields. */
function operand(reader: Reader): Operand {
  const of = term(reader)
  const names: string[] = []
  let to = of.to
  while (reader.peek().kind === 'field') {
    const { text, at } = reader.next()
    names.push(text.slice(1))
    to = at + text.length
  }
  if (names.length === 0) return of
  switch (of.is) {
    case 'field':
    case 'variable':
      return { ...of, names: [...of.names, ...names], to }
    case 'function':
    case 'pipe':
    case 'chain':
      return { is: 'chain', of, names, at: of.at, to }
    default:
      return reader.fail(of.to, 'unexpected . after a value')
  }
}

function term(reader: Reader): Operand {
  const token = reader.nextWord()
  const { text, at } = token
  const span = { at, to: at + text.length }
  switch (token.kind) {
    case 'dot':
      return { is: 'dot', ...span }
    case 'bool':
      return { is: 'bool', value: text === 'true', ...span }
    case 'field':
      return { is: 'field', names: [text.slice(1)], ...span }
    case 'variable':
      if (!reader.variables.includes(text)) return reader.fail(at, `undefined variable ${JSON.stringify(text)}`)
      return { is: 'variable', name: text, names: [], ...span }
    case 'identifier':
      if (!reader.functions.has(text)) return reader.fail(at, `function ${JSON.stringify(text)} not defined`)
      return { is: 'function', name: text, ...span }
    case 'number':
      return {
        is: 'number',
        value: literal<NumberLiteral>(reader, token, numberLiteral),
        ...span,
      }
    case 'rune':
      return {
        is: 'number',
        value: literal<NumberLiteral>(reader, token, characterLiteral),
        ...span,
      }
    case 'string':
    case 'raw':
      return { is: 'string', value: literal(reader, token, unquoted), ...span }
    case '(': {
      const pipe = parsePipe(deeper(reader, at), 'parenthesized pipeline', ')')
      return { is: 'pipe', pipe, at, to: pipe.to + 1 }
    }
    default:
      return isNil(token) ? { is: 'nil', ...span } : reader.unexpected(token, 'operand')
  }
}

function literal<T>(reader: Reader, token: Token, read: (text: string) => T): T {
  try {
    return read(token.text)
  } catch (error) {
    if (error instanceof LiteralError) return reader.fail(token.at, error.message)
    throw error
  }
}

/** The quoted name of a template. */
export function nameIn(reader: Reader, context: string): string {
  const token = reader.nextWord()
  if (token.kind !== 'string' && token.kind !== 'raw') return reader.unexpected(token, context)
  return literal(reader, token, unquoted)
}
