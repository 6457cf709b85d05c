// Go's types, as far as data of templates has them: what a field is called, what an absent one is, what may be called.
import type { GoValue } from './go-values.ts'

export type GoType = BasicType | StructType | PointerType | SliceType | MapType | LooseType

/** `name` is Go's name; `v1.ProwJobState` is a string of its own type. */
export interface BasicType {
  readonly kind: 'string' | 'bool' | 'int' | 'uint' | 'float'
  readonly name: string
}

/** A struct, whose data is any object: `read` finds a field's raw data in it. */
export interface StructType {
  readonly kind: 'struct'
  readonly name: string
  readonly fields: readonly GoField[]
  readonly methods: Readonly<Record<string, GoMethod>>
  /** Methods that a nil pointer has. */
  readonly onNil?: Readonly<Record<string, GoMethod>>
}

export interface GoField {
  readonly name: string
  readonly type: GoType
  /** Fields and methods of an embedded struct can be named without it. */
  readonly embedded: boolean
  /** Raw data of the field in the raw data of the struct; undefined for Go's zero value. */
  readonly read: (raw: unknown) => unknown
}

export interface PointerType {
  readonly kind: 'pointer'
  readonly to: GoType
}
export interface SliceType {
  readonly kind: 'slice'
  readonly of: GoType
}
/** A map with texts as keys. */
export interface MapType {
  readonly kind: 'map'
  readonly of: GoType
}
/** A struct of somebody else's API whose fields are found by their JSON names, whatever they are. */
export interface LooseType {
  readonly kind: 'loose'
  readonly name: string
}

/** What a function takes and gives. */
export interface GoFunction {
  /** One per parameter; `any` takes every value. */
  readonly params: readonly (GoType | 'any')[]
  /** Type of the further arguments, when there may be any number. */
  readonly variadic?: GoType | 'any'
  /** Throws CallError for arguments that it cannot take. */
  readonly call: (args: readonly GoValue[]) => GoValue
}

/** A method: a function that has its receiver, given as raw data. */
export type GoMethod = (raw: unknown) => GoFunction

const basic = (kind: BasicType['kind'], name: string): BasicType => ({
  kind,
  name,
})

export const goString = basic('string', 'string')
export const goBool = basic('bool', 'bool')
export const goInt = basic('int', 'int')
export const goInt64 = basic('int', 'int64')
export const goByte = basic('uint', 'uint8')
export const goFloat = basic('float', 'float64')

/** A string type with a name. */
export const named = (name: string): BasicType => basic('string', name)
export const pointerTo = (to: GoType): PointerType => ({ kind: 'pointer', to })
export const sliceOf = (of: GoType): SliceType => ({ kind: 'slice', of })
export const mapOf = (of: GoType): MapType => ({ kind: 'map', of })
export const loose = (name: string): LooseType => ({ kind: 'loose', name })

/** The name of a type as Go writes it. */
export function goTypeName(type: GoType | 'any'): string {
  if (type === 'any') return 'interface {}'
  switch (type.kind) {
    case 'pointer':
      return `*${goTypeName(type.to)}`
    case 'slice':
      return `[]${goTypeName(type.of)}`
    case 'map':
      return `map[string]${goTypeName(type.of)}`
    default:
      return type.name
  }
}

/** Whether two types are the same one. */
export function sameType(a: GoType | 'any', b: GoType | 'any'): boolean {
  return a === b || goTypeName(a) === goTypeName(b)
}

/** A field by its Go name, those of embedded structs included: the way to it, outermost first. */
export function fieldNamed(type: StructType, name: string): readonly GoField[] | undefined {
  const own = type.fields.find((field) => field.name === name)
  if (own !== undefined) return [own]
  for (const field of type.fields) {
    const deeper = field.embedded && field.type.kind === 'struct' ? fieldNamed(field.type, name) : undefined
    if (deeper !== undefined) return [field, ...deeper]
  }
  return undefined
}

/** A method by its name, bound to its receiver; those of embedded structs included. */
export function methodNamed(type: StructType, raw: unknown, name: string): GoFunction | undefined {
  if (Object.hasOwn(type.methods, name)) return type.methods[name]?.(raw)
  for (const field of type.fields) {
    if (!field.embedded || field.type.kind !== 'struct') continue
    const found = methodNamed(field.type, field.read(raw), name)
    if (found !== undefined) return found
  }
  return undefined
}
