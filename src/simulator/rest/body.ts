// Reads request bodies: every field by its type, refused as GitHub refuses a wrong one.
import { malformed, Refusal } from '../errors.ts'

/** Typed access to the fields of a JSON body. Undefined means absent; a wrong type is refused with 422. */
export interface Body {
  readonly raw: unknown
  text(field: string): string | undefined
  /** Like text, or null when the field is null. */
  nullableText(field: string): string | null | undefined
  requiredText(field: string): string
  number(field: string): number | undefined
  nullableNumber(field: string): number | null | undefined
  flag(field: string): boolean | undefined
  /** A list of strings; one string alone stands for a list of one. */
  texts(field: string): string[] | undefined
  oneOf<const T extends string>(field: string, words: readonly T[]): T | undefined
  object(field: string): Body | undefined
  objects(field: string): Body[] | undefined
  isNull(field: string): boolean
  has(field: string): boolean
}

export function parseBody(text: string): unknown {
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    throw new Refusal(400, 'Problems parsing JSON')
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export function readBody(raw: unknown, where = ''): Body {
  const fields: Record<string, unknown> = isObject(raw) ? raw : {}
  const name = (field: string): string => `${where}${field}`
  const at = (field: string): unknown => (Object.hasOwn(fields, field) ? fields[field] : undefined)
  const show = (value: unknown): string => (value === null ? 'nil' : JSON.stringify(value))

  function typed<T>(field: string, is: (value: unknown) => value is T, word: string): T | undefined {
    const value = at(field)
    if (value === undefined) return undefined
    if (!is(value)) throw malformed(name(field), `${show(value)} is not ${word}`)
    return value
  }
  const isText = (value: unknown): value is string => typeof value === 'string'
  const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
  const isFlag = (value: unknown): value is boolean => typeof value === 'boolean'
  const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText)
  const isObjects = (value: unknown): value is Record<string, unknown>[] =>
    Array.isArray(value) && value.every(isObject)

  const body: Body = {
    raw,
    has: (field) => at(field) !== undefined,
    isNull: (field) => at(field) === null,
    text: (field) => typed(field, isText, 'a string'),
    nullableText: (field) => (at(field) === null ? null : body.text(field)),
    requiredText(field) {
      const value = body.text(field)
      if (value === undefined) throw malformed(name(field), 'nil is not a string')
      return value
    },
    number: (field) => typed(field, isNumber, 'a number'),
    nullableNumber: (field) => (at(field) === null ? null : body.number(field)),
    flag: (field) => typed(field, isFlag, 'a boolean'),
    texts(field) {
      const value = at(field)
      return isText(value) ? [value] : typed(field, isTexts, 'an array of strings')
    },
    oneOf(field, words) {
      const value = body.text(field)
      if (value === undefined) return undefined
      const word = words.find((w) => w === value)
      if (word === undefined) throw malformed(name(field), `${value} is not a member of ${JSON.stringify(words)}`)
      return word
    },
    object(field) {
      const value = typed(field, isObject, 'an object')
      return value && readBody(value, `${name(field)}/`)
    },
    objects: (field) =>
      typed(field, isObjects, 'an array of objects')?.map((item) => readBody(item, `${name(field)}/`)),
  }
  return body
}

/** The entries whose value is not undefined: what an update may be made of. */
export function given<T extends Record<string, unknown>>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}
