// The part of OpenAPI v3 that Kubernetes calls a structural schema, as plain data.

/** One node of a schema. Only what the server acts on is named; the rest travels along for clients. */
export interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly format?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly required?: readonly string[]
  readonly nullable?: boolean
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean
  readonly 'x-kubernetes-int-or-string'?: boolean
  readonly 'x-kubernetes-embedded-resource'?: boolean
  readonly 'x-kubernetes-list-type'?: string
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
  readonly 'x-kubernetes-map-type'?: string
  /** Built-in kinds only: how a strategic merge patch treats the list. */
  readonly 'x-kubernetes-patch-strategy'?: string
  readonly 'x-kubernetes-patch-merge-key'?: string
}

/** Schemas by name, referred to as `#/components/schemas/NAME`. */
export type Definitions = Readonly<Record<string, Schema>>

/** A schema with what its references point to. */
export interface RootedSchema {
  readonly schema: Schema
  readonly definitions: Definitions
}

const prefix = '#/components/schemas/'

/** Follows a reference, if the schema is one. */
export function resolve(schema: Schema, definitions: Definitions): Schema {
  if (schema.$ref === undefined) return schema
  const target = definitions[schema.$ref.slice(prefix.length)]
  if (!target) throw new Error(`schema refers to ${schema.$ref}, which is not defined`)
  return target
}

/** A reference to a definition. */
export const reference = (name: string): Schema => ({ $ref: prefix + name })
