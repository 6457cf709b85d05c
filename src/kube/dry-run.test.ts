// A dry run reads everything and changes nothing.
import pino from 'pino'
import { expect, test } from 'vitest'
import { type ConfigMap, configMaps } from '../api/kubernetes.ts'
import { testClock } from '../testing/clock.ts'
import { memoryKube } from '../testing/memory-kube.ts'
import { clustersOf, connections } from './clusters.ts'
import { dryRunClusters } from './dry-run.ts'

test('every write is checked, told and not kept', async () => {
  const kube = memoryKube({ clock: testClock() })
  const map = (name: string): ConfigMap => ({ metadata: { name, namespace: 'ns' } })
  await kube.create(configMaps, map('one'))
  const before = kube.all(configMaps)
  const said: string[] = []
  const log = pino({}, { write: (line: string) => void said.push(JSON.parse(line).msg) })
  const clusters = dryRunClusters(clustersOf(kube), log)
  const dry = clusters.infrastructure
  const at = { namespace: 'ns', name: 'one' }
  await dry.create(configMaps, map('two'))
  await dry.patch(configMaps, at, { merge: { data: { a: '1' } } })
  await dry.replace(configMaps, { ...map('one'), data: { a: '2' } })
  expect(await dry.delete(configMaps, at)).toBe(true)
  expect(await dry.get(configMaps, at)).toEqual(before[0])
  expect(kube.all(configMaps)).toEqual(before)
  expect(said).toEqual(['create', 'patch', 'replace', 'delete'].map((verb) => `dry run: would ${verb}`))
  await expect(dry.create(configMaps, map('one'))).rejects.toMatchObject({ code: 409 })
  expect([...connections(clusters).values()]).toEqual([['default']])
})
