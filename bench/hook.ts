// How many webhook deliveries hook takes per second, and how many it has handled per second, all of them on disk before the answer.
import { spawn } from 'node:child_process'
import { createHmac, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Installed, openPulls, until, withInstallation } from './installation.ts'
import { progress, type Row, table } from './table.ts'

const rounds = 3
const deliveries = { small: 300, big: 3_000 }
const inFlight = 32
// Nothing that starts by itself.
const jobs = 'presubmits: {harbor/lighthouse: [{name: unit, spec: {containers: [{image: host, command: ["true"]}]}}]}'
// Deliveries about one pull request are handled one after the other.
const pulls = 50

/** A comment that asks for nothing, as GitHub would tell about it: most deliveries are like that. */
function payloadFor(number: number): string {
  const user = (login: string, id: number) => ({ login, id, type: 'User', html_url: `https://github.com/${login}` })
  const url = `https://github.com/harbor/lighthouse/pull/${number}`
  return JSON.stringify({
    action: 'created',
    issue: {
      number,
      html_url: url,
      title: 'Say how far the beam reaches',
      body: 'The lamp hangs at 40 m. '.repeat(100),
      state: 'open',
      user: user('alice', 1),
      labels: [],
      assignees: [],
      pull_request: { html_url: url },
    },
    comment: {
      id: number,
      html_url: `${url}#issuecomment-${number}`,
      user: user('bob', 2),
      body: 'This looks right to me, but let us hear what the others think of it.',
      author_association: 'MEMBER',
    },
    repository: { id: 1, name: 'lighthouse', full_name: 'harbor/lighthouse', owner: user('harbor', 3) },
    organization: { login: 'harbor', id: 3 },
    sender: user('bob', 2),
  })
}

/** Sends that many; answers per second. */
async function send(url: string, secret: string, count: number): Promise<number> {
  const signed = Array.from({ length: pulls }, (_, number) => {
    const body = payloadFor(number + 1)
    return { body, signature: `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` }
  })
  let next = 0
  const begin = performance.now()
  const worker = async () => {
    for (let index = next++; index < count; index = next++) {
      const { body, signature } = signed[index % pulls] ?? { body: '', signature: '' }
      const answer = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-github-event': 'issue_comment',
          'x-github-delivery': randomUUID(),
          'x-hub-signature-256': signature,
        },
        body,
      })
      if (answer.status !== 200) throw new Error(`hook answers ${answer.status}: ${await answer.text()}`)
      await answer.arrayBuffer()
    }
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
  return (count / (performance.now() - begin)) * 1000
}

/** Comments that the trigger plugin has looked at so far. */
async function handled(metricsUrl: string): Promise<number> {
  const text = await (await fetch(`${metricsUrl}/metrics`)).text()
  const lines = text.matchAll(/^prow_plugin_handle_duration_seconds_count\{([^}]*)\} (\d+)/gm)
  return [...lines]
    .filter(([, labels]) => labels?.includes('plugin="trigger"') && labels.includes('event_type="issue_comment"'))
    .reduce((sum, [, , count]) => sum + Number(count), 0)
}

/** A server of the same library that answers 200 and does nothing. */
async function withBareServer<T>(use: (url: string) => Promise<T>): Promise<T> {
  const code = `const app = require('fastify')(); app.post('/hook', async () => 'fine')
    app.listen({ port: 0, host: '127.0.0.1' }).then((url) => console.log(url))`
  const server = spawn(process.execPath, ['-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: import.meta.dirname,
  })
  const [url] = await once(server.stdout, 'data')
  try {
    return await use(`${String(url).trim()}/hook`)
  } finally {
    server.kill()
  }
}

async function measure(installed: Installed): Promise<Row[]> {
  const { up, dataDir } = installed
  await openPulls(installed, pulls)
  const secret = await readFile(join(dataDir, 'hmac'), 'utf8')
  const url = `${up.addresses.hook}/hook`
  const acknowledged = { small: [] as number[], big: [] as number[] }
  const done = { small: [] as number[], big: [] as number[] }
  const bare: number[] = []
  await send(url, secret, deliveries.small)
  for (let round = 1; round <= rounds; round++) {
    progress(`round ${round} of ${rounds}`)
    for (const size of ['small', 'big'] as const) {
      const before = await handled(up.addresses.metrics)
      const begin = performance.now()
      acknowledged[size].push(await send(url, secret, deliveries[size]))
      await until('all deliveries to be handled', async () => {
        return (await handled(up.addresses.metrics)) - before >= deliveries[size]
      })
      done[size].push((deliveries[size] / (performance.now() - begin)) * 1000)
    }
    bare.push(await withBareServer((server) => send(server, secret, deliveries.big)))
  }
  return [
    {
      what: 'deliveries acknowledged',
      unit: '/s',
      values: acknowledged.big,
      against: { name: 'Fastify that does nothing', values: bare },
    },
    {
      what: `deliveries handled, of ${deliveries.big}`,
      unit: '/s',
      values: done.big,
      against: { name: `of ${deliveries.small}`, values: done.small },
    },
  ]
}

console.log(table('hook', await withInstallation({ jobs }, measure)))
