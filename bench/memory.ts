// What `bowsprit up --simulator` takes while nothing happens: resident memory, and processor time over half a minute (Linux).
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { startUp } from '../src/testing/up-process.ts'
import { fillUp } from './finished-jobs.ts'
import { type Installed, pause, withInstallation } from './installation.ts'
import { figure, progress, type Row, table } from './table.ts'

const runs = 3
const idleSeconds = 30
// After work, until the garbage of it is collected as far as it will be.
const settleMs = 3_000
const sizes = { small: 2_000, big: 20_000 }

/** Resident memory of a process, as the system counts it. MB, as in the aim. */
const residentMb = (pid = 0) =>
  (Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024) / 1e6

/** Processor seconds of a process so far. */
function cpuSeconds(pid = 0): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  // utime and stime, in ticks of 10 ms; what follows the name begins with field 3.
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** The HTTP server that we use, alone in a process of Node and doing nothing: one cannot go below that. MB. */
function bareServerMb(): number {
  const code = `const app = require('fastify')(); app.listen({ port: 0, host: '127.0.0.1' }).then(() =>
    setTimeout(() => { console.log(process.memoryUsage.rss() / 1e6); process.exit() }, 1000))`
  return Number(execFileSync(process.execPath, ['-e', code], { encoding: 'utf8', cwd: import.meta.dirname }))
}

/** Memory with that many finished ProwJobs, of a process that has seen them come. */
async function filled(installed: Installed, count: number): Promise<number> {
  progress(`filling up to ${count} ProwJobs`)
  await fillUp(installed, count)
  await pause(settleMs)
  return residentMb(installed.up.process.pid)
}

/** Memory of another process on the same data. */
async function startedAgain({ up, dataDir }: Installed): Promise<number> {
  await up.stop()
  const next = await startUp(dataDir)
  await pause(settleMs)
  const mb = residentMb(next.process.pid)
  await next.stop()
  return mb
}

const idle: number[] = []
const bare: number[] = []
const cpu: number[] = []
const grown = { seen: { small: Number.NaN, big: Number.NaN }, again: { small: Number.NaN, big: Number.NaN } }
for (let run = 1; run <= runs; run++) {
  progress(`start ${run} of ${runs}`)
  bare.push(bareServerMb())
  await withInstallation({}, async (installed) => {
    const { pid } = installed.up.process
    await pause(settleMs)
    idle.push(residentMb(pid))
    if (run > 1) return
    const before = cpuSeconds(pid)
    await pause(idleSeconds * 1000)
    cpu.push(cpuSeconds(pid) - before)
    grown.seen.small = await filled(installed, sizes.small)
    grown.seen.big = await filled(installed, sizes.big)
    grown.again.big = await startedAgain(installed)
  })
}
await withInstallation({}, async (installed) => {
  await filled(installed, sizes.small)
  grown.again.small = await startedAgain(installed)
})

const [small, big] = [figure(sizes.small), figure(sizes.big)]
const rows: Row[] = [
  {
    what: 'resident memory, idle, after a first job',
    unit: 'MB',
    values: idle,
    aim: '< 250 MB',
    against: { name: 'Node and Fastify, doing nothing', values: bare },
  },
  { what: `processor time in ${idleSeconds} idle seconds`, unit: 's', values: cpu, aim: 'near 0' },
  {
    what: `resident memory after ${big} ProwJobs were made`,
    unit: 'MB',
    values: [grown.seen.big],
    against: { name: small, values: [grown.seen.small] },
  },
  {
    what: `resident memory started with ${big} ProwJobs`,
    unit: 'MB',
    values: [grown.again.big],
    against: { name: small, values: [grown.again.small] },
  },
]
console.log(table('Memory and idle work', rows))
