// How long `bowsprit up` takes until everything answers: from the start of the process to addresses.json.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { startUp } from '../src/testing/up-process.ts'
import { fillUp } from './finished-jobs.ts'
import { inFolder, pause, withInstallation } from './installation.ts'
import { progress, type Row, table } from './table.ts'

const runs = 7
const kept = { small: 2_000, big: 20_000, runs: 3 }

/** Start of Node itself, with nothing to do. Milliseconds. */
async function bareNode(): Promise<number> {
  const begin = performance.now()
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit')
  return performance.now() - begin
}

async function readyIn(dataDir: string): Promise<number> {
  const up = await startUp(dataDir)
  // Let it write what it begins with, so that the next start has it.
  await pause(300)
  await up.stop()
  return up.readyMs
}

const first: number[] = []
const again: number[] = []
const bare: number[] = []
for (let run = 1; run <= runs; run++) {
  progress(`start ${run} of ${runs}`)
  await inFolder(async (dataDir) => {
    first.push(await readyIn(dataDir))
    again.push(await readyIn(dataDir))
  })
  bare.push(await bareNode())
}

/** Starts of an installation that holds many finished ProwJobs. */
const startsWith = (count: number) =>
  withInstallation({}, async (installed) => {
    progress(`filling up to ${count} ProwJobs`)
    await fillUp(installed, count)
    const values: number[] = []
    await installed.up.stop()
    for (let run = 0; run < kept.runs; run++) values.push(await readyIn(installed.dataDir))
    return values
  })
const small = await startsWith(kept.small)
const big = await startsWith(kept.big)

const node = { name: 'Node with nothing to do', values: bare }
const rows: Row[] = [
  { what: 'first start → ready', unit: 'ms', values: first, aim: '< 2,000 ms', against: node },
  { what: 'another start on the same data → ready', unit: 'ms', values: again, aim: '< 2,000 ms', against: node },
  {
    what: 'start with 20,000 finished ProwJobs → ready',
    unit: 'ms',
    values: big,
    against: { name: '2,000', values: small },
  },
]
console.log(table('Start', rows))
