// From a request to what answers it.
import { apiGroup, coreVersions, groupList, resourceList } from '../discovery.ts'
import { pods } from '../kinds/builtin.ts'
import type { Kind } from '../kinds/kind.ts'
import { nameProblem } from '../meta.ts'
import type { Json } from '../object.ts'
import { openApiDocument, openApiIndex, version } from '../openapi.ts'
import type { ServerContext } from '../server-context.ts'
import { badRequest, methodNotAllowed, noSuchPath } from '../status.ts'
import { type Call, flagParam, sendJson } from './call.ts'
import { deleteMany, deleteOne, post, put } from './change.ts'
import { streamLog } from './logs.ts'
import { patch } from './patch.ts'
import { parsePath, type ResourcePath } from './path.ts'
import { getOne, list, watch } from './read.ts'
import { bind, reviewAccess } from './subresources.ts'

/** Paths that need no token: they say nothing about anybody. */
export const isPublic = (path: string) => path === '/version' || /^\/(healthz|livez|readyz)(\/|$)/.test(path)

/** Answers a request. Refusals are thrown as ApiError. */
export async function route(context: ServerContext, call: Call): Promise<void> {
  const { path } = call
  if (isPublic(path)) {
    if (call.method !== 'GET' && call.method !== 'HEAD') throw methodNotAllowed(`${path} can only be read`)
    if (path === '/version') return sendJson(call, 200, version)
    call.res.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'content-length': 2 })
    call.res.end('ok')
    return
  }
  const about = description(context, path)
  if (about && call.method === 'GET') return sendJson(call, 200, about)
  const target = pathOf(path)
  if (!target) throw noSuchPath()
  if (
    target.group === 'authorization.k8s.io' &&
    target.plural === 'selfsubjectaccessreviews' &&
    call.method === 'POST'
  ) {
    return reviewAccess(call)
  }
  const kind = context.registry.find(target.group, target.version, target.plural)
  if (!kind || (target.namespace !== undefined && !kind.namespaced)) throw noSuchPath()
  if (target.namespace !== undefined && nameProblem(target.namespace, 'label')) {
    throw badRequest(`invalid namespace ${JSON.stringify(target.namespace)}`)
  }
  if (target.name === undefined) return collection(context, kind, call, target.namespace)
  if (kind.namespaced && target.namespace === undefined) throw noSuchPath()
  return single(context, kind, call, target.namespace ?? '', target.name, target.subresource)
}

function pathOf(path: string): ResourcePath | undefined {
  try {
    return parsePath(path)
  } catch {
    throw badRequest(`the path ${JSON.stringify(path)} is not properly encoded`)
  }
}

function description({ registry }: ServerContext, path: string): Json | undefined {
  const [root, second, third, ...more] = path.replace(/\/$/, '').split('/').slice(1)
  if (root === 'api' && second === undefined) return coreVersions
  if (root === 'api' && second === 'v1' && third === undefined) return resourceList(registry.all(), '', 'v1')
  if (root === 'apis' && more.length === 0) {
    if (second === undefined) return groupList(registry.all())
    return third === undefined ? apiGroup(registry.all(), second) : resourceList(registry.all(), second, third)
  }
  if (root === 'openapi' && second === 'v3') {
    if (third === undefined) return openApiIndex(registry.all(), registry.generation())
    return openApiDocument(registry.all(), [third, ...more].join('/'))
  }
  return undefined
}

async function collection(
  context: ServerContext,
  kind: Kind,
  call: Call,
  namespace: string | undefined,
): Promise<void> {
  switch (call.method) {
    case 'GET':
      return isWatch(call) ? watch(context, kind, call, namespace, undefined) : list(context, kind, call, namespace)
    case 'POST':
      if (kind.namespaced && namespace === undefined)
        throw methodNotAllowed(`a ${kind.kind} has to be created in a namespace`)
      return post(context, kind, call, namespace ?? '')
    case 'DELETE':
      return deleteMany(context, kind, call, namespace)
    default:
      throw methodNotAllowed(`the server does not allow ${call.method} on ${kind.plural}`)
  }
}

async function single(
  context: ServerContext,
  kind: Kind,
  call: Call,
  namespace: string,
  name: string,
  subresource: string | undefined,
): Promise<void> {
  const { method } = call
  if (kind === pods && subresource === 'log' && method === 'GET') return streamLog(context, call, namespace, name)
  if (kind === pods && subresource === 'binding' && method === 'POST') return bind(context, call, namespace, name)
  if (subresource !== undefined && !(subresource === 'status' && kind.statusSubresource)) throw noSuchPath()
  const part = subresource === 'status' ? 'status' : 'object'
  if (method === 'GET') {
    return isWatch(call) ? watch(context, kind, call, namespace, name) : getOne(context, kind, call, namespace, name)
  }
  if (method === 'PUT') return put(context, kind, call, namespace, name, part)
  if (method === 'PATCH') return patch(context, kind, call, namespace, name, part)
  if (method === 'DELETE' && part === 'object') return deleteOne(context, kind, call, namespace, name)
  throw methodNotAllowed(`the server does not allow ${method} on ${kind.plural}${subresource ? `/${subresource}` : ''}`)
}

const isWatch = (call: Call) => flagParam(call, 'watch')
