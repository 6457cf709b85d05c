// What the plugins of a large organisation cost: deliveries per second until all is done, time of each task, memory after many.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Pool } from 'undici'
import type { Answer } from './hook-with-plugins.ts'
import { progress, quantile, type Row, table } from './table.ts'
import { sentAt } from './webhook-mix.ts'

const rounds = 10
const perRound = 10_000
const inFlight = 64

const server = fork(join(import.meta.dirname, 'hook-with-plugins.ts'), { execArgv: ['--expose-gc'] })
const ask = async (): Promise<Answer> => {
  server.send('how are you')
  const [answer] = await once(server, 'message')
  return answer
}
const [{ url }] = (await once(server, 'message')) as [Answer]
const pool = new Pool(url ?? '', { connections: inFlight })

let next = 0
async function send(count: number): Promise<void> {
  const end = next + count
  const worker = async () => {
    while (next < end) {
      const { headers, body } = sentAt(next++)
      const answer = await pool.request({ path: '/hook', method: 'POST', headers, body })
      if (answer.statusCode !== 200) throw new Error(`hook answers ${answer.statusCode}: ${await answer.body.text()}`)
      await answer.body.dump()
    }
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
}

/** Waits until no task has ended for a while. */
async function settled(): Promise<Answer & { tasks: number[] }> {
  const all: number[] = []
  for (let before = -1; ; ) {
    const now = await ask()
    for (const one of now.tasks) all.push(one)
    if (now.done === before) return { ...now, tasks: all }
    before = now.done
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

await send(2_000)
const start = await settled()
const rates: number[] = []
const cores: number[] = []
const memory: number[] = []
const tasks: number[] = []
let before = start
for (let round = 1; round <= rounds; round++) {
  progress(`${round * perRound} deliveries of ${rounds * perRound}`)
  const begin = performance.now()
  await send(perRound)
  const sent = performance.now() - begin
  const now = await settled()
  rates.push((perRound / sent) * 1000)
  cores.push(perRound / (now.cpu - before.cpu))
  memory.push(now.memory)
  for (const one of now.tasks) tasks.push(one)
  before = now
}
server.send('stop')
await once(server, 'exit')
await pool.close()

const rows: Row[] = [
  { what: 'deliveries taken, with plugins at work', unit: '/s', values: rates, aim: '≥ 1,500 /s' },
  { what: 'deliveries handled per second of CPU', unit: '/s', values: cores, aim: '≥ 1,500 /s' },
  { what: 'one task of one plugin, p50', unit: 'ms', values: [quantile(tasks, 0.5)] },
  { what: 'one task of one plugin, p99', unit: 'ms', values: [quantile(tasks, 0.99)] },
  {
    what: `memory after ${((rounds * perRound) / 1000).toLocaleString('en')},000 deliveries`,
    unit: 'MB',
    values: [memory.at(-1) ?? Number.NaN],
    aim: 'flat',
    against: { name: `after ${perRound.toLocaleString('en')}`, values: [memory[0] ?? Number.NaN] },
  },
]
console.log(table('hook with the plugins of a large organisation', rows))
