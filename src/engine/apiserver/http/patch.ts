// PATCH: changing parts of an object, in any of Kubernetes' forms.
import { decodeObject, type FieldValidation, parseJson, parseYaml } from '../decode.ts'
import { apiVersionOf, type Kind } from '../kinds/kind.ts'
import { type ApiObject, isJson, type Json, timestamp } from '../object.ts'
import { serverSideApply } from '../patch/apply.ts'
import { jsonPatch } from '../patch/json.ts'
import { mergePatch } from '../patch/merge.ts'
import { strategicMergePatch } from '../patch/strategic.ts'
import type { ServerContext } from '../server-context.ts'
import { ApiError, badRequest } from '../status.ts'
import { keyOf, mustGet, type Part, parseRow, update, type WriteContext } from '../write.ts'
import { type Call, contentType, flagParam, readBody } from './call.ts'
import { createWithCompany, named, placed, respond } from './change.ts'
import { fieldValidation, writeContext } from './options.ts'

const applyType = 'application/apply-patch+yaml'
const patchTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  applyType,
] as const

/** PATCH of an object or of its status, in any of Kubernetes' forms. */
export async function patch(
  context: ServerContext,
  kind: Kind,
  call: Call,
  namespace: string,
  name: string,
  part: Part,
): Promise<void> {
  const accepted = patchTypes.filter((type) => !(kind.custom && type.includes('strategic')))
  const type = contentType(call, accepted)
  const text = (await readBody(call)).toString('utf8')
  const writing = writeContext(context, call)
  const strictness = fieldValidation(call)
  if (type === applyType) {
    await apply(context, kind, call, namespace, name, part, parseYaml(text), writing, strictness)
    return
  }
  const body = parseJson(text)
  let warnings: readonly string[] = []
  const object = await context.store.write((tx) => {
    const row = mustGet(tx, kind, namespace, name)
    const old = parseRow(row)
    const decoded = decodeObject(kind, patched(kind, old, type, body), strictness)
    warnings = decoded.warnings
    return update(tx, kind, row, named(placed(kind, decoded.object, namespace), name), part, writing)
  })
  respond(context, kind, call, 200, { object, warnings })
}

function patched(kind: Kind, old: ApiObject, type: string, body: unknown): unknown {
  if (type === 'application/json-patch+json') return jsonPatch(old, body)
  if (!isJson(body)) throw badRequest('the patch must be an object')
  return type === 'application/merge-patch+json' ? mergePatch(old, body) : strategicMergePatch(old, body, kind.schema)
}

async function apply(
  context: ServerContext,
  kind: Kind,
  call: Call,
  namespace: string,
  name: string,
  part: Part,
  body: unknown,
  writing: WriteContext,
  strictness: FieldValidation,
): Promise<void> {
  const manager = call.query.get('fieldManager')
  if (!manager) {
    throw new ApiError(
      422,
      'Invalid',
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    )
  }
  if (!isJson(body)) throw badRequest('the applied configuration must be an object')
  const writer = { manager, now: timestamp(writing.nowMs), force: flagParam(call, 'force') }
  const config = placed(kind, named(typed(kind, body), name), namespace)
  if (config.metadata.managedFields) throw badRequest('metadata.managedFields must be nil')
  let warnings: readonly string[] = []
  let created = false
  const object = await context.store.write((tx) => {
    const row = tx.get(keyOf(kind, namespace, name))
    const live = row && parseRow(row)
    const decoded = decodeObject(kind, serverSideApply(live, config, kind.schema, writer), strictness)
    warnings = decoded.warnings
    created = !row
    const done = { ...writing, manager: undefined }
    if (row) return update(tx, kind, row, decoded.object, part, done)
    if (part === 'status') mustGet(tx, kind, namespace, name)
    return createWithCompany(tx, kind, namespace, decoded.object, done)
  })
  respond(context, kind, call, created ? 201 : 200, { object, warnings })
}

// What is applied has to be an object of the kind already as it is declared, not only after the merge.
function typed(kind: Kind, body: Json): ApiObject {
  if (body.apiVersion !== apiVersionOf(kind) || body.kind !== kind.kind) {
    throw badRequest(`the applied configuration must have apiVersion ${apiVersionOf(kind)} and kind ${kind.kind}`)
  }
  return {
    ...body,
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    metadata: isJson(body.metadata) ? body.metadata : {},
  }
}
