// For tests: GitHub's OpenAPI description as validators of answers and of webhook payloads.
import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** OpenAPI 3.0 says `nullable`, which JSON Schema knows only beside a type. */
function toJsonSchema(value: Json): Json {
  if (Array.isArray(value)) return value.map(toJsonSchema)
  if (!isObject(value)) return value
  const { nullable, example: _example, examples: _examples, ...rest } = value
  const out = Object.fromEntries(
    Object.entries(rest).map(([key, item]) => [key, key === 'enum' || key === 'default' ? item : toJsonSchema(item)]),
  )
  if (nullable !== true) return isObject(value.nullable) ? { ...out, nullable: toJsonSchema(value.nullable) } : out
  return { anyOf: [{ type: 'null' }, out] }
}

/**
 * Where GitHub's real answers differ from its description, or differ between its editions. Each pattern is matched
 * against `METHOD path: place message`.
 */
const relaxed: readonly { readonly pattern: RegExp; readonly reason: string }[] = [
  {
    pattern: /^GET \/app\/installations 200: \/\d+\/account /,
    reason: 'this one list asks for an account that is a user and an enterprise at once; elsewhere it is either',
  },
]

export function loadDescription() {
  const file = new URL(import.meta.resolve('@octokit/openapi/package.json'))
  const json = readFileSync(new URL('./generated/api.github.com.json', file), 'utf8')
  const description: Json = JSON.parse(json)
  if (!isObject(description)) throw new Error('the description is not an object')
  const { paths, components } = description
  if (!isObject(paths) || !isObject(components)) throw new Error('the description has no paths')
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true, logger: false })
  ;(formats.default ?? formats)(ajv)
  // GitHub's own values do not all follow the format they name: URI templates are called uri, for one.
  for (const loose of ['uri', 'uri-template', 'repo.nwo', 'ssh-key', 'email', 'int64', 'int32', 'byte', 'binary'])
    ajv.addFormat(loose, true)
  ajv.addSchema({ paths: toJsonSchema(paths), components: toJsonSchema(components) }, 'github')

  const resolve = (value: Json | undefined): { [key: string]: Json } | undefined => {
    if (!isObject(value)) return undefined
    const ref = value.$ref
    if (typeof ref !== 'string') return value
    let at: Json | undefined = description
    for (const part of ref.slice(2).split('/'))
      at = isObject(at) ? at[part.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined
    return resolve(at)
  }
  const pointer = (...parts: string[]): string =>
    `github#/${parts.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`

  function complaints(schema: string, value: unknown, where: string): string[] {
    const validate = ajv.getSchema(schema) ?? ajv.compile({ $ref: schema })
    if (validate(value)) return []
    return (validate.errors ?? [])
      .map((error) => `${where}: ${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`)
      .filter((line) => !relaxed.some(({ pattern }) => pattern.test(line)))
  }

  return {
    /** What is wrong with an answer, one line each. */
    answer(method: string, path: string, status: number, body: unknown): string[] {
      const where = `${method.toUpperCase()} ${path} ${status}`
      const operation = resolve(resolve(paths[path])?.[method])
      if (!operation) return [`${where}: the description has no such operation`]
      const responses = resolve(operation.responses)
      const response = resolve(responses?.[String(status)])
      if (!response) return [`${where}: the description lists only ${Object.keys(responses ?? {}).join(', ')}`]
      const content = resolve(resolve(response.content)?.['application/json'])
      if (!content) {
        // Many errors are listed without a body; GitHub sends its usual one.
        if (status >= 400) return complaints(pointer('components', 'schemas', 'basic-error'), body ?? {}, where)
        return body === undefined || body === '' ? [] : [`${where}: the description has no body here`]
      }
      const listed = responses?.[String(status)]
      const ref = isObject(listed) && typeof listed.$ref === 'string' ? listed.$ref.slice(2).split('/') : undefined
      const base = ref ?? ['paths', path, method, 'responses', String(status)]
      return complaints(pointer(...base, 'content', 'application/json', 'schema'), body, where)
    },
    /** What is wrong with a webhook's payload. Name: `pull_request.opened`. */
    webhook(name: string, payload: unknown): string[] {
      const schema = `webhook-${name.replaceAll(/[._]/g, '-')}`
      const schemas = resolve(components.schemas)
      if (!schemas?.[schema]) return [`${name}: the description has no ${schema}`]
      return complaints(pointer('components', 'schemas', schema), payload, name)
    },
  }
}
