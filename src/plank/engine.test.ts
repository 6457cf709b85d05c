// plank on the embedded API server: what it writes is accepted, kept and seen by others.
import pino from 'pino'
import { Registry } from 'prom-client'
import { afterEach, expect, test, vi } from 'vitest'
import { prowJobCrd } from '../api/crd.ts'
import { events, pods } from '../api/kubernetes.ts'
import { prowJobs } from '../api/prowjob.ts'
import type { ConfigAgent, Snapshot } from '../config/types.ts'
import { startTestServer } from '../engine/apiserver/test-server.ts'
import { podFor } from '../jobs/pod.ts'
import { jobUrl } from '../jobs/url.ts'
import { clustersOf } from '../kube/clusters.ts'
import { httpKube } from '../kube/http.ts'
import { systemClock } from '../system/clock.ts'
import { systemIds } from '../system/ids.ts'
import { snowflakes } from './build-ids.ts'
import { plank } from './plank.ts'

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean()
})

test('two runs of a job that may run once, one after the other', async () => {
  const { server, stop } = await startTestServer({ crds: [prowJobCrd()] })
  cleanups.push(stop)
  const access = () => ({ headers: { authorization: `Bearer ${server.token}` }, tls: { ca: server.ca } })
  const base = { clock: systemClock, ids: systemIds, log: pino({ level: 'silent' }), metrics: new Registry() }
  const kube = httpKube({ ...base, cluster: 'default', server: server.url, access })
  cleanups.push(() => kube.close())
  const limits = { max_concurrency: 0, max_revivals: 3, job_queue_capacities: {}, job_url_prefix_config: {} }
  const times = { pod_pending_timeout: 600_000, pod_running_timeout: 600_000, pod_unscheduled_timeout: 600_000 }
  const config = { prowjob_namespace: 'default', pod_namespace: 'default', plank: { ...limits, ...times } }
  const agent: ConfigAgent = {
    current: () => ({ config }) as unknown as Snapshot,
    subscribe: () => () => {},
    problems: () => [],
  }
  const end = new AbortController()
  const ready = Promise.withResolvers<void>()
  const done = plank.run({
    ...base,
    signal: end.signal,
    ready: () => ready.resolve(),
    clusters: clustersOf(kube),
    config: agent,
    buildIds: snowflakes(systemClock),
    podFor,
    jobUrl,
    version: 'v1',
    identity: 'host_1',
  })
  cleanups.push(async () => {
    end.abort()
    await done
  })
  await ready.promise

  for (const name of ['one', 'two']) {
    await kube.create(prowJobs, {
      apiVersion: 'prow.k8s.io/v1',
      kind: 'ProwJob',
      metadata: { name, namespace: 'default' },
      spec: {
        type: 'periodic',
        agent: 'kubernetes',
        job: 'test',
        max_concurrency: 1,
        pod_spec: { containers: [{ name: 'test', image: 'busybox', command: ['true'] }] },
      },
      status: { state: 'triggered', startTime: new Date(systemClock.now()).toISOString() },
    })
  }
  const read = (name: string) => kube.get(prowJobs, { namespace: 'default', name })
  const ends = (name: string, phase: string) =>
    kube.patch(pods, { namespace: 'default', name }, { merge: { status: { phase } } }, { subresource: 'status' })

  await vi.waitFor(async () => expect((await read('one'))?.status.state).toBe('pending'))
  await vi.waitFor(async () => {
    expect((await read('two'))?.metadata.annotations?.['bowsprit.dev/waiting-reason']).toBe('MaxConcurrency')
  })
  const { items } = await kube.list(events, { namespace: 'default' })
  expect(items).toMatchObject([{ involvedObject: { kind: 'ProwJob', name: 'two' }, reason: 'MaxConcurrency' }])
  await ends('one', 'Succeeded')
  await vi.waitFor(async () => expect((await read('two'))?.status.state).toBe('pending'))
  expect((await read('two'))?.metadata.annotations).not.toHaveProperty('bowsprit.dev/waiting-reason')
  await ends('two', 'Failed')
  await vi.waitFor(async () => expect((await read('two'))?.status.state).toBe('failure'))
  const finished = await read('one')
  expect(finished?.status).toMatchObject({ state: 'success', build_id: expect.stringMatching(/^\d{19}$/) })
  expect(finished?.metadata.labels?.['prow.k8s.io/build-id']).toBe(finished?.status.build_id)
})
