// Objects as tables, the form in which kubectl asks for what it prints.
import type { ApiObject, Json } from '../object.ts'
import { partialMetadata } from '../partial.ts'
import type { Column } from './column.ts'

/** How much of each object travels in its row. */
export type IncludeObject = 'None' | 'Metadata' | 'Object'

/** One row as JSON text. */
export function rowText(columns: readonly Column[], object: ApiObject, nowMs: number, include: IncludeObject): string {
  const cells = JSON.stringify(columns.map((column) => column.cell(object, nowMs)))
  if (include === 'None') return `{"cells":${cells}}`
  const shown = include === 'Object' ? object : partialMetadata(object)
  return `{"cells":${cells},"object":${JSON.stringify(shown)}}`
}

/** A table's text up to its rows; `tableEnd` closes it. */
export function tableStart(columns: readonly Column[], metadata: Json): string {
  const definitions = columns.map(({ name, type, format = '', description = '', priority }) => ({
    name,
    type,
    format,
    description,
    priority,
  }))
  return `{"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":${JSON.stringify(metadata)},"columnDefinitions":${JSON.stringify(definitions)},"rows":[`
}

export const tableEnd = ']}\n'
