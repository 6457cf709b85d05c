// Asking hook for its help: everything that can come back instead of it.
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { testClock } from '../testing/clock.ts'
import { askHook } from './hook-help.ts'

async function hookThat(answers: RequestListener) {
  const server = createServer(answers)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const clock = testClock()
  const asked = askHook(`http://127.0.0.1:${port}/plugin-help`, { fetch, clock, signal: new AbortController().signal })
  return { asked, clock }
}

test('its answer, whatever it is called', async () => {
  const { asked } = await hookThat((_, response) => {
    response.setHeader('content-type', 'text/plain; charset=utf-8')
    response.end('{"AllRepos": ["o/r"]}')
  })
  expect(await asked).toEqual({ AllRepos: ['o/r'] })
})

test.each<[what: string, answers: RequestListener, error: string]>([
  ['fails', (_, response) => response.writeHead(500).end('no'), 'hook answered 500 instead of its help'],
  ['is something else', (_, response) => response.end('<html>'), 'not valid JSON'],
  ['breaks off', (_, response) => response.writeHead(200, { 'content-length': 9 }).destroy(), ''],
  [
    'never ends',
    (_, response) => {
      const chunk = Buffer.alloc(1024 * 1024, ' ')
      const more = () => {
        while (response.write(chunk) && !response.destroyed);
      }
      response.on('drain', more)
      more()
    },
    'is longer than 33554432 bytes',
  ],
])('an answer that %s', async (_, answers, error) => {
  const { asked } = await hookThat(answers)
  await expect(asked).rejects.toThrow(error)
})

test('a hook that keeps silent is waited for ten seconds', async () => {
  const reached = Promise.withResolvers<void>()
  const { asked, clock } = await hookThat(() => reached.resolve())
  asked.catch(() => {})
  await reached.promise
  await clock.advance('10s')
  await expect(asked).rejects.toThrow('did not answer within 10 s')
})
