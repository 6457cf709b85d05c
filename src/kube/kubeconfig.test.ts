// Which clusters the kubeconfig files make, by the rules that upstream's programs follow.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { pods } from '../api/kubernetes.ts'
import { systemClock } from '../system/clock.ts'
import { connections } from './clusters.ts'
import { KubeconfigError, type KubeconfigOptions, kubeconfigState, loadClusters } from './kubeconfig.ts'

const cleanups: (() => Promise<unknown> | unknown)[] = []
let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kubeconfig-'))
  cleanups.push(() => rm(dir, { recursive: true }))
})
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean()
})

const config = (current: string, contexts: Record<string, string>, token = 'secret') =>
  JSON.stringify({
    'current-context': current,
    clusters: Object.entries(contexts).map(([name, server]) => ({ name: `c-${name}`, cluster: { server } })),
    users: [{ name: 'u', user: { token } }],
    contexts: Object.keys(contexts).map((name) => ({ name, context: { cluster: `c-${name}`, user: 'u' } })),
  })
const file = async (name: string, text: string) => {
  await writeFile(join(dir, name), text)
  return join(dir, name)
}
const server = 'http://127.0.0.1:1'

async function load(options: Partial<KubeconfigOptions>) {
  const metrics = new Registry()
  const clusters = await loadClusters({
    env: {},
    clock: systemClock,
    ids: { fraction: () => 0 },
    log: pino({ level: 'silent' }),
    metrics,
    ...options,
  })
  cleanups.push(() => clusters.close())
  return { ...clusters, metrics }
}

test('each context is a build cluster; the current one holds the ProwJobs and is the default', async () => {
  const kubeconfig = await file('config', config('b', { a: server, b: server }))
  const clusters = await load({ kubeconfig })
  expect(clusters.aliases()).toEqual(['a', 'b', 'default'])
  expect(clusters.infrastructure.cluster).toBe('b')
  expect(clusters.build('')).toBe(clusters.build('b'))
  expect(clusters.build('nonsense')).toBeUndefined()
  expect([...connections(clusters).values()]).toEqual([['a'], ['b', 'default']])
})

test('a context called default is the default', async () => {
  const kubeconfig = await file('config', config('b', { b: server, default: server }))
  const clusters = await load({ kubeconfig })
  expect(clusters.build('')?.cluster).toBe('default')
  expect(clusters.infrastructure.cluster).toBe('b')
})

test('files of a folder are read by suffix; hidden data folders are not', async () => {
  await file('one.kubeconfig', config('one', { one: server }))
  await file('two.kubeconfig', config('two', { two: server }))
  await file('..data', config('x', { x: server }))
  await file('README', 'no YAML: {')
  const clusters = await load({ kubeconfigDir: dir, kubeconfigSuffix: 'kubeconfig' })
  expect(clusters.aliases()).toEqual(['default', 'one', 'two'])
  expect(clusters.infrastructure.cluster).toBe('two')
})

test('the same context in two files is refused', async () => {
  await file('one', config('a', { a: server }))
  await file('two', config('a', { a: server }))
  await expect(load({ kubeconfigDir: dir })).rejects.toThrow(/context a of .*two is already defined/)
})

test('disabled clusters are left out, also as the current context', async () => {
  await file('one', config('a', { a: server }))
  await file('two', config('b', { b: server }))
  const clusters = await load({ kubeconfigDir: dir, disabledClusters: ['b'] })
  expect(clusters.aliases()).toEqual(['a', 'default'])
  expect(clusters.infrastructure.cluster).toBe('a')
})

test('a suffix without a folder is refused', async () => {
  await expect(load({ kubeconfigSuffix: 'x' })).rejects.toThrow('--kubeconfig-suffix needs --kubeconfig-dir')
})

test('without flags KUBECONFIG is read, several files as one', async () => {
  const one = await file('one', config('b', { a: server }))
  const two = await file('two', config('a', { b: server }))
  const clusters = await load({ env: { KUBECONFIG: `${one}:${two}` } })
  expect(clusters.aliases()).toEqual(['a', 'b', 'default'])
  expect(clusters.infrastructure.cluster).toBe('b')
})

test('with nothing to read the error says so', async () => {
  await expect(load({ env: { HOME: dir } })).rejects.toThrow(KubeconfigError)
  await expect(load({ env: { HOME: dir } })).rejects.toThrow('no cluster to keep ProwJobs in')
})

test('inside a cluster that cluster holds the ProwJobs', async () => {
  await file('ca.crt', 'CA')
  const kubeconfig = await file('config', config('a', { a: server }))
  const env = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' }
  const clusters = await load({ kubeconfig, env, serviceAccountDir: dir })
  expect(clusters.infrastructure.cluster).toBe('in-cluster')
  expect(clusters.build('')).toBe(clusters.infrastructure)
  const outside = await load({ kubeconfig, env, serviceAccountDir: dir, noInClusterConfig: true }).catch(String)
  expect(outside).toContain('no cluster')
})

test('a broken context costs only itself', async () => {
  const text = JSON.parse(config('a', { a: server }))
  text.contexts.push({ name: 'broken', context: { cluster: 'missing', user: 'u' } })
  const kubeconfig = await file('config', JSON.stringify(text))
  const clusters = await load({ kubeconfig })
  expect(clusters.aliases()).toEqual(['a', 'default'])
  expect(clusters.unusable()).toEqual(['broken'])
  expect(await clusters.metrics.metrics()).toContain('kubernetes_failed_client_creations{cluster="broken"} 1')
})

test('a change of a file, or of the files in a folder, is a change of state; anything else is not', async () => {
  const env = { HOME: dir }
  const kubeconfig = await file('config', config('a', { a: server }))
  const inFolder = { env, kubeconfigDir: dir, kubeconfigSuffix: 'fig' }
  const both = async () => [await kubeconfigState({ env, kubeconfig }), await kubeconfigState(inFolder)]
  const first = await both()
  await chmod(kubeconfig, 0o600)
  await file('README', 'x')
  expect(await both()).toEqual(first)
  await file('other.kubeconfig', config('c', { c: server }))
  const second = await both()
  expect([second[0] === first[0], second[1] === first[1]]).toEqual([true, false])
  await file('config', config('b', { b: server }))
  const third = await both()
  expect([third[0] === first[0], third[1] === second[1]]).toEqual([false, false])
  await rm(kubeconfig)
  expect(await kubeconfigState({ env, kubeconfig })).not.toBe(third[0])
  expect(await kubeconfigState({ env })).not.toBe(await kubeconfigState({ env: { HOME: '/' } }))
})

test("requests carry the user's token", async () => {
  const seen: (string | undefined)[] = []
  const http = createServer((request, response) => {
    seen.push(request.headers.authorization)
    response.end('{}')
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => http.once('listening', resolve))
  cleanups.push(() => http.close())
  const { port } = http.address() as AddressInfo
  const kubeconfig = await file('config', config('a', { a: `http://127.0.0.1:${port}` }, 'tok'))
  const clusters = await load({ kubeconfig })
  await clusters.infrastructure.get(pods, { namespace: 'ns', name: 'x' })
  expect(seen).toEqual(['Bearer tok'])
})
