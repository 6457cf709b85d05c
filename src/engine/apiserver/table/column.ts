// A column of the tables that kubectl prints.
import type { ApiObject } from '../object.ts'

/** One column, and how a cell of it is made. */
export interface Column {
  readonly name: string
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date'
  readonly format?: string
  readonly description?: string
  /** 0 is always shown, more only by `-o wide`. */
  readonly priority: number
  readonly cell: (object: ApiObject, nowMs: number) => string | number | boolean | null
}

type Cell = Column['cell']

/** A column that is always shown. */
export const column = (name: string, cell: Cell, type: Column['type'] = 'string'): Column => ({
  name,
  type,
  priority: 0,
  cell,
})

/** A column of `-o wide`. */
export const wide = (name: string, cell: Cell, type: Column['type'] = 'string'): Column => ({
  name,
  type,
  priority: 1,
  cell,
})

/** The first column of every kind. */
export const nameColumn: Column = {
  ...column('Name', ({ metadata }) => metadata.name ?? ''),
  format: 'name',
}
