// A node on a Kubernetes API in memory, for tests: real processes in a directory of their own, a clock that the test moves.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import pino from 'pino'
import { Registry } from 'prom-client'
import { type Container, type Pod, type PodSpec, pods } from '../../../api/kubernetes.ts'
import { systemIds } from '../../../system/ids.ts'
import { type TestClock, testClock } from '../../../testing/clock.ts'
import { type MemoryKube, memoryKube } from '../../../testing/memory-kube.ts'
import { createNode, type LocalNode, type LogRequest, type NodeOptions } from '../node.ts'
import { tryNamespaces } from '../probe.ts'

/** One node and its world. */
export interface Scene {
  readonly kube: MemoryKube
  readonly clock: TestClock
  readonly dataDir: string
  readonly node: LocalNode
  /** Creates a Pod in namespace `ns` and returns it. */
  create(name: string, spec: Partial<PodSpec>, more?: Partial<Pod>): Promise<Pod>
  /** The Pod as the server has it. */
  pod(name: string): Pod
  /** Waits until the Pod meets the condition. */
  until(name: string, condition: (pod: Pod) => boolean): Promise<Pod>
  /** Waits for the phase. */
  phase(name: string, phase: string): Promise<Pod>
  /** Waits until the server has no such Pod. */
  untilGone(name: string): Promise<void>
  /** Asks for the Pod's deletion, as a server does for a Pod on a node. */
  askDelete(name: string, graceSeconds: number): void
  logs(name: string, container?: string, options?: Partial<LogRequest>): Promise<string>
  /** Waits until something is true that the server does not tell of. */
  eventually(what: () => boolean | Promise<boolean>): Promise<void>
  /** Stops the node; the state directory stays. */
  stop(): Promise<void>
  /** Starts another node on the same directory and API. */
  restart(): Promise<void>
  end(): Promise<void>
}

export type SceneOptions = Partial<Omit<NodeOptions, 'clock'>>

/** Node and source of this program, which containers have to see. */
const source = fileURLToPath(new URL('../../../..', import.meta.url))

export const places = {
  nodeProgram: process.execPath,
  path: '/usr/local/bin:/usr/bin:/bin',
  visible: [source, join(process.execPath, '..')],
  utilityCommand: (utility: string) => ['echo', 'utility', utility],
} as const

/** Starts a node without namespaces, unless told otherwise. */
export async function scene(options: SceneOptions = {}): Promise<Scene> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'bowsprit-node-')))
  const clock = testClock()
  const kube = memoryKube({ clock })
  let running: { node: LocalNode; stop: () => Promise<void> } | undefined

  async function start(): Promise<void> {
    const controller = new AbortController()
    const node = createNode({ ...places, namespaceIsolation: 'off', ...options, dataDir, clock })
    const ready = Promise.withResolvers<void>()
    const ended = node.run({
      clock,
      ids: systemIds,
      log: pino({ level: 'silent' }),
      metrics: new Registry(),
      signal: controller.signal,
      ready: () => ready.resolve(),
      kube,
    })
    running = {
      node,
      async stop() {
        running = undefined
        controller.abort(new Error('stopped'))
        // Containers that ignore the request to end are killed when the clock says so.
        const over = ended.then(() => true)
        while (!(await Promise.race([over, pause(5).then(() => false)]))) await clock.advance(1000)
      },
    }
    await Promise.race([ready.promise, ended])
  }

  const at = (name: string) => ({ namespace: 'ns', name })
  const self: Scene = {
    kube,
    clock,
    dataDir,
    get node() {
      if (!running) throw new Error('the node does not run')
      return running.node
    },
    create: (name, spec, more = {}) =>
      kube.create(pods, {
        ...more,
        metadata: { ...more.metadata, name, namespace: 'ns' },
        spec: { restartPolicy: 'Never', containers: [], ...spec },
      }),
    pod: (name) => kube.read(pods, at(name)),
    async until(name, condition) {
      await self.eventually(() => condition(self.pod(name)))
      return self.pod(name)
    },
    phase: (name, phase) => self.until(name, (pod) => pod.status?.phase === phase),
    untilGone: (name) => self.eventually(() => !kube.all(pods).some(({ metadata }) => metadata?.name === name)),
    askDelete: (name, graceSeconds) =>
      kube.change(pods, at(name), ({ metadata = {} }) => {
        // The type says that only servers write these; here we are one.
        Object.assign(metadata, {
          deletionTimestamp: new Date(clock.now() + graceSeconds * 1000).toISOString(),
          deletionGracePeriodSeconds: graceSeconds,
        })
      }),
    async logs(name, container = 'test', request = {}) {
      const uid = self.pod(name).metadata?.uid ?? ''
      let text = ''
      for await (const part of self.node.logs({ namespace: 'ns', name, uid, container, ...request })) {
        text += Buffer.from(part).toString('utf8')
      }
      return text
    },
    async eventually(what) {
      const give = performance.now() + 10_000
      while (!(await what())) {
        if (performance.now() > give) {
          const seen = kube.all(pods).map(({ metadata, status }) => ({ name: metadata?.name, status }))
          throw new Error(`did not come true within 10 s: ${what}\n${JSON.stringify(seen, null, 1)}`)
        }
        await pause(3)
      }
    },
    stop: async () => running?.stop(),
    restart: start,
    async end() {
      await running?.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
  await start()
  return self
}

/** A container that runs a shell script, in which `$$` stays what it is in a shell. */
export const sh = (script: string, more: Partial<Container> = {}): Container => ({
  name: 'test',
  image: 'alpine',
  command: ['/bin/sh', '-c', script.replaceAll('$$', () => '$$$$')],
  ...more,
})

/** Whether this machine gives us namespaces; the reason if not. */
export async function namespacesHere(): Promise<true | string> {
  const dir = await mkdtemp(join(tmpdir(), 'bowsprit-probe-'))
  const tried = await tryNamespaces(join(dir, 'probe'), { ...places, hidden: [], utilityPaths: [] })
  await rm(dir, { recursive: true, force: true })
  return typeof tried === 'string' ? tried : true
}

/** Real time: processes do not wait for the test's clock. */
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
