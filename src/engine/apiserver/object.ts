// Objects as the server keeps them: of whatever kind, with complete metadata.
import type { ObjectMeta } from '../../api/kubernetes.ts'

/** Any object of the API, plain as on the wire. */
export interface ApiObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta
  readonly [field: string]: unknown
}

/** A plain record, as JSON has it: no array, no null. */
export type Json = Readonly<Record<string, unknown>>

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value at a dotted path of plain field names, e.g. `status.phase`; undefined where there is none. */
export function at(object: unknown, path: string): unknown {
  let value = object
  for (const part of path.split('.')) {
    if (!isJson(value) || !Object.hasOwn(value, part)) return undefined
    value = value[part]
  }
  return value
}

/** The record at a path; an empty one where there is none. */
export function jsonAt(object: unknown, path: string): Json {
  const value = at(object, path)
  return isJson(value) ? value : {}
}

/** The records of the list at a path; what is no record is left out. */
export function listAt(object: unknown, path: string): readonly Json[] {
  const value = at(object, path)
  return Array.isArray(value) ? value.filter(isJson) : []
}

/** The text at a path; empty where there is none. */
export function textAt(object: unknown, path: string): string {
  const value = at(object, path)
  return typeof value === 'string' ? value : ''
}

/** A copy without one field. */
export function without<T extends object, K extends keyof T>(object: T, ...fields: readonly K[]): Omit<T, K> {
  const copy = { ...object }
  for (const field of fields) delete copy[field]
  return copy
}

/** Kubernetes' time format: RFC 3339, whole seconds. */
export const timestamp = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`
