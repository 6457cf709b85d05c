// Serves stand-ins of other services, which answer as fetch does, on a port of this machine.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ServedService {
  /** Without a slash at its end. */
  readonly url: string
  close(): Promise<void>
}

export async function serveFetch(handle: (request: Request) => Promise<Response>): Promise<ServedService> {
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const method = incoming.method ?? 'GET'
    const headers = new Headers(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]))
    const body = method === 'GET' ? null : Buffer.concat(chunks)
    const answer = await handle(
      new Request(`http://${incoming.headers.host}${incoming.url}`, { method, headers, body }),
    )
    outgoing.writeHead(answer.status, Object.fromEntries(answer.headers))
    outgoing.end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
