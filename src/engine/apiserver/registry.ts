// Which kinds are served right now: the built-in ones and those of the definitions in the store.
import { builtinDefinitions, builtinKinds } from './kinds/builtin.ts'
import { kindOf } from './kinds/definition.ts'
import { apiVersionOf, type Kind, resourceOf } from './kinds/kind.ts'
import type { ApiObject } from './object.ts'
import { reference } from './schema/types.ts'

export interface Registry {
  /** By the words of a request's path; undefined when nothing of that name is served. */
  find(group: string, version: string, plural: string): Kind | undefined
  /** By plural.group. */
  byResource(resource: string): Kind | undefined
  /** By the words of an object or an owner reference. */
  byKind(apiVersion: string, kind: string): Kind | undefined
  /** Every kind, built-in ones first. */
  all(): readonly Kind[]
  /** Serves what a definition defines, in place of what it defined before. */
  define(definition: ApiObject): void
  /** Stops serving what a definition of this name defined. */
  undefine(name: string): void
  /** Grows by one with each change, for what is derived from the kinds. */
  generation(): number
}

/** A registry of the built-in kinds. */
export function createRegistry(): Registry {
  const kinds = new Map<string, Kind>(builtinKinds.map((kind) => [resourceOf(kind), kind]))
  let generation = 0
  return {
    find(group, version, plural) {
      const kind = kinds.get(resourceOf({ group, plural }))
      return kind?.version === version ? kind : undefined
    },
    byResource: (resource) => kinds.get(resource),
    byKind: (apiVersion, name) =>
      [...kinds.values()].find((kind) => kind.kind === name && apiVersionOf(kind) === apiVersion),
    all: () => [...kinds.values()],
    define(definition) {
      const kind = kindOf(definition, reference('ObjectMeta'), builtinDefinitions)
      kinds.set(resourceOf(kind), kind)
      generation++
    },
    undefine(name) {
      if (kinds.delete(name)) generation++
    },
    generation: () => generation,
  }
}
