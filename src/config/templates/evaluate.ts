// Finds the value of a pipeline: fields, variables, literals, and what functions and methods give.
import { sizeOf } from './budget.ts'
import { CallError } from './errors.ts'
import { fieldNamed, type GoFunction, type GoType, goTypeName, methodNamed, sameType } from './go-types.ts'
import {
  bool,
  float,
  followed,
  type GoValue,
  goValue,
  int,
  isTrue,
  itemOf,
  looseField,
  none,
  string,
} from './go-values.ts'
import type { Command, NumberLiteral, Operand, Pipe, Span } from './nodes.ts'
import { explore, type Frame, fail, nested, type Run, step } from './run.ts'

/** What a function or method is called with: operands, and the value of the command before it. */
interface Given {
  readonly args: readonly Operand[]
  readonly last?: GoValue
}

const nothing: Given = { args: [] }
const isEmpty = ({ args, last }: Given): boolean => args.length === 0 && last === undefined

/** The value of a pipeline; its variables are set. Throws TemplateError. */
export function evaluate(frame: Frame, dot: GoValue, pipe: Pipe): GoValue {
  let value: GoValue | undefined
  for (const command of pipe.commands) value = evaluateCommand(frame, dot, command, value)
  const result = value ?? none
  for (const name of pipe.variables) {
    if (pipe.assigns) {
      const variable = frame.variables.findLast((known) => known.name === name)
      if (variable === undefined) return fail(frame.run, 'program', pipe, `undefined variable: ${name}`)
      variable.value = result
    } else frame.variables.push({ name, value: result })
  }
  return result
}

function evaluateCommand(frame: Frame, dot: GoValue, command: Command, last: GoValue | undefined): GoValue {
  const { run } = frame
  const { first, args } = command
  const given = { args, ...(last && { last }) }
  step(run, first)
  switch (first.is) {
    case 'function':
      return callNamed(frame, dot, command, first.name, given)
    case 'field':
    case 'chain':
      return evaluateOperand(frame, dot, first, given)
    case 'variable':
      if (first.names.length > 0) return evaluateOperand(frame, dot, first, given)
      break
    case 'nil':
      return fail(run, 'program', first, 'nil is not a command')
    default:
      break
  }
  if (!isEmpty(given)) {
    const code = run.program.source.slice(first.at, first.to)
    return fail(run, 'program', first, `can't give argument to non-function ${code}`)
  }
  return evaluateOperand(frame, dot, first, nothing)
}

function evaluateOperand(frame: Frame, dot: GoValue, operand: Operand, given: Given): GoValue {
  const { run } = frame
  switch (operand.is) {
    case 'dot':
      return dot
    case 'nil':
      return none
    case 'bool':
      return bool(operand.value)
    case 'string':
      return string(operand.value)
    case 'number':
      return constant(run, operand, operand.value)
    case 'field':
      return chain(frame, dot, dot, operand, operand.names, given)
    case 'variable':
      return chain(frame, dot, variableOf(frame, operand, operand.name), operand, operand.names, given)
    case 'chain':
      if (operand.of.is === 'nil') return fail(run, 'program', operand, 'indirection through explicit nil')
      return chain(frame, dot, evaluateOperand(frame, dot, operand.of, nothing), operand, operand.names, given)
    case 'function':
      return callNamed(frame, dot, operand, operand.name, given)
    case 'pipe':
      return nested(run, operand, () => evaluate(frame, dot, operand.pipe))
  }
}

function variableOf({ run, variables }: Frame, span: Span, name: string): GoValue {
  const variable = variables.findLast((known) => known.name === name)
  return variable?.value ?? fail(run, 'program', span, `undefined variable: ${name}`)
}

/** The value of a number where nothing asks for a type. */
function constant(run: Run, span: Span, { int: whole, float: number, isFloat }: NumberLiteral): GoValue {
  if (isFloat) return float(number)
  return whole === undefined ? fail(run, 'program', span, 'overflows int') : int(whole)
}

function chain(
  frame: Frame,
  dot: GoValue,
  receiver: GoValue,
  span: Span,
  names: readonly string[],
  given: Given,
): GoValue {
  let value = receiver
  for (const [index, name] of names.entries()) {
    value = field(frame, dot, value, name, span, index === names.length - 1 ? given : nothing)
  }
  return value
}

/** A field, a key of a map, or what a method gives. */
function field(frame: Frame, dot: GoValue, receiver: GoValue, name: string, span: Span, given: Given): GoValue {
  const { run } = frame
  if (receiver.kind === 'none') return none
  const target = followed(receiver)
  step(run, span, sizeOf(target))
  switch (target.kind) {
    case 'struct': {
      const method = methodNamed(target.type, target.data, name)
      if (method !== undefined) return call(frame, dot, method, name, span, given)
      const way = fieldNamed(target.type, name)
      const last = way?.at(-1)
      if (way === undefined || last === undefined) break
      if (!isEmpty(given)) fail(run, 'program', span, `${name} has arguments but cannot be invoked as function`)
      const raw = way.reduce<unknown>((data, part) => part.read(data), target.data)
      return goValue(last.type, raw)
    }
    case 'map':
      if (!isEmpty(given)) fail(run, 'program', span, `${name} is not a method but has arguments`)
      if (target.data === undefined || !Object.hasOwn(target.data, name)) return none
      return itemOf(target.type.of, target.data[name])
    case 'loose':
      if (!isEmpty(given)) fail(run, 'program', span, `${name} is not a method but has arguments`)
      return looseField(target.data, name)
    case 'pointer': {
      const { to } = target.type
      const onNil = to.kind === 'struct' && Object.hasOwn(to.onNil ?? {}, name) ? to.onNil?.[name] : undefined
      if (onNil !== undefined) return call(frame, dot, onNil(undefined), name, span, given)
      if (!hasName(target.type.to, name)) break
      return fail(run, 'data', span, `nil pointer evaluating ${goTypeName(receiver.type)}.${name}`)
    }
    default:
      break
  }
  return fail(run, 'program', span, `can't evaluate field ${name} in type ${goTypeName(receiver.type)}`)
}

const hasName = (type: GoType, name: string): boolean =>
  type.kind !== 'struct' || methodNamed(type, undefined, name) !== undefined || fieldNamed(type, name) !== undefined

function callNamed(frame: Frame, dot: GoValue, span: Span, name: string, given: Given): GoValue {
  const made = frame.run.functions.get(name)
  if (made !== undefined) return call(frame, dot, made, name, span, given)
  if (name === 'and' || name === 'or') return decide(frame, dot, span, name, given)
  return fail(frame.run, 'program', span, `${JSON.stringify(name)} is not a defined function`)
}

/** `and` and `or` give the operand that decides, and do not look at those behind it. */
function decide(frame: Frame, dot: GoValue, span: Span, name: 'and' | 'or', { args, last }: Given): GoValue {
  if (args.length === 0 && last === undefined) {
    return fail(frame.run, 'program', span, `wrong number of args for ${name}: want at least 1 got 0`)
  }
  let value = none
  for (const [index, arg] of args.entries()) {
    value = argument(frame, dot, 'any', arg)
    step(frame.run, arg, sizeOf(value))
    if (isTrue(value) === (name === 'or')) {
      for (const other of args.slice(index + 1)) explore(frame, () => argument(frame, dot, 'any', other))
      return value
    }
  }
  return last ?? value
}

function call(frame: Frame, dot: GoValue, made: GoFunction, name: string, span: Span, given: Given): GoValue {
  const { run } = frame
  const count = given.args.length + (given.last === undefined ? 0 : 1)
  const { length: wanted } = made.params
  if (made.variadic === undefined ? count !== wanted : count < wanted) {
    const least = made.variadic === undefined ? '' : 'at least '
    return fail(run, 'program', span, `wrong number of args for ${name}: want ${least}${wanted} got ${count}`)
  }
  const typeAt = (index: number) => made.params[index] ?? made.variadic ?? 'any'
  const args = given.args.map((arg, index) => argument(frame, dot, typeAt(index), arg))
  if (given.last !== undefined) args.push(assigned(run, span, given.last, typeAt(args.length)))
  step(
    run,
    span,
    args.reduce((size, arg) => size + sizeOf(arg), 0),
  )
  try {
    const result = made.call(args)
    step(run, span, sizeOf(result))
    return result
  } catch (error) {
    if (error instanceof CallError) return fail(run, 'data', span, `error calling ${name}: ${error.message}`)
    throw error
  }
}

/** The value of an argument for a parameter of the type. */
function argument(frame: Frame, dot: GoValue, type: GoType | 'any', arg: Operand): GoValue {
  const { run } = frame
  step(run, arg)
  const code = () => run.program.source.slice(arg.at, arg.to)
  switch (arg.is) {
    case 'nil':
      if (type === 'any') return none
      if (canBeNil(type)) return goValue(type, undefined)
      return fail(run, 'program', arg, `cannot assign nil to ${goTypeName(type)}`)
    case 'bool':
    case 'string':
    case 'number': {
      if (type === 'any') return evaluateOperand(frame, dot, arg, nothing)
      if (arg.is === 'number' && type.kind === 'int' && arg.value.int !== undefined) return goValue(type, arg.value.int)
      if (arg.is === 'number' && type.kind === 'float') return goValue(type, arg.value.float)
      if (arg.is !== 'number' && arg.is === type.kind) return goValue(type, arg.value)
      const wants = {
        string: 'string',
        int: 'integer',
        bool: 'bool',
        float: 'float',
      }
      const found = Object.entries(wants).find(([kind]) => kind === type.kind)?.[1]
      return fail(
        run,
        'program',
        arg,
        found === undefined
          ? `can't handle ${code()} for arg of type ${goTypeName(type)}`
          : `expected ${found}; found ${code()}`,
      )
    }
    default:
      return assigned(run, arg, evaluateOperand(frame, dot, arg, nothing), type)
  }
}

const canBeNil = (type: GoType): boolean => ['pointer', 'slice', 'map'].includes(type.kind)

/** The value as an argument of the type; one pointer is followed when that helps. */
function assigned(run: Run, span: Span, value: GoValue, type: GoType | 'any'): GoValue {
  if (type === 'any') return value
  if (value.kind === 'none') {
    if (canBeNil(type)) return goValue(type, undefined)
    return fail(run, 'data', span, `invalid value; expected ${goTypeName(type)}`)
  }
  if (sameType(value.type, type)) return value
  if (value.kind === 'pointer' && sameType(value.type.to, type)) {
    return value.data ?? fail(run, 'data', span, `dereference of nil pointer of type ${goTypeName(type)}`)
  }
  if (type.kind === 'pointer' && sameType(type.to, value.type)) return { kind: 'pointer', type, data: value }
  return fail(run, 'data', span, `wrong type for value; expected ${goTypeName(type)}; got ${goTypeName(value.type)}`)
}
