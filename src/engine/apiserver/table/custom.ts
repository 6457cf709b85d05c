// Columns of custom resources, from the printer columns of their definition.
import { type Json, textAt } from '../object.ts'
import { ageColumn, ageSince } from './age.ts'
import { type Column, nameColumn } from './column.ts'
import { compileJsonPath } from './jsonpath.ts'

/** The columns a definition's version declares; name and age when it declares none. */
export function customColumns(printerColumns: readonly Json[]): readonly Column[] {
  if (printerColumns.length === 0) return [nameColumn, ageColumn]
  return [nameColumn, ...printerColumns.map(columnOf)]
}

function columnOf(declared: Json): Column {
  const type = textAt(declared, 'type')
  const find = compileJsonPath(textAt(declared, 'jsonPath'))
  const description = textAt(declared, 'description')
  const format = textAt(declared, 'format')
  return {
    name: textAt(declared, 'name'),
    type: isColumnType(type) ? type : 'string',
    ...(format ? { format } : {}),
    ...(description ? { description } : {}),
    priority: typeof declared.priority === 'number' ? declared.priority : 0,
    cell(object, nowMs) {
      const values = find?.(object) ?? []
      const [first] = values
      if (first === undefined || first === null) return null
      switch (type) {
        case 'date':
          return ageSince(first, nowMs)
        case 'integer':
        case 'number':
          if (typeof first === 'number') return first
          break
        case 'boolean':
          if (typeof first === 'boolean') return first
      }
      return values.map(shown).join(',')
    },
  }
}

const isColumnType = (type: string): type is Column['type'] =>
  ['string', 'integer', 'number', 'boolean', 'date'].includes(type)

const shown = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
