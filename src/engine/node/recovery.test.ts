// Promise: whatever happens to the node's process, no Pod stays Running without processes, and no process without its Pod. On the real API server.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Pod, type PodSpec, pods } from '../../api/kubernetes.ts'
import { type HttpKube, httpKube } from '../../kube/http.ts'
import { systemClock } from '../../system/clock.ts'
import { systemIds } from '../../system/ids.ts'
import { startTestServer, type TestServer } from '../apiserver/test-server.ts'
import { type ProcessInfo, processTable } from './processes.ts'
import { namespacesHere, sh } from './testing/scene.ts'

const namespaces = await namespacesHere()
if (namespaces !== true) console.warn(`recovery with namespaces is NOT tested: ${namespaces}`)

let api: TestServer
let kube: HttpKube
let dataDir: string
let node: ChildProcess | undefined

beforeEach(async () => {
  api = await startTestServer()
  const { url, token, ca } = api.server
  const access = () => ({ headers: { authorization: `Bearer ${token}` }, tls: { ca } })
  kube = httpKube({ cluster: 'default', server: url, access, clock: systemClock, ids: systemIds })
  dataDir = await mkdtemp(join(tmpdir(), 'bowsprit-recovery-'))
})
afterEach(async () => {
  await kill()
  await kube.close()
  await api.stop()
  await rm(dataDir, { recursive: true, force: true })
})

async function startNode(namespaceIsolation: 'auto' | 'off'): Promise<void> {
  const { url, token, ca } = api.server
  const child = new URL('testing/node-child.ts', import.meta.url).pathname
  const argument = JSON.stringify({ url, token, ca, dataDir, namespaceIsolation })
  node = spawn(process.execPath, [child, argument], { stdio: ['ignore', 'pipe', 'inherit'] })
  if (node.stdout) await once(node.stdout, 'data')
}

async function kill(): Promise<void> {
  if (!node || node.exitCode !== null || node.signalCode !== null) return
  node.kill('SIGKILL')
  await once(node, 'exit')
}

const at = { namespace: 'default', name: 'p' }
const create = (spec: Partial<PodSpec>) =>
  kube.create(pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: at,
    spec: { restartPolicy: 'Never', containers: [], ...spec },
  })

async function until(condition: (pod: Pod) => boolean): Promise<Pod> {
  const { items, resourceVersion } = await kube.list(pods, { namespace: 'default' })
  const signal = AbortSignal.timeout(10_000)
  for (const pod of items) if (condition(pod)) return pod
  for await (const { object } of kube.watch(pods, { namespace: 'default', resourceVersion, signal })) {
    if (condition(object)) return object
  }
  throw new Error(`did not come true: ${JSON.stringify((await kube.get(pods, at))?.status, null, 1)}`)
}
const phase = (wanted: string) => until(({ status }) => status?.phase === wanted)

/** Processes that sleep this many seconds: what the tests' containers are found by. */
async function sleepers(seconds: number): Promise<ProcessInfo[]> {
  const table = await processTable()
  const lines = await Promise.all(table.map(({ pid }) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return table.filter((_one, index) => lines[index] === `sleep\0${seconds}\0`)
}

const untilSleepers = (seconds: number, count: number) =>
  eventually(async () => (await sleepers(seconds)).length === count)

async function eventually(what: () => boolean | Promise<boolean>): Promise<void> {
  const give = performance.now() + 10_000
  while (!(await what())) {
    if (performance.now() > give) throw new Error(`did not come true within 10 s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

describe.each(['off', 'auto'] as const)('namespaces %s: kill -9 of the node', (isolation) => {
  const seconds = isolation === 'off' ? 98701 : 98702

  test.skipIf(isolation === 'auto' && namespaces !== true)(
    'ends what was left and fails the pod so that it is started anew',
    async () => {
      await startNode(isolation)
      // One child stays in the family, one leaves it for good.
      await create({
        containers: [sh(`sleep ${seconds} & setsid sh -c 'sleep ${seconds} & exit' & exec sleep ${seconds}`)],
      })
      await phase('Running')
      await untilSleepers(seconds, 3)
      await kill()
      expect(await sleepers(seconds)).toHaveLength(3)

      await startNode(isolation)
      const pod = await phase('Failed')
      expect(await sleepers(seconds)).toHaveLength(0)
      expect(pod.status).toMatchObject({
        reason: 'Evicted',
        message: 'The node was restarted while the pod was running; its processes were ended.',
        containerStatuses: [{ state: { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown' } } }],
      })
      // Nothing runs any more: its object goes when asked to.
      await kube.delete(pods, at)
      await eventually(async () => (await kube.get(pods, at)) === undefined)
    },
  )
})

test('a pod that ended before the node was killed keeps its result', async () => {
  await startNode('off')
  await create({ containers: [sh('exit 4')] })
  await phase('Failed')
  await kill()
  await startNode('off')
  const pod = await kube.get(pods, at)
  expect(pod?.status?.reason).toBeUndefined()
  expect(pod?.status?.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(4)
})

test('a pod that was deleted while the node was down leaves nothing behind', async () => {
  await startNode('off')
  const { metadata } = await create({ containers: [sh('exec sleep 98703')] })
  await phase('Running')
  const dir = join(dataDir, 'node', 'pods', metadata?.uid ?? '')
  await kill()
  expect(existsSync(dir)).toBe(true)
  await kube.delete(pods, at, { gracePeriodSeconds: 0 })
  await startNode('off')
  await untilSleepers(98703, 0)
  await eventually(() => !existsSync(dir))
})

test('a pod that was assigned but not begun is run as if nothing had happened', async () => {
  await create({ nodeName: 'bowsprit', containers: [sh('echo late')] })
  await startNode('off')
  await phase('Succeeded')
})

test('a running pod whose record is lost fails too', async () => {
  await startNode('off')
  await create({ containers: [sh('exec sleep 98704')] })
  await phase('Running')
  await kill()
  for (const { pid } of await sleepers(98704)) process.kill(pid, 'SIGKILL')
  await rm(join(dataDir, 'node'), { recursive: true })
  await startNode('off')
  expect((await phase('Failed')).status?.reason).toBe('Evicted')
})
