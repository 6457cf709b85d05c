// Dry run of the code host and of clusters: reads are real, writes leave no trace.
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { type ConfigMap, configMaps } from '../api/kubernetes.ts'
import { clustersOf } from '../kube/clusters.ts'
import { dryRunClusters } from '../kube/dry-run.ts'
import { testClock } from '../testing/clock.ts'
import { memoryCodeHost } from '../testing/memory-code-host.ts'
import { memoryKube } from '../testing/memory-kube.ts'
import { dryRunHost } from './dry-run.ts'

test('the code host is read and told nothing', async () => {
  const real = memoryCodeHost(testClock())
  const at = { org: 'o', repo: 'r', number: 1 }
  real.open(at, { labels: ['bug'] })
  const dry = dryRunHost(real, pino({ enabled: false }))
  expect(await dry.labels(at)).toEqual(['bug'])
  await dry.addLabel(at, 'x')
  await dry.removeLabel(at, 'bug')
  await dry.comment(at, 'hello')
  await dry.editComment(at, 1, 'x')
  await dry.deleteComment(at, 1)
  await dry.setStatus(at, 'sha', { context: 'c', state: 'success', description: '', target_url: '' })
  await dry.assign(at, ['a'])
  await dry.requestReview(at, ['a'])
  await dry.rerunWorkflow(at, 1, 'approve')
  expect(real.effects).toEqual([])
})

test('clusters keep nothing, and two names of one cluster stay one client', async () => {
  const real = memoryKube({ clock: testClock() })
  const dry = dryRunClusters(clustersOf(real, { other: real }), pino({ enabled: false }))
  expect(dry.build('other')).toBe(dry.infrastructure)
  const object: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'default' } }
  await dry.infrastructure.create(configMaps, object)
  expect(await real.get(configMaps, { namespace: 'default', name: 'a' })).toBeUndefined()
  await real.create(configMaps, object)
  await dry.infrastructure.delete(configMaps, { namespace: 'default', name: 'a' })
  expect(await real.get(configMaps, { namespace: 'default', name: 'a' })).toBeDefined()
})
