// The little of JSON Schema that fields are described with.

/** A JSON Schema, draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** Schemas that several fields share, by name; they become `$defs`. */
export type SchemaParts = Map<string, JsonSchema>

/** Any of these types; an empty value is as good as none everywhere. */
export const nullable = (...types: readonly string[]): JsonSchema => ({ type: [...types, 'null'] })

/** A reference to a shared schema, which is made when it is asked for first. */
export function shared(parts: SchemaParts, name: string, make: () => JsonSchema): JsonSchema {
  if (!parts.has(name)) {
    // Before it is made, because it may refer to itself.
    parts.set(name, {})
    parts.set(name, make())
  }
  return { $ref: `#/$defs/${name}` }
}
