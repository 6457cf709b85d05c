// Executes a parsed template: writes text, follows control structures. Values are found in evaluate.ts.
import { newBudget, sizeOf } from './budget.ts'
import { CallError } from './errors.ts'
import { evaluate } from './evaluate.ts'
import { type GoFunction, goString, goTypeName } from './go-types.ts'
import { followed, type GoValue, goValue, int, isTrue, itemOf, none, sortedKeys } from './go-values.ts'
import type { List, Node, Program } from './nodes.ts'
import { printed } from './print.ts'
import { explore, type Frame, fail, nested, type Run, step, write } from './run.ts'

/** How the execution of a list ended, other than at its end. */
type Jump = 'break' | 'continue' | undefined

/**
 * The output of a template on some data.
 * @param explores Also try branches that the data leave out; errors in them count when no data could avoid them.
 * @throws TemplateError
 */
export function execute(
  program: Program,
  functions: ReadonlyMap<string, GoFunction>,
  data: GoValue,
  explores = false,
): string {
  const run: Run = {
    program,
    functions,
    budget: newBudget(),
    explores,
    out: [],
    written: 0,
  }
  walkList({ run, variables: [{ name: '$', value: data }] }, data, program.root)
  return run.out.join('')
}

function walkList(frame: Frame, dot: GoValue, list: List): Jump {
  for (const node of list) {
    const jump = walk(frame, dot, node)
    if (jump !== undefined) return jump
  }
  return undefined
}

function walk(frame: Frame, dot: GoValue, node: Node): Jump {
  const { run } = frame
  step(run, node)
  switch (node.node) {
    case 'text':
      write(run, node, node.text)
      return undefined
    case 'action': {
      const value = evaluate(frame, dot, node.pipe)
      if (node.pipe.variables.length === 0) write(run, node.pipe, outputOf(run, node, value))
      return undefined
    }
    case 'if':
    case 'with':
      return scoped(frame, () => nested(run, node, () => branch(frame, dot, node)))
    case 'range':
      return scoped(frame, () => nested(run, node, () => loop(frame, dot, node)))
    case 'template':
      callTemplate(frame, dot, node)
      return undefined
    case 'break':
    case 'continue':
      return node.node
  }
}

function outputOf(run: Run, node: Extract<Node, { node: 'action' }>, value: GoValue): string {
  const { escape: escaped } = node
  if (escaped === undefined) return print(run, node, value)
  return escaped(value.kind === 'none' ? '' : print(run, node, value))
}

function print(run: Run, node: Node, value: GoValue): string {
  try {
    return printed(value)
  } catch (error) {
    if (error instanceof CallError) return fail(run, 'data', node, error.message)
    throw error
  }
}

/** Forgets the variables that are declared in the meantime. */
function scoped<T>({ variables }: Frame, act: () => T): T {
  const { length } = variables
  const result = act()
  variables.length = length
  return result
}

type Control = Extract<Node, { pipe: unknown; list: unknown }>

function branch(frame: Frame, dot: GoValue, { node, pipe, list, rest = [] }: Control): Jump {
  const value = evaluate(frame, dot, pipe)
  step(frame.run, pipe, sizeOf(value))
  const inner = node === 'with' ? value : dot
  if (!isTrue(value)) {
    explore(frame, () => walkList(frame, inner, list))
    return walkList(frame, dot, rest)
  }
  explore(frame, () => walkList(frame, dot, rest))
  return walkList(frame, inner, list)
}

function loop(frame: Frame, dot: GoValue, node: Control): Jump {
  const { run, variables } = frame
  const { pipe, list, rest = [] } = node
  const value = followed(evaluate(frame, dot, pipe))
  const { length } = variables
  let isEmpty = true
  for (const [key, item] of items(run, node, value)) {
    isEmpty = false
    step(run, node)
    const [first, second] = pipe.variables
    if (first !== undefined) setVariable(frame, node, first, second === undefined ? item : key)
    if (second !== undefined) setVariable(frame, node, second, item)
    const jump = walkList(frame, item, list)
    variables.length = length
    if (jump === 'break') break
  }
  if (isEmpty) return walkList(frame, dot, rest)
  explore(frame, () => walkList(frame, dot, rest))
  return undefined
}

function* items(run: Run, node: Control, value: GoValue): Generator<readonly [key: GoValue, item: GoValue]> {
  switch (value.kind) {
    case 'none':
      return
    case 'slice':
      for (const [index, raw] of (value.data ?? []).entries()) yield [int(index), itemOf(value.type.of, raw)]
      return
    case 'map':
    case 'loose': {
      const of = value.kind === 'map' ? value.type.of : value.type
      for (const key of sortedKeys(value.data)) yield [goValue(goString, key), itemOf(of, value.data?.[key])]
      return
    }
    case 'int':
    case 'uint':
      if (node.pipe.variables.length > 1) {
        fail(run, 'program', node, `can't use ${value.data} to iterate over more than one variable`)
      }
      for (let at = 0n; at < value.data; at++) yield [none, { ...value, data: at }]
      return
    default:
      fail(run, 'data', node.pipe, `range can't iterate over a value of type ${goTypeName(value.type)}`)
  }
}

function setVariable({ run, variables }: Frame, node: Control, name: string, value: GoValue): void {
  const variable = variables.findLast((known) => known.name === name)
  if (variable === undefined) fail(run, 'program', node, `undefined variable: ${name}`)
  else variable.value = value
}

function callTemplate(frame: Frame, dot: GoValue, node: Extract<Node, { node: 'template' }>): void {
  const { run } = frame
  const list =
    run.program.templates.get(node.name) ??
    fail(run, 'program', node, `template ${JSON.stringify(node.name)} not defined`)
  const data = node.pipe === undefined ? none : evaluate(frame, dot, node.pipe)
  nested(run, node, () => walkList({ run, variables: [{ name: '$', value: data }] }, data, list))
}
