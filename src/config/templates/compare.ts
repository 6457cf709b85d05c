// eq, ne, lt, le, gt, ge: how Go's templates compare.
import { CallError } from './errors.ts'
import { type GoType, goTypeName } from './go-types.ts'
import { byBytes, type GoValue } from './go-values.ts'
import { formatted } from './print.ts'
import { plain, type Verb } from './verb.ts'

type Some = Exclude<GoValue, { kind: 'none' }>
type Basic = Extract<GoValue, { kind: 'string' | 'bool' | 'int' | 'uint' | 'float' }>

const isBasic = (value: GoValue): value is Basic => ['string', 'bool', 'int', 'uint', 'float'].includes(value.kind)
/** Signed and unsigned whole numbers compare with each other. */
const kindOf = ({ kind }: Basic): string => (kind === 'uint' ? 'int' : kind)

/** Whether the first value equals one of the others. Throws CallError for what does not compare. */
export function equalsAny(first: GoValue, others: readonly GoValue[]): boolean {
  if (others.length === 0) throw new CallError('missing argument for comparison')
  return others.some((other) => equals(first, other))
}

function equals(a: GoValue, b: GoValue): boolean {
  if (isBasic(a) && isBasic(b)) {
    if (kindOf(a) !== kindOf(b)) throw incompatible(a, b)
    return a.data === b.data
  }
  if (a.kind === 'none' || b.kind === 'none') return isNil(a) && isNil(b)
  if (isBasic(a) || isBasic(b)) throw incompatible(a, b)
  if (a.kind !== b.kind) throw new CallError(`non-comparable types ${goTypeName(a.type)}, ${goTypeName(b.type)}`)
  if (isNil(a) || isNil(b)) return isNil(a) && isNil(b)
  if (!isComparable(b.type)) throw new CallError(`non-comparable type ${goTypeName(b.type)}`)
  if (a.kind === 'pointer' && b.kind === 'pointer') return addressed(a) === addressed(b)
  return formatted(a, goSyntax) === formatted(b, goSyntax)
}

const goSyntax: Verb = { ...plain, goSyntax: true }

function isComparable(type: GoType): boolean {
  if (type.kind === 'struct') return type.fields.every((field) => isComparable(field.type))
  return type.kind !== 'slice' && type.kind !== 'map' && type.kind !== 'loose'
}

/** The data that a pointer leads to: the same for two pointers to one thing. */
const addressed = (value: GoValue): unknown =>
  value.kind === 'none' ? undefined : value.kind === 'pointer' && value.data ? addressed(value.data) : value.data

const isNil = (value: GoValue): boolean =>
  value.kind === 'none' ||
  (['pointer', 'slice', 'map'].includes(value.kind) && 'data' in value && value.data === undefined)

const incompatible = (a: Some, b: Some): CallError =>
  new CallError(`incompatible types for comparison: ${goTypeName(a.type)} and ${goTypeName(b.type)}`)

/** Negative, zero or positive; NaN when neither is less. Throws CallError for what has no order. */
export function order(a: GoValue, b: GoValue): number {
  if (!isBasic(a) || !isBasic(b)) throw new CallError('invalid type for comparison')
  if (kindOf(a) !== kindOf(b)) throw incompatible(a, b)
  if (a.kind === 'bool') throw new CallError('invalid type for comparison')
  if (a.kind === 'string' && b.kind === 'string') return byBytes(a.data, b.data)
  return a.data < b.data ? -1 : a.data > b.data ? 1 : a.data === b.data ? 0 : Number.NaN
}
