// OpenAPI v3 documents: what kubectl needs to know that the server validates fields, and for `kubectl explain`.
import { createHash } from 'node:crypto'
import { arch, platform } from 'node:os'
import type { Kind } from './kinds/kind.ts'
import type { Json } from './object.ts'
import { type Definitions, resolve, type Schema } from './schema/types.ts'

const pathOf = ({ group, version }: Pick<Kind, 'group' | 'version'>) =>
  group ? `apis/${group}/${version}` : `api/${version}`

/** GET /openapi/v3: where the document of each group and version is. `generation` changes when the kinds do. */
export function openApiIndex(kinds: readonly Kind[], generation: number): Json {
  const entries = [...new Set(kinds.map(pathOf))].map((path) => {
    const hash = createHash('sha256').update(`${path} ${generation}`).digest('hex').slice(0, 32)
    return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }]
  })
  return { paths: Object.fromEntries(entries) }
}

/** GET /openapi/v3/PATH; undefined when there is no such group and version. */
export function openApiDocument(kinds: readonly Kind[], path: string): Json | undefined {
  const own = kinds.filter((kind) => pathOf(kind) === path)
  if (own.length === 0) return undefined
  const schemas: Record<string, Json> = {}
  for (const kind of own) {
    const { schema, definitions } = kind.schema
    schemas[schemaName(kind)] = { ...resolve(schema, definitions), 'x-kubernetes-group-version-kind': [gvk(kind)] }
    for (const [name, used] of reachable(schema, definitions)) schemas[name] ??= { ...used }
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Bowsprit', version: 'v1' },
    paths: Object.assign({}, ...own.map(pathsOf)),
    components: { schemas },
  }
}

const gvk = ({ group, version, kind }: Kind): Json => ({ group, version, kind })
const schemaName = (kind: Kind) => `${kind.group || 'core'}.${kind.version}.${kind.kind}`

function pathsOf(kind: Kind): Json {
  const base = `/${pathOf(kind)}${kind.namespaced ? '/namespaces/{namespace}' : ''}/${kind.plural}`
  const body = { content: { 'application/json': { schema: { $ref: `#/components/schemas/${schemaName(kind)}` } } } }
  const operation = (action: string): Json => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk(kind),
    responses: { 200: { description: 'OK', ...body } },
  })
  const writing = (action: string): Json => ({
    ...operation(action),
    parameters: ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => ({
      name,
      in: 'query',
      schema: { type: 'string' },
    })),
  })
  return {
    [base]: { get: operation('list'), post: { ...writing('post'), requestBody: body } },
    [`${base}/{name}`]: {
      get: operation('get'),
      put: { ...writing('put'), requestBody: body },
      // Which lists a strategic merge patch merges is not told here, so that kubectl uses what it knows of built-in kinds.
      patch: { ...writing('patch'), requestBody: { content: { 'application/merge-patch+json': {} } } },
      delete: operation('delete'),
    },
  }
}

// Every definition that a schema refers to, directly or through others.
function reachable(schema: Schema, definitions: Definitions): ReadonlyMap<string, Schema> {
  const found = new Map<string, Schema>()
  const visit = (node: Schema) => {
    if (node.$ref !== undefined) {
      const name = node.$ref.slice(node.$ref.lastIndexOf('/') + 1)
      if (found.has(name)) return
      const target = resolve(node, definitions)
      found.set(name, target)
      visit(target)
    }
    for (const property of Object.values(node.properties ?? {})) visit(property)
    if (node.items) visit(node.items)
    if (typeof node.additionalProperties === 'object') visit(node.additionalProperties)
  }
  visit(schema)
  return found
}

/** GET /version. kubectl compares the version with its own. */
export const version: Json = {
  major: '1',
  minor: '32',
  gitVersion: 'v1.32.0+bowsprit',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: 'node',
  platform: `${platform()}/${arch()}`,
}
