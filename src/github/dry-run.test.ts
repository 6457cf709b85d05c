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
  const run = { name: 'n', head_sha: 'sha', conclusion: 'success', title: 't', summary: 's' } as const
  const pull = { title: 't', body: '', head: 'h', base: 'main' }
  expect(await dry.labels(at)).toEqual(['bug'])
  expect(await dry.createIssue(at, { title: 't', body: '' })).toBe(-1)
  await dry.edit(at, { title: 'other' })
  await dry.close(at)
  expect(await dry.reopen(at)).toBeUndefined()
  await dry.lock(at, true)
  await dry.addLabel(at, 'x')
  await dry.removeLabel(at, 'bug')
  await dry.setMilestone(at, 1)
  expect(await dry.assign(at, ['author'])).toEqual([])
  await dry.unassign(at, ['author'])
  expect(await dry.comment(at, 'hello')).toMatchObject({ id: -1, body: 'hello', user: { login: 'k8s-ci-robot' } })
  await dry.editComment(at, 1, 'x')
  await dry.deleteComment(at, 1)
  await dry.react(at, 'heart')
  await dry.reactToComment(at, 1, 'heart')
  await dry.pinIssue(at, true)
  expect(await dry.transferIssue(at, { org: 'o', repo: 'other' })).toEqual({ org: 'o', repo: 'other', number: -1 })
  expect(await dry.createPullRequest(at, pull)).toBe(-1)
  await dry.updateBranch(at, 'sha')
  expect(await dry.createReview(at, { event: 'COMMENT', body: 'x' })).toMatchObject({ id: -1, body: 'x' })
  await dry.dismissReview(at, 1, 'x')
  await dry.editReviewComment(at, 1, 'x')
  expect(await dry.requestReview(at, ['a'])).toEqual([])
  await dry.unrequestReview(at, ['a'])
  await dry.createLabel(at, { name: 'x', color: '', description: '' })
  expect(await dry.createFork(at)).toEqual({ org: 'k8s-ci-robot', repo: 'r' })
  await dry.createRef(at, 'heads/x', 'sha')
  await dry.deleteRef(at, 'heads/main')
  await dry.setStatus(at, 'sha', { context: 'c', state: 'success', description: '', target_url: '' })
  await dry.createCheckRun(at, run)
  await dry.rerunWorkflow(at, 1, 'approve')
  expect(real.effects).toEqual([])
  expect(new Set(real.calls)).toEqual(new Set(['labels', 'bot']))
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
