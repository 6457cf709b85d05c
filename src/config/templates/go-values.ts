// Go's values: raw data together with its Go type, read field by field when a template asks for it.
import { Buffer } from 'node:buffer'
import {
  type BasicType,
  type GoType,
  goBool,
  goFloat,
  goInt,
  goString,
  type LooseType,
  loose,
  type MapType,
  type PointerType,
  type SliceType,
  type StructType,
  sliceOf,
} from './go-types.ts'

/** A value of a template. `none`: no value at all, such as the one of an unknown key of a map. */
export type GoValue =
  | { readonly kind: 'none' }
  | { readonly kind: 'string'; readonly type: BasicType; readonly data: string }
  | { readonly kind: 'bool'; readonly type: BasicType; readonly data: boolean }
  | {
      readonly kind: 'int' | 'uint'
      readonly type: BasicType
      readonly data: bigint
    }
  | { readonly kind: 'float'; readonly type: BasicType; readonly data: number }
  | {
      readonly kind: 'struct'
      readonly type: StructType
      readonly data: unknown
    }
  | {
      readonly kind: 'loose'
      readonly type: LooseType
      readonly data: Readonly<Record<string, unknown>>
    }
  | {
      readonly kind: 'pointer'
      readonly type: PointerType
      readonly data: GoValue | undefined
    }
  | {
      readonly kind: 'slice'
      readonly type: SliceType
      readonly data: readonly unknown[] | undefined
    }
  | {
      readonly kind: 'map'
      readonly type: MapType
      readonly data: Readonly<Record<string, unknown>> | undefined
    }

export const none: GoValue = { kind: 'none' }
export const string = (data: string): GoValue => ({
  kind: 'string',
  type: goString,
  data,
})
export const bool = (data: boolean): GoValue => ({
  kind: 'bool',
  type: goBool,
  data,
})
export const int = (data: bigint | number): GoValue => ({
  kind: 'int',
  type: goInt,
  data: BigInt(data),
})
export const float = (data: number): GoValue => ({
  kind: 'float',
  type: goFloat,
  data,
})

/** The value that raw data has as a value of the type; undefined and null are the type's zero value. */
export function goValue(type: GoType, raw: unknown): GoValue {
  switch (type.kind) {
    case 'string':
      return {
        kind: 'string',
        type,
        data: typeof raw === 'string' ? raw.toWellFormed() : '',
      }
    case 'bool':
      return { kind: 'bool', type, data: raw === true }
    case 'int':
    case 'uint':
      return { kind: type.kind, type, data: wholeOf(raw) }
    case 'float':
      return { kind: 'float', type, data: typeof raw === 'number' ? raw : 0 }
    case 'struct':
      return { kind: 'struct', type, data: raw }
    case 'loose':
      return { kind: 'loose', type, data: isObject(raw) ? raw : {} }
    case 'pointer':
      return {
        kind: 'pointer',
        type,
        data: raw === undefined || raw === null ? undefined : goValue(type.to, raw),
      }
    case 'slice':
      return {
        kind: 'slice',
        type,
        data: Array.isArray(raw) ? raw : undefined,
      }
    case 'map':
      return { kind: 'map', type, data: isObject(raw) ? raw : undefined }
  }
}

function wholeOf(raw: unknown): bigint {
  if (typeof raw === 'bigint') return raw
  return typeof raw === 'number' && Number.isSafeInteger(raw) ? BigInt(raw) : 0n
}

const isObject = (raw: unknown): raw is Readonly<Record<string, unknown>> =>
  typeof raw === 'object' && raw !== null && !Array.isArray(raw)

/** A value whose type its data tells: JSON of somebody else's API. */
function looseValue(raw: unknown): GoValue {
  if (typeof raw === 'string') return goValue(goString, raw)
  if (typeof raw === 'boolean') return bool(raw)
  if (typeof raw === 'number') return Number.isSafeInteger(raw) ? int(raw) : float(raw)
  if (Array.isArray(raw)) return goValue(sliceOf(loose('interface {}')), raw)
  return isObject(raw) ? goValue(loose('map[string]interface {}'), raw) : none
}

/** An item of a list. */
export const itemOf = (type: GoType, raw: unknown): GoValue =>
  type.kind === 'loose' ? looseValue(raw) : goValue(type, raw)

/** A field of a loose struct: JSON names differ from Go's in case only. */
export function looseField(data: Readonly<Record<string, unknown>>, name: string): GoValue {
  const key = Object.keys(data).find((key) => key.toLowerCase() === name.toLowerCase())
  return key === undefined ? none : looseValue(data[key])
}

/** What pointers lead to; a nil pointer itself. */
export function followed(value: GoValue): GoValue {
  let at = value
  while (at.kind === 'pointer' && at.data !== undefined) at = at.data
  return at
}

/** Whether `if` takes a value as true. */
export function isTrue(value: GoValue): boolean {
  switch (value.kind) {
    case 'none':
      return false
    case 'string':
      return value.data !== ''
    case 'bool':
      return value.data
    case 'int':
    case 'uint':
      return value.data !== 0n
    case 'float':
      return value.data !== 0
    case 'struct':
    case 'loose':
      return true
    case 'pointer':
      return value.data !== undefined
    case 'slice':
      return (value.data?.length ?? 0) > 0
    case 'map':
      return Object.keys(value.data ?? {}).length > 0
  }
}

/** Keys of a map in Go's order, which is that of their bytes. */
export const sortedKeys = (data: Readonly<Record<string, unknown>> | undefined): string[] =>
  Object.keys(data ?? {}).sort(byBytes)

/** Order of texts by their bytes. */
export const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))
