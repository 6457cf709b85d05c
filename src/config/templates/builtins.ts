// The functions that every Go template has, except and and or, which do not evaluate all of their arguments.
import { Buffer } from 'node:buffer'
import { equalsAny, order } from './compare.ts'
import { CallError } from './errors.ts'
import { htmlEscaped, jsEscaped, queryEscaped } from './escapes.ts'
import { type GoFunction, goByte, goString, goTypeName } from './go-types.ts'
import { bool, followed, type GoValue, goValue, int, isTrue, itemOf, looseField, none, string } from './go-values.ts'
import { formatted, printed, sprint, sprintln } from './print.ts'
import { sprintf } from './printf.ts'
import { plain } from './verb.ts'

const all = (call: GoFunction['call']): GoFunction => ({
  params: [],
  variadic: 'any',
  call,
})
const atLeastOne = (call: (first: GoValue, rest: readonly GoValue[]) => GoValue): GoFunction => ({
  params: ['any'],
  variadic: 'any',
  call: ([first = none, ...rest]) => call(first, rest),
})
const one = (call: (value: GoValue) => GoValue): GoFunction => ({
  params: ['any'],
  call: ([value = none]) => call(value),
})
const two = (call: (a: GoValue, b: GoValue) => boolean): GoFunction => ({
  params: ['any', 'any'],
  call: ([a = none, b = none]) => bool(call(a, b)),
})

export const builtins: ReadonlyMap<string, GoFunction> = new Map([
  ['call', atLeastOne(callFunction)],
  ['html', all((values) => string(htmlEscaped(textOf(values))))],
  ['js', all((values) => string(jsEscaped(textOf(values))))],
  ['urlquery', all((values) => string(queryEscaped(textOf(values))))],
  ['index', atLeastOne(index)],
  ['slice', atLeastOne(slice)],
  ['len', one(length)],
  ['not', one((value) => bool(!isTrue(value)))],
  ['print', all((values) => string(sprint(values)))],
  ['println', all((values) => string(sprintln(values)))],
  [
    'printf',
    {
      params: [goString],
      variadic: 'any',
      call: ([format, ...values]) => string(sprintf(format?.kind === 'string' ? format.data : '', values)),
    },
  ],
  ['eq', atLeastOne((first, others) => bool(equalsAny(first, others)))],
  ['ne', two((a, b) => !equalsAny(a, [b]))],
  ['lt', two((a, b) => order(a, b) < 0)],
  ['le', two((a, b) => order(a, b) <= 0)],
  ['gt', two((a, b) => !(order(a, b) <= 0))],
  ['ge', two((a, b) => !(order(a, b) < 0))],
])

/** The text of the arguments of an escaping function. */
function textOf(values: readonly GoValue[]): string {
  const [first] = values
  if (values.length === 1 && first !== undefined) return printed(first)
  return sprint(values.map((value) => (value.kind === 'none' ? string('<no value>') : followed(value))))
}

function callFunction(value: GoValue): GoValue {
  // No data of Prow has functions in it.
  if (value.kind === 'none') throw new CallError('call of nil')
  throw new CallError(`non-function ${formatted(value, plain)} of type ${goTypeName(value.type)}`)
}

function position(value: GoValue, most: number): number {
  if (value.kind === 'none') throw new CallError('cannot index slice/array with nil')
  if (value.kind !== 'int' && value.kind !== 'uint') {
    throw new CallError(`cannot index slice/array with type ${goTypeName(value.type)}`)
  }
  if (value.data < 0n || value.data > BigInt(most)) throw new CallError(`index out of range: ${value.data}`)
  return Number(value.data)
}

function target(value: GoValue, does: string): GoValue {
  if (value.kind === 'none') throw new CallError(`${does} of untyped nil`)
  const found = followed(value)
  if (found.kind === 'pointer') throw new CallError(`${does} of nil pointer`)
  return found
}

function index(first: GoValue, indexes: readonly GoValue[]): GoValue {
  if (first.kind === 'none') throw new CallError('index of untyped nil')
  return indexes.reduce((item, key) => itemAt(target(item, 'index'), key), first)
}

function itemAt(item: GoValue, key: GoValue): GoValue {
  switch (item.kind) {
    case 'slice': {
      const items = item.data ?? []
      return itemOf(item.type.of, items[within(position(key, items.length), items.length)])
    }
    case 'string': {
      const bytes = Buffer.from(item.data)
      return goValue(goByte, bytes[within(position(key, bytes.length), bytes.length)])
    }
    case 'map':
      if (key.kind === 'none') throw new CallError('value is nil; should be of type string')
      if (key.kind !== 'string' || key.type !== goString) {
        throw new CallError(`value has type ${goTypeName(key.type)}; should be string`)
      }
      return itemOf(item.type.of, ownValue(item.data, key.data))
    case 'loose':
      return key.kind === 'string' ? looseField(item.data, key.data) : none
    default:
      throw new CallError(`can't index item of type ${item.kind === 'none' ? 'nil' : goTypeName(item.type)}`)
  }
}

function within(at: number, length: number): number {
  if (at >= length) throw new CallError(`index out of range: ${at}`)
  return at
}

const ownValue = (data: Readonly<Record<string, unknown>> | undefined, key: string): unknown =>
  data !== undefined && Object.hasOwn(data, key) ? data[key] : undefined

function slice(value: GoValue, indexes: readonly GoValue[]): GoValue {
  const item = target(value, 'slice')
  if (indexes.length > 3) throw new CallError(`too many slice indexes: ${indexes.length}`)
  if (item.kind === 'string' && indexes.length === 3) throw new CallError('cannot 3-index slice a string')
  if (item.kind !== 'string' && item.kind !== 'slice') {
    throw new CallError(`can't slice item of type ${item.kind === 'none' ? 'nil' : goTypeName(item.type)}`)
  }
  const bytes = item.kind === 'string' ? Buffer.from(item.data) : undefined
  const size = bytes?.length ?? item.data?.length ?? 0
  const [from = 0, to = size, most = size] = indexes.map((given) => position(given, size))
  if (from > to) throw new CallError(`invalid slice index: ${from} > ${to}`)
  if (to > most) throw new CallError(`invalid slice index: ${to} > ${most}`)
  if (item.kind === 'slice') return { ...item, data: item.data?.slice(from, to) }
  return { ...item, data: bytes?.subarray(from, to).toString() ?? '' }
}

function length(value: GoValue): GoValue {
  const item = followed(value)
  switch (item.kind) {
    case 'none':
      throw new CallError('len of nil')
    case 'pointer':
      throw new CallError('len of nil pointer')
    case 'string':
      return int(Buffer.byteLength(item.data))
    case 'slice':
      return int(item.data?.length ?? 0)
    case 'map':
    case 'loose':
      return int(Object.keys(item.data ?? {}).length)
    default:
      throw new CallError(`len of type ${goTypeName(item.type)}`)
  }
}
