// Describes a Go struct over the wire object that has its data: one row per field.
import { type GoField, type GoMethod, type GoType, pointerTo, type StructType } from './go-types.ts'
import type { GoValue } from './go-values.ts'

/** Go's name, the key on the wire (empty: the object itself), and the type. An embedded field has no key of its own. */
type Row<Wire> = readonly [name: string, key: (keyof Wire & string) | '', type: GoType] | Embedded<Wire>
type Embedded<Wire> = {
  readonly embeds: StructType
  readonly as: string
  readonly key: (keyof Wire & string) | ''
}

/** Makes the struct that describes objects of type `Wire`; fields in the order of Go's declaration, in which they print. */
export const struct = <Wire extends object>(
  name: string,
  rows: readonly Row<Wire>[],
  methods: Readonly<Record<string, GoMethod>> = {},
): StructType => ({
  kind: 'struct',
  name,
  methods,
  fields: rows.map((row): GoField => {
    if ('embeds' in row)
      return {
        name: row.as,
        type: row.embeds,
        embedded: true,
        read: reader(row.key),
      }
    const [field, key, type] = row
    return { name: field, type, embedded: false, read: reader(key) }
  }),
})

const reader =
  (key: string) =>
  (raw: unknown): unknown =>
    key === ''
      ? raw
      : typeof raw === 'object' && raw !== null
        ? Object.getOwnPropertyDescriptor(raw, key)?.value
        : undefined

/** A method without arguments. `T`: what the struct's data is on the wire; undefined for Go's zero value. */
export const getter =
  <T = unknown>(get: (raw: T | undefined) => GoValue): GoMethod =>
  (raw) => ({ params: [], call: () => get(raw as T | undefined) })

/** A pointer to a struct of these fields. */
export const pointed = <Wire extends object>(name: string, rows: readonly Row<Wire>[]): GoType =>
  pointerTo(struct<Wire>(name, rows))
