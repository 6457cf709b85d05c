// What can be wrong with a Go template, and where in it.

/**
 * `syntax`: it cannot be parsed. `program`: it names something that no data has, e.g. an unknown field. `data`: it failed
 * on the data at hand, e.g. a nil pointer. `limit`: it was stopped because it did too much.
 */
export type TemplateErrorKind = 'syntax' | 'program' | 'data' | 'limit'

/** A template that cannot be parsed, or that failed on some data. Line and column count from 1, in characters. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError'
  readonly kind: TemplateErrorKind
  readonly line: number
  readonly column: number

  constructor(kind: TemplateErrorKind, problem: string, place: { line: number; column: number; code?: string }) {
    const at = place.code === undefined ? '' : ` at <${shortened(place.code)}>`
    super(`line ${place.line}, column ${place.column}${at}: ${problem}`)
    this.kind = kind
    this.line = place.line
    this.column = place.column
  }
}

/** What a function says about arguments that it cannot take; the executor adds the place. */
export class CallError extends Error {
  override readonly name = 'CallError'
}

/** Line and column of an offset in a text. */
export function placeIn(source: string, offset: number): { line: number; column: number } {
  const before = source.slice(0, offset).split('\n')
  return { line: before.length, column: [...(before.at(-1) ?? '')].length + 1 }
}

const shortened = (code: string): string => {
  const characters = [...code]
  return characters.length > 60 ? `${characters.slice(0, 60).join('')}...` : code
}
