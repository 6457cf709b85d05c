// Go's html/template: text/template whose values are escaped by where in HTML they stand. Which is found out before data are known.
import { builtins } from './builtins.ts'
import { placeIn, TemplateError } from './errors.ts'
import { execute } from './exec.ts'
import { afterText, type Context, contextKey, HtmlError, joined, outside, valueIn } from './html-context.ts'
import { type Done, escapeFor } from './html-escapes.ts'
import type { List, Node, Pipe, Program, Span } from './nodes.ts'
import { parseTemplate } from './parse.ts'
import type { Template } from './template.ts'

/** Parses a template of HTML. Throws TemplateError, also for HTML that could not be escaped. */
export function htmlTemplate(source: string): Template {
  const program = escapedProgram(parseTemplate(source, new Set([...builtins.keys(), 'and', 'or'])))
  return {
    render: (data) => execute(program, builtins, data),
    check: (data) => {
      execute(program, builtins, data, true)
    },
  }
}

/** The work on one program. */
interface Escaping {
  readonly program: Program
  /** Templates by name and context, and where they end; a template that is being looked at ends where it begins. */
  readonly made: Map<string, { list: List; end: Context; isAsked: boolean }>
}

/** A list with everything escaped, and the context behind it. */
interface Escaped {
  readonly list: List
  readonly end: Context
}

function escapedProgram(program: Program): Program {
  const escaping: Escaping = { program, made: new Map() }
  const { list, end } = escapedList(escaping, program.root, outside)
  if (end.state !== 'text') refuse(program, { at: program.source.length, to: program.source.length }, unfinished)
  return { ...program, root: list, templates: new Map([...escaping.made].map(([name, made]) => [name, made.list])) }
}

const unfinished = 'ends inside of a tag, a comment or an element that holds text only'

function refuse({ source }: Program, { at, to }: Span, problem: string): never {
  throw new TemplateError('syntax', problem, { ...placeIn(source, at), code: source.slice(at, to) })
}

function escapedList(escaping: Escaping, nodes: List, start: Context): Escaped {
  let end = start
  const list = nodes.map((node) => {
    try {
      const escaped = escapedNode(escaping, node, end)
      end = escaped.end
      return escaped.node
    } catch (error) {
      if (error instanceof HtmlError) return refuse(escaping.program, node, error.message)
      throw error
    }
  })
  return { list, end }
}

function escapedNode(escaping: Escaping, node: Node, start: Context): { readonly node: Node; readonly end: Context } {
  switch (node.node) {
    case 'text': {
      const { context, written } = afterText(start, node.text)
      return { node: { ...node, text: written }, end: context }
    }
    case 'action': {
      const done = doneBy(node.pipe)
      if (node.pipe.variables.length > 0) return { node, end: start }
      const at = valueIn(start)
      return { node: { ...node, escape: escapeFor(at, done) }, end: at }
    }
    case 'if':
    case 'with':
    case 'range': {
      const list = escapedList(escaping, node.list, start)
      const rest = escapedList(escaping, node.rest ?? [], start)
      // What a loop writes must leave the place as it was.
      const again = node.node === 'range' ? joined(list.end, start) : list.end
      const end = again && joined(again, rest.end)
      if (end === undefined) throw new HtmlError(`the ways through {{${node.node}}} end in different places of HTML`)
      return { node: { ...node, list: list.list, ...(node.rest && { rest: rest.list }) }, end }
    }
    case 'template': {
      const name = `${node.name}\0${contextKey(start)}`
      return { node: { ...node, name }, end: templateEnd(escaping, node, name, start) }
    }
    default:
      return { node, end: { state: 'dead' } }
  }
}

// Each template is kept once for each context that it is called in.
const mostTemplates = 500

/** Where a template ends that is called in a context. */
function templateEnd(escaping: Escaping, node: Node & { node: 'template' }, name: string, start: Context): Context {
  const { made, program } = escaping
  const known = made.get(name)
  if (known !== undefined) {
    known.isAsked = true
    return known.end
  }
  const body = program.templates.get(node.name)
  if (body === undefined) return refuse(program, node, `no such template ${JSON.stringify(node.name)}`)
  if (made.size > mostTemplates) return refuse(program, node, 'calls templates in too many places of HTML')
  const entry = { list: [] as List, end: start, isAsked: false }
  made.set(name, entry)
  const { list, end } = escapedList(escaping, body, start)
  const isOther = contextKey(end) !== contextKey(start)
  if (entry.isAsked && isOther) return refuse(program, node, 'calls itself and ends elsewhere in HTML than it begins')
  Object.assign(entry, { list, end })
  return end
}

/** The last command, if it escapes. Go takes no escaping before that. */
function doneBy({ commands }: Pipe): Done {
  const names = commands.map(({ first }) => (first.is === 'function' ? first.name : ''))
  const escapers = names.flatMap((name, index) => (name === 'html' || name === 'urlquery' ? [{ name, index }] : []))
  const early = escapers.find(({ index }) => index < commands.length - 1)
  if (early !== undefined) throw new HtmlError(`predefined escaper "${early.name}" disallowed in template`)
  const [last] = escapers
  return last?.name === 'html' || last?.name === 'urlquery' ? last.name : undefined
}
