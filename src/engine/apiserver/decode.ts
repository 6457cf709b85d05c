// From the body of a request to an object in the shape of its kind, or a refusal that says what is wrong.
import { load } from 'js-yaml'
import { apiVersionOf, type Kind } from './kinds/kind.ts'
import { type ApiObject, isJson, type Json } from './object.ts'
import { normalize } from './schema/normalize.ts'
import { badRequest, invalid } from './status.ts'

/** What happens to fields that the schema does not know: they are dropped, in silence, with a warning, or not at all. */
export type FieldValidation = 'Ignore' | 'Warn' | 'Strict'

/** An object in shape, with warnings for the person who sent it. */
export interface Decoded {
  readonly object: ApiObject
  readonly warnings: readonly string[]
}

// Assigning to such a key would change what every object inherits. Escapes could hide it.
const suspicious = /__proto__|\\u00[57][0-9a-f]/i

/** Parses JSON. Anything else is a 400. */
export function parseJson(text: string): unknown {
  try {
    return suspicious.test(text) ? JSON.parse(text, refuseProto) : JSON.parse(text)
  } catch (error) {
    throw badRequest(
      `the body of the request is not valid JSON: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

function refuseProto(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new Error('the key "__proto__" is not allowed')
  return value
}

/** Parses YAML (JSON is a part of it). Anything else is a 400. Aliases are refused: a few lines of them can mean gigabytes. */
export function parseYaml(text: string): unknown {
  let value: unknown
  try {
    value = load(text, { maxAliases: 0 })
  } catch (error) {
    throw badRequest(
      `the body of the request is not valid YAML: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  // What YAML has beyond JSON (dates, infinities) has no meaning here.
  return parseJson(JSON.stringify(value) ?? 'null')
}

/** Checks that a value is an object of the kind, and brings it into shape. 400 or 422 when it is not. */
export function decodeObject(kind: Kind, value: unknown, fieldValidation: FieldValidation): Decoded {
  if (!isJson(value)) throw badRequest('the body of the request must be an object')
  checkType(kind, value)
  const metadata = value.metadata ?? {}
  if (!isJson(metadata)) throw badRequest('metadata must be an object')
  const { value: shaped, unknown } = normalize({ ...value, metadata }, kind.schema, { nullsAreAbsent: !kind.custom })
  const complaints = unknown.map((path) => `unknown field ${JSON.stringify(path)}`)
  if (complaints.length > 0 && fieldValidation === 'Strict') {
    throw badRequest(
      `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: strict decoding error: ${complaints.join(', ')}`,
    )
  }
  const causes = kind.validateSchema(shaped)
  if (causes.length > 0) {
    if (kind.custom) throw invalid({ ...kind, name: nameIn(metadata) }, causes)
    const said = causes.map(({ field, message }) => `${field}: ${message}`).join(', ')
    throw badRequest(`${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${said}`)
  }
  return { object: inOrder(kind, shaped), warnings: fieldValidation === 'Warn' ? complaints : [] }
}

function checkType(kind: Kind, { apiVersion, kind: name }: Json): void {
  const expected = apiVersionOf(kind)
  if (name === undefined || name === '') throw badRequest("Object 'Kind' is missing")
  if (apiVersion === undefined || apiVersion === '') throw badRequest("Object 'apiVersion' is missing")
  if (apiVersion !== expected) {
    throw badRequest(
      `the API version in the data (${String(apiVersion)}) does not match the expected API version (${expected})`,
    )
  }
  if (name !== kind.kind)
    throw badRequest(`the kind in the data (${String(name)}) does not match the expected kind (${kind.kind})`)
}

const nameIn = ({ name }: Json) => (typeof name === 'string' ? name : '')

// People read objects: type first, metadata next, status last.
function inOrder(kind: Kind, object: Json): ApiObject {
  const { apiVersion: _apiVersion, kind: _kind, metadata, status, ...rest } = object
  return {
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    metadata: metadata as ApiObject['metadata'],
    ...rest,
    ...(status === undefined ? {} : { status }),
  }
}
