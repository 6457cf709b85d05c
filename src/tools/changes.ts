// What two printed settings differ in.
import { isDeepStrictEqual } from 'node:util'
import { asMap } from '../config/fields.ts'

/** One setting that differs. Absent on one side is undefined. */
export interface Change {
  /** Dotted path, e.g. `spec.containers[0].env[HOME].value`. */
  readonly field: string
  readonly old?: unknown
  readonly new?: unknown
}

/** The settings that differ, in the order of their paths. */
export function changesOf(old: unknown, next: unknown, field = ''): readonly Change[] {
  if (isDeepStrictEqual(old, next)) return []
  const [before, after] = [asMap(old), asMap(next)]
  if (before && after) return changesOfMaps(before, after, (key) => below(field, key))
  if (Array.isArray(old) && Array.isArray(next)) {
    const byName = changesByName(old, next, field)
    if (byName.length > 0) return byName
    // Other lists of unequal length are shown whole: which item was added cannot be told from its index.
    if (old.length === next.length) {
      return old.flatMap((each, index) => changesOf(each, next[index], `${field}[${index}]`))
    }
  }
  return [{ field, ...(old !== undefined && { old }), ...(next !== undefined && { new: next }) }]
}

type Named = Readonly<Record<string, unknown>>

function changesOfMaps(before: Named, after: Named, at: (key: string) => string): readonly Change[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return keys.flatMap((key) => changesOf(before[key], after[key], at(key)))
}

/** Variables, volumes and the like are the same ones wherever they stand; which container is the first matters. */
function changesByName(old: readonly unknown[], next: readonly unknown[], field: string): readonly Change[] {
  const [before, after] = [named(old), named(next)]
  if (before === undefined || after === undefined || /containers$/i.test(field)) return []
  return changesOfMaps(before, after, (name) => `${field}[${name}]`)
}

/** The items of a list by their names, when all have one of their own. */
function named(list: readonly unknown[]): Named | undefined {
  const byName = new Map(list.map((item) => [asMap(item)?.name, item]))
  const areNames = [...byName.keys()].every((name) => typeof name === 'string' && name !== '')
  return areNames && byName.size === list.length ? Object.fromEntries(byName) : undefined
}

function below(field: string, key: string): string {
  if (!/^[\w-]+$/.test(key)) return `${field}[${JSON.stringify(key)}]`
  return field === '' ? key : `${field}.${key}`
}
