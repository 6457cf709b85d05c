// What the server has to know of a kind to serve it. Everything else is generic.

import type { NameRule } from '../meta.ts'
import { type ApiObject, at, type Json } from '../object.ts'
import type { RootedSchema } from '../schema/types.ts'
import type { Validate } from '../schema/validate.ts'
import type { Cause } from '../status.ts'
import type { Column } from '../table/column.ts'

/** How a kind is called and found. */
export interface KindNames {
  /** Empty for the core group. */
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly listKind: string
  readonly plural: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly namespaced: boolean
}

/** A kind with its rules. The functions are pure; objects they get are in the shape of the schema. */
export interface Kind extends KindNames {
  readonly nameRule: NameRule
  /** Defined by a CustomResourceDefinition. */
  readonly custom: boolean
  /** Whether status is written through /status only. */
  readonly statusSubresource: boolean
  /** Subresources besides status, for discovery. */
  readonly subresources: readonly { readonly name: string; readonly kind: string; readonly verbs: readonly string[] }[]
  readonly schema: RootedSchema
  readonly validateSchema: Validate
  readonly columns: readonly Column[]
  /** Fields that field selectors know, besides metadata.name and metadata.namespace. */
  readonly selectable: readonly string[]
  readonly rules: Rules
}

/** Where a kind differs from a plain object that is stored as it comes. */
export interface Rules {
  /** Fills in what the server decides at creation. */
  readonly forCreate?: (object: ApiObject, now: string) => ApiObject
  /** Fills in what the server decides at an update; runs after status was kept apart. */
  readonly forUpdate?: (object: ApiObject, old: ApiObject) => ApiObject
  readonly validate?: (object: ApiObject) => readonly Cause[]
  /** What may not change. */
  readonly validateUpdate?: (object: ApiObject, old: ApiObject) => readonly Cause[]
  /** Whether an object made through the main resource keeps the status it came with. Default: no, where there is /status. */
  readonly keepsStatusAtCreation?: boolean
  /** A deletion only marks the object, as this leaves it; a controller removes it when it is done with it. */
  readonly whileDeleting?: (object: ApiObject) => ApiObject
  /** Resource whose objects cannot be without this one, and go in the same write. */
  readonly takesAlong?: (object: ApiObject) => string
  /** How long, in seconds, a deletion waits for whoever runs the object to confirm it; 0: not at all. */
  readonly graceSeconds?: (object: ApiObject, asked: number | undefined) => number
}

/** plural.group, the name of a kind's drawer in the store. */
export const resourceOf = ({ group, plural }: Pick<KindNames, 'group' | 'plural'>) =>
  group ? `${plural}.${group}` : plural

export const apiVersionOf = ({ group, version }: Pick<KindNames, 'group' | 'version'>) =>
  group ? `${group}/${version}` : version

/** Values of the selectable fields that are not empty. */
export function selectableFields(kind: Pick<Kind, 'selectable'>, object: Json): Readonly<Record<string, string>> {
  const out: Record<string, string> = {}
  for (const path of kind.selectable) {
    const value = at(object, path)
    if (typeof value === 'string' ? value !== '' : typeof value === 'number' || typeof value === 'boolean')
      out[path] = String(value)
  }
  return out
}
