// The embedded API server from outside, over HTTPS: writes per second, time until ten watchers know, lists of many ProwJobs.

import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { KubeObject, Resource } from '../src/api/kubernetes.ts'
import { prowJobs } from '../src/api/prowjob.ts'
import type { Kube } from '../src/kube/client.ts'
import { fillUp } from './finished-jobs.ts'
import { type Installed, inFolder, withInstallation } from './installation.ts'
import { progress, quantile, type Row, table } from './table.ts'

const rounds = 5
const writesPerRound = 1000
const clients = { one: 1, many: 32 }
const watchers = 10
const fanOutWrites = 100
const sizes = { small: 2_000, big: 20_000 }
const listRuns = 5

interface ConfigMap extends KubeObject {
  readonly data: Readonly<Record<string, string>>
}
const configMaps: Resource<ConfigMap> = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
}
// About the size of a ProwJob.
const data = { text: 'x'.repeat(2000) }
const configMap = (name: string): ConfigMap => ({ metadata: { namespace: 'default', name }, data })

/** Creates objects with that many requests under way; writes per second. */
async function writeRate(kube: Kube, inFlight: number, count: number, prefix: string): Promise<number> {
  let next = 0
  const begin = performance.now()
  const worker = async () => {
    while (next < count) await kube.create(configMaps, configMap(`${prefix}-${next++}`))
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
  return (count / (performance.now() - begin)) * 1000
}

/** The floor: one durable row after the other into SQLite, without a server. Writes per second. */
function sqliteRate(folder: string, count: number): number {
  const db = new DatabaseSync(join(folder, 'floor.db'))
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE IF NOT EXISTS floor (body TEXT)')
  const insert = db.prepare('INSERT INTO floor VALUES (?)')
  const body = JSON.stringify(configMap('floor'))
  const begin = performance.now()
  for (let row = 0; row < count; row++) insert.run(body)
  const rate = (count / (performance.now() - begin)) * 1000
  db.close()
  return rate
}

/** Per write the time until the last of so many watchers has seen it, milliseconds. */
async function fanOut(kube: Kube, count: number, name: string): Promise<number[]> {
  const stop = new AbortController()
  const { metadata } = await kube.create(configMaps, configMap(name))
  const options = { namespace: 'default', resourceVersion: metadata?.resourceVersion ?? '', signal: stop.signal }
  let left = 0
  let all = Promise.withResolvers<void>()
  const watching = Array.from({ length: count }, async () => {
    for await (const { type } of kube.watch(configMaps, options)) if (type === 'MODIFIED' && --left === 0) all.resolve()
  })
  const took: number[] = []
  // The first one also waits until every watch stands.
  for (let write = 0; write <= fanOutWrites; write++) {
    left = count
    all = Promise.withResolvers()
    const begin = performance.now()
    await kube.patch(configMaps, { namespace: 'default', name }, { merge: { data: { write: String(write) } } })
    await all.promise
    if (write > 0) took.push(performance.now() - begin)
  }
  stop.abort()
  await Promise.all(watching)
  return took
}

/** All in one answer, or as informers do it. Milliseconds. */
async function listTime(kube: Kube, limit: number | undefined, expected: number): Promise<number> {
  const begin = performance.now()
  let got = 0
  let more: string | undefined
  do {
    const page = await kube.list(prowJobs, {
      namespace: 'default',
      ...(limit !== undefined && { limit }),
      ...(more !== undefined && { continue: more }),
    })
    got += page.items.length
    more = page.continue
  } while (more !== undefined)
  if (got < expected) throw new Error(`listed ${got} ProwJobs, there are ${expected}`)
  return performance.now() - begin
}

async function repeat(times: number, run: () => Promise<number>): Promise<number[]> {
  const values: number[] = []
  for (let time = 0; time < times; time++) values.push(await run())
  return values
}

async function measure(installed: Installed): Promise<Row[]> {
  const { kube } = installed
  const single: number[] = []
  const many: number[] = []
  const floor: number[] = []
  await inFolder(async (folder) => {
    for (let round = 1; round <= rounds; round++) {
      progress(`writes, round ${round} of ${rounds}`)
      single.push(await writeRate(kube, clients.one, writesPerRound / 4, `one-${round}`))
      many.push(await writeRate(kube, clients.many, writesPerRound, `many-${round}`))
      floor.push(sqliteRate(folder, writesPerRound))
    }
  })

  const fan = { one: [] as number[][], many: [] as number[][] }
  for (let round = 1; round <= rounds; round++) {
    progress(`watches, round ${round} of ${rounds}`)
    fan.one.push(await fanOut(kube, 1, `fan-one-${round}`))
    fan.many.push(await fanOut(kube, watchers, `fan-many-${round}`))
  }
  const at = (runs: number[][], q: number) => runs.map((run) => quantile(run, q))

  const whole = { small: [] as number[], big: [] as number[] }
  const paged = { small: [] as number[], big: [] as number[] }
  const jobWrites: number[] = []
  for (const size of ['small', 'big'] as const) {
    progress(`filling up to ${sizes[size]} ProwJobs`)
    jobWrites.push(await fillUp(installed, sizes[size]))
    whole[size] = await repeat(listRuns, () => listTime(kube, undefined, sizes[size]))
    paged[size] = await repeat(listRuns, () => listTime(kube, 500, sizes[size]))
  }
  const perSecond = '/s'
  const [small, big] = [sizes.small.toLocaleString('en'), sizes.big.toLocaleString('en')]
  return [
    {
      what: 'writes, one client',
      unit: perSecond,
      values: single,
      against: { name: 'bare SQLite, one durable row each', values: floor },
    },
    {
      what: `writes, ${clients.many} in flight`,
      unit: perSecond,
      values: many,
      against: { name: 'bare SQLite, one durable row each', values: floor },
    },
    { what: 'ProwJobs created while all components follow', unit: perSecond, values: jobWrites },
    {
      what: `write → ${watchers} watchers know, p50`,
      unit: 'ms',
      values: at(fan.many, 0.5),
      against: { name: '1 watcher', values: at(fan.one, 0.5) },
    },
    {
      what: `write → ${watchers} watchers know, p99`,
      unit: 'ms',
      values: at(fan.many, 0.99),
      against: { name: '1 watcher', values: at(fan.one, 0.99) },
    },
    {
      what: `list ${big} ProwJobs, one answer`,
      unit: 'ms',
      values: whole.big,
      against: { name: `${small}`, values: whole.small },
    },
    {
      what: `list ${big} ProwJobs, pages of 500`,
      unit: 'ms',
      values: paged.big,
      against: { name: `${small}`, values: paged.small },
    },
  ]
}

console.log(table('API server', await withInstallation({}, measure)))
