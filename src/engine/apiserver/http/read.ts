// GET: one object, a list, or a watch.
import { type Kind, resourceOf } from '../kinds/kind.ts'
import type { Json } from '../object.ts'
import type { ServerContext } from '../server-context.ts'
import { ApiError, badRequest, expired, notFound } from '../status.ts'
import type { Row, Snapshot } from '../store.ts'
import type { IncludeObject } from '../table/table.ts'
import { bookmarkLine, eventLine, tooOld } from '../watch.ts'
import { keyOf } from '../write.ts'
import { type Call, drainedInTime, flagParam, formOf, numberParam, sendText } from './call.ts'
import { type Writer, writerFor } from './form.ts'
import { type Selection, selectionOf, selects, selectsAll } from './selection.ts'

// Lists go out in pieces of about this size, so that a large one never lies in memory as a whole.
const chunkChars = 256 * 1024

/** The writer for the form that the client asked for. */
export function writerOf(context: ServerContext, kind: Kind, call: Call): Writer {
  return writerFor(kind, formOf(call), includeOf(call), () => context.clock.now())
}

function includeOf({ query }: Call): IncludeObject {
  const include = query.get('includeObject') || 'Metadata'
  if (include === 'None' || include === 'Metadata' || include === 'Object') return include
  throw badRequest(`invalid query parameter includeObject=${JSON.stringify(include)}: must be None, Metadata or Object`)
}

/** Sends one object; 404 when there is none. */
export function getOne(context: ServerContext, kind: Kind, call: Call, namespace: string, name: string): void {
  const writer = writerOf(context, kind, call)
  const row = context.store.get(keyOf(kind, namespace, name))
  if (!row) throw notFound({ ...kind, name })
  sendText(call, 200, `${writer.one(row.body).trimEnd()}\n`)
}

interface Page {
  readonly after: { readonly namespace: string; readonly name: string } | undefined
  /** Revision of the first page; all pages report it, so that a watch from there misses nothing. */
  readonly revision: number | undefined
  readonly limit: number | undefined
}

/** Sends the selected objects, all of one moment. */
export async function list(
  context: ServerContext,
  kind: Kind,
  call: Call,
  namespace: string | undefined,
): Promise<void> {
  const selection = selectionOf(kind, call, namespace, undefined)
  const writer = writerOf(context, kind, call)
  const page = pageOf(context, call)
  const snapshot = context.store.snapshot()
  try {
    const revision = page.revision ?? snapshot.revision
    const asked = call.query.get('resourceVersion')
    if (call.query.get('resourceVersionMatch') === 'Exact' && asked !== String(revision)) {
      throw expired(
        `the server keeps no lists of the past: resource version ${asked} is not the current one (${revision})`,
      )
    }
    const rows = selectedRows(context, snapshot, kind, selection, page.after)
    const { items, more } = page.limit === undefined ? { items: rows, more: undefined } : cut(rows, page.limit)
    const metadata: Json = {
      resourceVersion: String(revision),
      ...(more ? { continue: encodeContinue(revision, more) } : {}),
    }
    await sendList(context, call, writer, metadata, items)
  } finally {
    snapshot.close()
  }
}

function* selectedRows(
  context: ServerContext,
  snapshot: Snapshot,
  kind: Kind,
  selection: Selection,
  after: { namespace: string; name: string } | undefined,
): Generator<Row> {
  const { namespace, name } = selection
  if (name !== undefined && (namespace !== undefined || !kind.namespaced)) {
    const row = context.store.get(keyOf(kind, namespace ?? '', name))
    if (row && !after && selects(selection, row)) yield row
    return
  }
  const everything = selectsAll(selection)
  for (const row of snapshot.rows(resourceOf(kind), kind.namespaced ? namespace : '', after)) {
    if (everything || selects(selection, row)) yield row
  }
}

// One row beyond the limit tells whether there are more.
function cut(rows: Iterable<Row>, limit: number): { items: readonly Row[]; more: Row | undefined } {
  const items: Row[] = []
  for (const row of rows) {
    if (items.length === limit) return { items, more: items.at(-1) }
    items.push(row)
  }
  return { items, more: undefined }
}

async function sendList(
  { clock }: ServerContext,
  call: Call,
  writer: Writer,
  metadata: Json,
  rows: Iterable<Row>,
): Promise<void> {
  const { res } = call
  let text = writer.listStart(metadata)
  let separator = ''
  for (const row of rows) {
    text += separator + writer.item(row.body)
    separator = ','
    if (text.length < chunkChars) continue
    if (!res.headersSent)
      res.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' })
    res.write(text)
    text = ''
    await drainedInTime(res, clock)
    if (res.destroyed) return
  }
  text += writer.listEnd
  if (res.headersSent) res.end(text)
  else sendText(call, 200, text)
}

function pageOf(context: ServerContext, call: Call): Page {
  const limit = numberParam(call, 'limit') || undefined
  const token = call.query.get('continue')
  if (!token) return { after: undefined, revision: undefined, limit }
  const { revision, namespace, name } = decodeContinue(token)
  if (revision < context.store.compacted()) {
    throw expired(
      'The provided continue parameter is too old to display a consistent list result. Start a new list without the continue parameter.',
    )
  }
  return { after: { namespace, name }, revision, limit }
}

const encodeContinue = (revision: number, { namespace, name }: Row) =>
  Buffer.from(JSON.stringify([revision, namespace, name])).toString('base64url')

function decodeContinue(token: string): { revision: number; namespace: string; name: string } {
  try {
    const [revision, namespace, name]: unknown[] = JSON.parse(Buffer.from(token, 'base64url').toString())
    if (typeof revision === 'number' && typeof namespace === 'string' && typeof name === 'string') {
      return { revision, namespace, name }
    }
  } catch {
    // Whatever it is, it was not made here.
  }
  throw badRequest('continue key is not valid')
}

/** Streams events: from a resource version on, or, without one, the objects that there are and then events. */
export async function watch(
  context: ServerContext,
  kind: Kind,
  call: Call,
  namespace: string | undefined,
  name: string | undefined,
): Promise<void> {
  const { store, hub } = context
  const { res } = call
  const selection = selectionOf(kind, call, namespace, name)
  const writer = writerOf(context, kind, call)
  const seconds = numberParam(call, 'timeoutSeconds')
  const from = revisionParam(call)
  const initialEvents = call.query.get('sendInitialEvents')
  const sendsInitial = initialEvents === null ? from === 0 : initialEvents === 'true'
  const bookmarks = flagParam(call, 'allowWatchBookmarks')
  if (!sendsInitial && from !== 0) {
    if (from < store.compacted()) throw tooOld(from, store.compacted())
    // The client knows more than there is: it talked to another database. It has to list again.
    if (from > store.revision()) throw expired(`resource version ${from} is ahead of this server (${store.revision()})`)
  }
  res.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' })
  res.flushHeaders()
  let after = from === 0 ? store.revision() : from
  if (sendsInitial) {
    const snapshot = store.snapshot()
    after = snapshot.revision
    try {
      for (const row of selectedRows(context, snapshot, kind, selection, undefined)) {
        res.write(eventLine('ADDED', writer.one(row.body).trimEnd()))
        await drainedInTime(res, context.clock)
        if (res.destroyed) return
      }
    } finally {
      snapshot.close()
    }
    if (initialEvents === 'true' && bookmarks) res.write(bookmarkLine({ kind, writer }, after, true))
  }
  await hub.serve({
    kind,
    selection,
    writer,
    res,
    bookmarks,
    timeoutMs: seconds ? seconds * 1000 : undefined,
    after,
  })
}

function revisionParam({ query }: Call): number {
  const text = query.get('resourceVersion') || '0'
  const revision = Number(text)
  if (!Number.isSafeInteger(revision) || revision < 0) {
    throw new ApiError(
      400,
      'BadRequest',
      `invalid resource version ${JSON.stringify(text)}: must be a non-negative integer`,
    )
  }
  return revision
}
