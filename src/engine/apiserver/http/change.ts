// POST, PUT and DELETE: objects made, replaced and removed as a whole.
import { defaultServiceAccount } from '../controllers/namespaces.ts'
import { type Decoded, decodeObject } from '../decode.ts'
import { type Kind, resourceOf } from '../kinds/kind.ts'
import type { ApiObject } from '../object.ts'
import type { ServerContext } from '../server-context.ts'
import { badRequest, forbidden, invalid, invalidValue, methodNotAllowed, type Status } from '../status.ts'
import type { Row, Tx } from '../store.ts'
import { create, mustGet, type Part, remove, update, type WriteContext } from '../write.ts'
import { type Call, readObject, sendJson, sendText } from './call.ts'
import { deleteOptions, fieldValidation, writeContext } from './options.ts'
import { writerOf } from './read.ts'
import { selectionOf, selects } from './selection.ts'

/** The object in the namespace of the path, which the body may repeat, but not contradict. */
export function placed(kind: Kind, object: ApiObject, namespace: string): ApiObject {
  const { namespace: inBody, ...metadata } = object.metadata
  if (!kind.namespaced) {
    if (inBody) throw badRequest(`namespace ${JSON.stringify(inBody)} given for the cluster-scoped ${kind.kind}`)
    return { ...object, metadata }
  }
  if (inBody && inBody !== namespace) {
    throw badRequest(
      `the namespace of the provided object does not match the namespace sent on the request (${inBody} and ${namespace})`,
    )
  }
  return { ...object, metadata: { ...metadata, namespace } }
}

/** The object with the name of the path, which the body may repeat, but not contradict. */
export function named(object: ApiObject, name: string): ApiObject {
  const inBody = object.metadata.name
  if (inBody && inBody !== name) {
    throw badRequest(`the name of the object (${inBody}) does not match the name on the URL (${name})`)
  }
  return { ...object, metadata: { ...object.metadata, name } }
}

/** Sends the object that a write resulted in. */
export function respond(
  context: ServerContext,
  kind: Kind,
  call: Call,
  code: number,
  { object, warnings }: Decoded,
): void {
  const writer = writerOf(context, kind, call)
  sendText(call, code, `${writer.one(JSON.stringify(object)).trimEnd()}\n`, warnings)
}

/** POST of a new object. */
export async function post(context: ServerContext, kind: Kind, call: Call, namespace: string): Promise<void> {
  const writing = writeContext(context, call)
  const { object: given, warnings } = decodeObject(kind, await readObject(call), fieldValidation(call))
  const object = await context.store.write((tx) =>
    createWithCompany(tx, kind, namespace, placed(kind, given, namespace), writing),
  )
  respond(context, kind, call, 201, { object, warnings })
}

/** Creates an object; a namespace comes with the service account that its pods run as. */
export function createWithCompany(
  tx: Tx,
  kind: Kind,
  namespace: string,
  given: ApiObject,
  writing: WriteContext,
): ApiObject {
  const object = create(tx, kind, namespace, given, writing)
  if (resourceOf(kind) === 'namespaces' && !writing.dryRun)
    defaultServiceAccount(tx, object.metadata.name ?? '', writing)
  return object
}

/** PUT of a whole object, or of its status. */
export async function put(
  context: ServerContext,
  kind: Kind,
  call: Call,
  namespace: string,
  name: string,
  part: Part,
): Promise<void> {
  const writing = writeContext(context, call)
  const { object: given, warnings } = decodeObject(kind, await readObject(call), fieldValidation(call))
  const next = named(placed(kind, given, namespace), name)
  if (kind.custom && !next.metadata.resourceVersion) {
    throw invalid({ ...kind, name }, [invalidValue('metadata.resourceVersion', 0, 'must be specified for an update')])
  }
  const object = await context.store.write((tx) =>
    update(tx, kind, mustGet(tx, kind, namespace, name), next, part, writing),
  )
  respond(context, kind, call, 200, { object, warnings })
}

const permanentNamespaces = ['default', 'kube-system']

/** DELETE of one object. */
export async function deleteOne(
  context: ServerContext,
  kind: Kind,
  call: Call,
  namespace: string,
  name: string,
): Promise<void> {
  const { options, dryRun } = await deleteOptions(call)
  const writing = writeContext(context, call, dryRun)
  if (resourceOf(kind) === 'namespaces' && permanentNamespaces.includes(name)) {
    throw forbidden({ ...kind, name }, 'this namespace may not be deleted')
  }
  const { object, gone } = await context.store.write((tx) =>
    remove(tx, kind, mustGet(tx, kind, namespace, name), options, writing),
  )
  if (gone && resourceOf(kind) !== 'pods') sendJson(call, 200, success(kind, object))
  else respond(context, kind, call, 200, { object, warnings: [] })
}

function success({ group, plural }: Kind, { metadata }: ApiObject): Status {
  const { name = '', uid = '' } = metadata
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, ...(group ? { group } : {}), kind: plural, uid },
    code: 200,
  }
}

/** DELETE of a collection: every selected object, in one write. */
export async function deleteMany(
  context: ServerContext,
  kind: Kind,
  call: Call,
  namespace: string | undefined,
): Promise<void> {
  if (kind.namespaced && namespace === undefined) {
    throw methodNotAllowed(`the server does not allow deleting ${kind.plural} of all namespaces at once`)
  }
  const { options, dryRun } = await deleteOptions(call)
  const writing = writeContext(context, call, dryRun)
  const selection = selectionOf(kind, call, namespace, undefined)
  await context.store.write((tx) => {
    const rows = tx.list(resourceOf(kind), namespace).filter((row) => selects(selection, row))
    const spared = (row: Row) => resourceOf(kind) === 'namespaces' && permanentNamespaces.includes(row.name)
    for (const row of rows) if (!spared(row)) remove(tx, kind, row, options, writing)
  })
  sendJson(call, 200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 200 } satisfies Status)
}
