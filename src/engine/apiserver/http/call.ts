// One request with its answer: reading bodies, sending JSON.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../../../system/clock.ts'
import { parseJson, parseYaml } from '../decode.ts'
import { badRequest, tooLarge, unsupportedMediaType } from '../status.ts'
import { acceptedForm, type Form } from './accept.ts'
import { decodeProtobuf, protobuf } from './protobuf.ts'

/** A request on its way through the server. */
export interface Call {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
}

// The largest body that is read.
const maxBodyBytes = 8 * 1024 * 1024

const json = 'application/json'
const yaml = 'application/yaml'

const objectTypes = [json, yaml, protobuf] as const

/** The media type of the body, without parameters. Throws 415 when it is none of the accepted ones. */
export function contentType({ req }: Call, accepted: readonly string[]): string {
  const type = (req.headers['content-type'] ?? json).split(';')[0]?.trim().toLowerCase() ?? ''
  if (!accepted.includes(type)) throw unsupportedMediaType(type, accepted)
  return type
}

/** Reads the body; 413 when it is too large. */
export async function readBody({ req }: Call): Promise<Buffer> {
  if (Number(req.headers['content-length']) > maxBodyBytes) throw tooLarge(maxBodyBytes)
  const chunks: Buffer[] = []
  let bytes = 0
  // The loop would destroy the connection when it is left, and with it the answer that says why.
  for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBodyBytes) throw tooLarge(maxBodyBytes)
    chunks.push(chunk)
  }
  const [only] = chunks
  return chunks.length === 1 && only ? only : Buffer.concat(chunks)
}

/** Reads and parses a body that describes an object; undefined when it is empty. */
export async function readObject(call: Call): Promise<unknown> {
  const type = contentType(call, objectTypes)
  const body = await readBody(call)
  if (body.length === 0) return undefined
  if (type === protobuf) return decodeProtobuf(body)
  const text = body.toString('utf8')
  return type === yaml ? parseYaml(text) : parseJson(text)
}

/** Sends a complete JSON answer. */
export function sendText({ res }: Call, code: number, text: string, warnings: readonly string[] = []): void {
  const headers: Record<string, string | number | string[]> = {
    'content-type': json,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-cache, private',
  }
  if (warnings.length > 0) headers.warning = warnings.map((warning) => `299 - ${JSON.stringify(warning)}`)
  res.writeHead(code, headers)
  res.end(text)
}

/** Sends a value as JSON. */
export function sendJson(call: Call, code: number, value: unknown, warnings: readonly string[] = []): void {
  sendText(call, code, `${JSON.stringify(value)}\n`, warnings)
}

/** The form that the client asked for. */
export const formOf = ({ req }: Call): Form => acceptedForm(req.headers.accept)

/** A number in the query; undefined when it is not there, 400 when it is none. */
export function numberParam({ query }: Call, name: string): number | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0) {
    throw badRequest(`invalid query parameter ${name}=${JSON.stringify(text)}: must be a non-negative integer`)
  }
  return value
}

/** A flag in the query: `true` or `1`. */
export function flagParam({ query }: Call, name: string): boolean {
  const text = query.get(name)
  return text === 'true' || text === '1' || text === ''
}

// A client that reads nothing for so long is cut off where it holds up something of the server's.
const stallMs = 60_000

/** Like `drained`, for answers that keep a snapshot open: a client that does not read is disconnected. */
export async function drainedInTime(res: ServerResponse, clock: Clock): Promise<void> {
  if (!res.writableNeedDrain) return
  const cancel = clock.after(stallMs, () => res.destroy())
  await drained(res)
  cancel()
}

/** Resolves when more can be written, or the connection is gone. */
export function drained(res: ServerResponse): Promise<void> {
  if (res.destroyed || !res.writableNeedDrain) return Promise.resolve()
  return new Promise((resolve) => {
    const done = () => {
      res.off('drain', done)
      res.off('close', done)
      resolve()
    }
    res.on('drain', done)
    res.on('close', done)
  })
}
