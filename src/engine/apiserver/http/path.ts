// Takes the path of a request apart, after the REST conventions of Kubernetes.

/** A path under /api or /apis that names objects. */
export interface ResourcePath {
  readonly group: string
  readonly version: string
  readonly plural: string
  /** Undefined: all namespaces, or a cluster-scoped kind. */
  readonly namespace?: string
  readonly name?: string
  readonly subresource?: string
}

const namespaceSubresources = ['status', 'finalize']

/** The parts of the path; undefined when it names no objects. Throws URIError on broken percent-encoding. */
export function parsePath(path: string): ResourcePath | undefined {
  const parts = path.split('/').slice(1).map(decodeURIComponent)
  if (parts.at(-1) === '') parts.pop()
  const [root] = parts
  if (root === 'api') return resource('', parts[1], parts.slice(2))
  if (root === 'apis') return resource(parts[1], parts[2], parts.slice(3))
  return undefined
}

function resource(
  group: string | undefined,
  version: string | undefined,
  rest: readonly string[],
): ResourcePath | undefined {
  if (group === undefined || !version || rest.length === 0 || rest.includes('')) return undefined
  const [first, second, third] = rest
  const scoped =
    first === 'namespaces' && second !== undefined && third !== undefined && !namespaceSubresources.includes(third)
  const [plural, name, subresource, ...more] = scoped ? rest.slice(2) : rest
  if (plural === undefined || more.length > 0) return undefined
  return {
    group,
    version,
    plural,
    ...(scoped ? { namespace: second } : {}),
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
  }
}
