// Compiles a structural schema into a check that says what is wrong in Kubernetes' words.
import { Ajv, type AnySchemaObject, type ErrorObject } from 'ajv'
import { type Cause, invalidValue, notSupported, required } from '../status.ts'
import type { RootedSchema } from './types.ts'

/** What is wrong with a value; empty when nothing is. */
export type Validate = (value: unknown) => readonly Cause[]

// A hostile object must not turn into an answer many times its size.
const maxCauses = 32

const rfc3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/

const formats = {
  'date-time': (text: string) => rfc3339.test(text) && !Number.isNaN(Date.parse(text)),
  int32: { type: 'number' as const, validate: (n: number) => n >= -(2 ** 31) && n < 2 ** 31 },
  int64: { type: 'number' as const, validate: (n: number) => Math.abs(n) <= 2 ** 63 },
  byte: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
}

/** Compiles the schema at the first use, because most processes never meet most kinds. */
export function compileValidator(rooted: RootedSchema): Validate {
  let check: Validate | undefined
  return (value) => {
    check ??= compile(rooted)
    return check(value)
  }
}

/** Compiles the schema now. Throws when the schema itself is broken, saying where. */
export function compile({ schema, definitions }: RootedSchema): Validate {
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false, formats, validateSchema: false, verbose: true })
  const components = { schemas: Object.fromEntries(Object.entries(definitions).map(([k, v]) => [k, toJsonSchema(v)])) }
  const validate = ajv.compile({ ...toJsonSchema(schema), components })
  return (value) => {
    if (validate(value)) return []
    return [...distinct((validate.errors ?? []).map(causeOf))].slice(0, maxCauses)
  }
}

// OpenAPI v3.0 differs from JSON Schema in exclusive bounds; Kubernetes adds int-or-string and ignores unknown formats.
function toJsonSchema(node: unknown): AnySchemaObject {
  if (typeof node !== 'object' || node === null) return {}
  const out: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(node)) {
    if (key.startsWith('x-') || key === 'description' || key === 'default' || key === 'example') continue
    if (key === 'properties' || key === 'patternProperties' || key === 'definitions') {
      out[key] = Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, toJsonSchema(schema)]))
    } else if (key === 'items' || key === 'not' || (key === 'additionalProperties' && typeof value === 'object')) {
      out[key] = toJsonSchema(value)
    } else if (key === 'anyOf' || key === 'oneOf' || key === 'allOf') {
      out[key] = Array.isArray(value) ? value.map(toJsonSchema) : []
    } else if (key === 'format') {
      if (typeof value === 'string' && Object.hasOwn(formats, value)) out.format = value
    } else {
      out[key] = value
    }
  }
  for (const [flag, bound] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (out[flag] === true) {
      out[flag] = out[bound]
      delete out[bound]
    } else if (out[flag] === false) delete out[flag]
  }
  if ('x-kubernetes-int-or-string' in node && !('anyOf' in node)) out.type = ['integer', 'string', 'number']
  // Ajv knows `nullable` only beside a type.
  if (out.nullable === true && out.type === undefined) delete out.nullable
  return out
}

function causeOf(error: ErrorObject): Cause {
  const field = fieldOf(error.instancePath)
  switch (error.keyword) {
    case 'required':
      return required(join(field, String(error.params.missingProperty)))
    case 'enum':
      return notSupported(field, error.data, error.params.allowedValues)
    case 'type':
      return {
        ...invalidValue(field, error.data, `must be of type ${[error.params.type].flat().join(' or ')}`),
        reason: 'FieldValueTypeInvalid',
      }
    default:
      return invalidValue(field, error.data, error.message ?? error.keyword)
  }
}

function fieldOf(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : join(path, part)), '')
}

const join = (path: string, part: string) => (path ? `${path}.${part}` : part)

// anyOf and $ref report the same thing more than once.
function* distinct(causes: readonly Cause[]): Generator<Cause> {
  const seen = new Set<string>()
  for (const cause of causes) {
    const key = `${cause.field}\n${cause.message}`
    if (seen.has(key)) continue
    seen.add(key)
    yield cause
  }
}
