// Reads a Go template: text, actions and control structures. Pipelines are read in parse-pipe.ts.
import { placeIn, TemplateError } from './errors.ts'
import { lex, type Token } from './lex.ts'
import type { List, Node, Pipe, Program } from './nodes.ts'
import { nameIn, parsePipe } from './parse-pipe.ts'
import { deeper, type Reader, tokenReader } from './reader.ts'

/** Parses a template. `functions`: the names that may be called. Throws TemplateError. */
export function parseTemplate(text: string, functions: ReadonlySet<string>): Program {
  const source = text.toWellFormed()
  const reader = tokenReader(lex(source), functions, (at, problem) => {
    throw new TemplateError('syntax', problem, placeIn(source, at))
  })
  const templates = new Map<string, List>()
  const root: Node[] = []
  const scope: Scope = { ...reader, templates, inRange: false }
  for (;;) {
    const token = reader.peek()
    if (token.kind === 'end of text') return { source, root, templates }
    const keyword = token.kind === '{{' ? reader.peekAction() : undefined
    if (keyword?.kind === 'keyword' && keyword.text === 'define') define(scope)
    else {
      const node = textOrAction(scope)
      if (isStop(node)) return reader.fail(node.at, `unexpected {{${node.stop}}}`)
      root.push(node)
    }
  }
}

interface Scope extends Reader {
  readonly templates: Map<string, List>
  readonly inRange: boolean
}

/** What ends a list. `chained`: the word behind else, which begins another structure. */
interface Stop {
  readonly stop: 'end' | 'else'
  readonly chained?: 'if' | 'with'
  readonly at: number
}
const isStop = (node: Node | Stop): node is Stop => 'stop' in node

function textOrAction(scope: Scope): Node | Stop {
  const token = scope.next()
  if (token.kind === 'text') {
    return {
      node: 'text',
      text: token.text,
      at: token.at,
      to: token.at + token.text.length,
    }
  }
  if (token.kind !== '{{') return scope.unexpected(token, 'input')
  return action(scope, token)
}

function action(scope: Scope, open: Token): Node | Stop {
  const token = scope.peekWord()
  const at = open.at
  if (token.kind !== 'keyword' || token.text === 'nil') {
    const pipe = parsePipe(scope, 'command', '}}')
    return { node: 'action', pipe, at, to: pipe.to }
  }
  scope.nextWord()
  switch (token.text) {
    case 'if':
    case 'with':
    case 'range':
      return control(deeper(scope, at), token.text, at)
    case 'template':
      return templateCall(scope, at)
    case 'block':
      return block(scope, at)
    case 'break':
    case 'continue':
      scope.expect('}}', `{{${token.text}}}`)
      if (!scope.inRange) return scope.fail(at, `{{${token.text}}} outside {{range}}`)
      return { node: token.text, at, to: token.at + token.text.length }
    case 'end':
      scope.expect('}}', 'end')
      return { stop: 'end', at }
    case 'else': {
      const next = scope.peekWord()
      if (next.kind === 'keyword' && (next.text === 'if' || next.text === 'with')) {
        return { stop: 'else', chained: next.text, at }
      }
      scope.expect('}}', 'else')
      return { stop: 'else', at }
    }
    default:
      return scope.unexpected(token, 'command')
  }
}

/** Reads up to the end or else of a structure. */
function list(scope: Scope): { readonly nodes: List; readonly stop: Stop } {
  const nodes: Node[] = []
  for (;;) {
    const token = scope.peek()
    if (token.kind === 'end of text') return scope.fail(token.at, 'unexpected EOF')
    const node = textOrAction(scope)
    if (isStop(node)) return { nodes, stop: node }
    nodes.push(node)
  }
}

function control(scope: Scope, kind: 'if' | 'with' | 'range', at: number): Node {
  const visible = scope.variables.length
  const pipe = parsePipe(scope, kind, '}}')
  const { nodes, stop } = list(kind === 'range' ? { ...scope, inRange: true } : scope)
  const rest = stop.stop === 'else' ? otherwise(scope, kind, stop) : undefined
  scope.variables.length = visible
  return {
    node: kind,
    pipe,
    list: nodes,
    ...(rest && { rest }),
    at,
    to: pipe.to,
  }
}

function otherwise(scope: Scope, kind: 'if' | 'with' | 'range', stop: Stop): List {
  if (stop.chained !== undefined && stop.chained === kind) {
    scope.nextWord()
    // One end closes the whole chain.
    return [control(deeper(scope, stop.at), stop.chained, stop.at)]
  }
  // {{else with}} of an if and the like: what stands behind else is no end of the action.
  if (stop.chained !== undefined) return scope.unexpected(scope.nextWord(), 'else')
  const { nodes, stop: last } = list(scope)
  if (last.stop !== 'end') return scope.fail(last.at, 'expected end; found {{else}}')
  return nodes
}

function define(scope: Scope): void {
  const { at } = scope.next()
  scope.nextWord()
  const name = nameIn(scope, 'define clause')
  scope.expect('}}', 'define clause')
  addTemplate(scope, name, body(scope, 'define clause', at), at)
}

/** The list of a template of its own: it sees no variables from outside. */
function body(scope: Scope, context: string, at: number): List {
  const { nodes, stop } = list({
    ...deeper(scope, at),
    variables: ['$'],
    inRange: false,
  })
  if (stop.stop !== 'end') return scope.fail(stop.at, `unexpected {{else}} in ${context}`)
  return nodes
}

function addTemplate(scope: Scope, name: string, nodes: List, at: number): void {
  const before = scope.templates.get(name)
  if (before !== undefined && !isBlank(before)) {
    if (!isBlank(nodes)) scope.fail(at, `multiple definition of template ${JSON.stringify(name)}`)
  } else scope.templates.set(name, nodes)
}

const isBlank = (nodes: List): boolean => nodes.every((node) => node.node === 'text' && node.text.trim() === '')

function templateCall(scope: Scope, at: number): Node {
  const name = nameIn(scope, 'template clause')
  const next = scope.peekWord()
  const pipe: Pipe | undefined = next.kind === '}}' ? undefined : parsePipe(scope, 'template clause', '}}')
  if (pipe === undefined) scope.nextWord()
  return {
    node: 'template',
    name,
    ...(pipe && { pipe }),
    at,
    to: pipe?.to ?? next.at,
  }
}

function block(scope: Scope, at: number): Node {
  const name = nameIn(scope, 'block clause')
  const pipe = parsePipe(scope, 'block clause', '}}')
  addTemplate(scope, name, body(scope, 'block clause', at), at)
  return { node: 'template', name, pipe, at, to: pipe.to }
}
