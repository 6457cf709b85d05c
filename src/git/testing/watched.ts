// Stands before a git server: sees what is asked of it, and can stop in the middle of an answer.
import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'

/** What git asked for. */
interface Asked {
  readonly path: string
  readonly authorization: string | undefined
  /** `fetch` sends objects, `ls-refs` lists branches. */
  readonly command: string | undefined
}

/** @param target Base address of the server. */
export async function watched(target: string) {
  const asked: Asked[] = []
  let filters = true
  let sends = Number.POSITIVE_INFINITY
  let stalled = Promise.withResolvers<void>()
  const server = createServer(async (incoming, outgoing) => {
    const body = await all(incoming)
    const plain = incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
    const command = /command=([a-z-]+)/.exec(plain.toString('latin1'))?.[1]
    asked.push({ path: incoming.url ?? '', authorization: incoming.headers.authorization, command })
    const { 'transfer-encoding': _, ...headers } = incoming.headers
    const forward = request(new URL(incoming.url ?? '', target), {
      method: incoming.method ?? 'GET',
      headers: { ...headers, 'content-length': body.length },
    })
    forward.end(body)
    const answer = await new Promise<IncomingMessage>((resolve) => forward.on('response', resolve))
    const whole = await all(answer)
    const bytes = filters ? whole : withoutFilters(whole)
    outgoing.writeHead(answer.statusCode ?? 500, { ...answer.headers, 'content-length': bytes.length })
    if (command !== 'fetch' || bytes.length <= sends) return outgoing.end(bytes)
    outgoing.write(bytes.subarray(0, sends))
    stalled.resolve()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    /** From now on objects come only up to so many bytes of an answer, which then does not end; resolves when that happens. */
    stallAfter(bytes: number): Promise<void> {
      sends = bytes
      stalled = Promise.withResolvers<void>()
      return stalled.promise
    },
    /** Answers whole again; what stalled stays as it is. */
    answerWhole(): void {
      sends = Number.POSITIVE_INFINITY
    },
    /** Answers whole again; what stalled is cut off. */
    goOn(): void {
      sends = Number.POSITIVE_INFINITY
      server.closeAllConnections()
    },
    /** From now on the server does not offer to leave contents out. */
    hideFilters(): void {
      filters = false
    },
    close(): Promise<void> {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** The line of protocol version 2 that tells what `fetch` can do begins with its length. */
function withoutFilters(answer: Buffer): Buffer {
  const text = answer
    .toString('latin1')
    .replace(/[0-9a-f]{4}(fetch=[^\n]*?) filter([^\n]*\n)/, (_all, before, after) => {
      const line = `${before}${after}`
      return `${(line.length + 4).toString(16).padStart(4, '0')}${line}`
    })
  return Buffer.from(text, 'latin1')
}

async function all(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}
