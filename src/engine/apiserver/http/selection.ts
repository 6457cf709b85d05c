// Which objects a list, a watch or a deletion of many is about.
import type { Kind } from '../kinds/kind.ts'
import { isJson } from '../object.ts'
import {
  type FieldRequirement,
  matchesFields,
  matchesLabels,
  parseFieldSelector,
  parseLabelSelector,
  type Requirement,
} from '../selectors.ts'
import type { Call } from './call.ts'

/** A selection of objects of one kind. */
export interface Selection {
  /** Undefined: all namespaces. */
  readonly namespace: string | undefined
  /** Undefined: every name. */
  readonly name: string | undefined
  readonly labels: readonly Requirement[]
  readonly fields: readonly FieldRequirement[]
}

/** What selections look at: columns of a row or of an event. */
export interface Selectable {
  readonly namespace: string
  readonly name: string
  readonly labels: string
  readonly fields: string
}

/** The selection that a request's path and query describe. 400 when a selector is broken. */
export function selectionOf(
  kind: Kind,
  call: Call,
  namespace: string | undefined,
  name: string | undefined,
): Selection {
  const known = ['metadata.name', 'metadata.namespace', ...kind.selectable]
  const fields = parseFieldSelector(call.query.get('fieldSelector') ?? '', known)
  const exactly = (field: string) => fields.find((one) => one.field === field && one.equal)?.value
  return {
    namespace: namespace ?? (kind.namespaced ? exactly('metadata.namespace') : undefined),
    name: name ?? exactly('metadata.name'),
    labels: parseLabelSelector(call.query.get('labelSelector') ?? ''),
    fields,
  }
}

/** Whether everything in the selection's namespace is selected, so that nothing has to be looked at. */
export const selectsAll = ({ name, labels, fields }: Selection) =>
  name === undefined && labels.length === 0 && fields.length === 0

/** Whether an object is selected. */
export function selects(selection: Selection, one: Selectable): boolean {
  if (selection.namespace !== undefined && selection.namespace !== one.namespace) return false
  if (selection.name !== undefined && selection.name !== one.name) return false
  if (selection.labels.length > 0 && !matchesLabels(selection.labels, parsed(one.labels))) return false
  if (selection.fields.length === 0) return true
  const fields = { ...parsed(one.fields), 'metadata.name': one.name, 'metadata.namespace': one.namespace }
  return matchesFields(selection.fields, fields)
}

function parsed(text: string): Readonly<Record<string, string>> {
  const value: unknown = text === '' ? {} : JSON.parse(text)
  return isJson(value) ? (value as Record<string, string>) : {}
}
