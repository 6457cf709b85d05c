// The local node: runs Pods of the embedded API server as processes of this machine, as a kubelet and a scheduler would together.
import { arch, availableParallelism, homedir, hostname, platform, release, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { type Pod, pods } from '../../api/kubernetes.ts'
import type { Component, Ctx } from '../../component.ts'
import type { Kube } from '../../kube/client.ts'
import { type Change, informer } from '../../kube/informer.ts'
import type { Clock } from '../../system/clock.ts'
import type { Capacity } from './capacity.ts'
import { eventRecorder } from './event-recorder.ts'
import { heartbeat } from './heartbeat.ts'
import { type LogRequest, logRegistry } from './log-registry.ts'
import type { LogLimits } from './log-writer.ts'
import { loadRuns, newRun, type PodRun, podPaths, saveRun } from './pod-run.ts'
import { finalDelete, type PodWorker, runningIn, startPod, type Workshop } from './pod-worker.ts'
import { privatePlaces } from './private-places.ts'
import { chooseIsolation } from './probe.ts'
import { processRuntime } from './process-runtime.ts'
import { recovered } from './recovery.ts'
import { removeTree } from './remove-tree.ts'
import { isOver, scheduler } from './scheduler.ts'

export type { LogRequest } from './log-registry.ts'

/** Name of the Node object, and what Pods find in `spec.nodeName`. */
const defaultNodeName = 'bowsprit'

export interface NodeOptions {
  /** State is kept in `node/` below it. Containers do not see this directory. */
  readonly dataDir: string
  /** Command of a pod utility (`clonerefs`, `initupload`, `entrypoint`, `sidecar`, `gcsupload`); the container's args come after it. */
  readonly utilityCommand: (utility: string) => readonly string[]
  /** The Node.js that runs this program. */
  readonly nodeProgram: string
  /** PATH of containers that do not set their own. */
  readonly path: string
  /** Paths that containers need to see wherever they lie: this program's source and Node.js. */
  readonly visible: readonly string[]
  /** Directories that the pod utilities, and no other container, may write to: buckets on this machine (`file://`). */
  readonly utilityPaths?: readonly string[]
  /** Further files and directories that containers must not see, besides where the account keeps its keys. */
  readonly hidden?: readonly string[]
  /** What differs from the machine's own. Default: all cores, all memory, four Pods a core at a time. */
  readonly capacity?: { readonly [resource: string]: number }
  /** `auto` uses namespaces where the kernel allows them. */
  readonly namespaceIsolation?: 'auto' | 'off'
  readonly logLimits?: LogLimits
  readonly nodeName?: string
  readonly clock: Clock
  /** Version of this program, for the Node object. */
  readonly version?: string
}

export interface LocalNode extends Component<{ readonly kube: Kube }> {
  /** A container's log; throws KubeError 400 before the first byte when there is none. Works before and after `run`. */
  logs(request: LogRequest): AsyncIterable<Uint8Array>
}

// How long containers get to end when the node is stopped.
const shutDownGraceMs = 5000

/** A node that is not running yet. */
export function createNode(options: NodeOptions): LocalNode {
  const podsDir = resolve(options.dataDir, 'node', 'pods')
  const logs = logRegistry(podsDir, options.clock, options.logLimits)
  return {
    name: 'node',
    logs: (request) => logs.read(request),
    run: (ctx) => runNode(ctx, { ...options, podsDir, logs }),
  }
}

interface Inner extends NodeOptions {
  readonly podsDir: string
  readonly logs: Workshop['logs']
}

/** What the machine has, with what the settings say instead. */
function machineCapacity(settings: { readonly [resource: string]: number } = {}): Capacity {
  const cpu = availableParallelism()
  return { cpu, memory: totalmem(), pods: 4 * cpu, ...settings }
}

async function runNode(ctx: Ctx & { kube: Kube }, options: Inner): Promise<void> {
  const { kube, clock, ids, log, signal } = ctx
  const { podsDir, nodeName = defaultNodeName, nodeProgram, path, utilityCommand, visible } = options
  const capacity = machineCapacity(options.capacity)
  const places = {
    nodeProgram,
    path,
    utilityCommand,
    visible,
    utilityPaths: (options.utilityPaths ?? []).map((one) => resolve(one)),
    hidden: [
      resolve(options.dataDir),
      ...privatePlaces(homedir(), process.getuid?.()),
      ...(options.hidden ?? []).map((one) => resolve(one)),
    ],
  }
  const left = await loadRuns(podsDir)
  const isolation = await chooseIsolation(
    options.namespaceIsolation ?? 'auto',
    join(podsDir, '..', 'probe'),
    places,
    log,
  )
  const runtime = processRuntime({ ...places, isolation })
  const runs = new Map<string, PodRun | undefined>()
  for (const { uid, run } of left) {
    runs.set(uid, run)
    if (run?.finished) continue
    const processes = run ? runningIn(run).flatMap(({ running }) => running?.process ?? []) : []
    await runtime.endLeftovers({ uid, dir: podPaths(podsDir, uid).root, processes })
  }

  const recorder = eventRecorder({ kube, nodeName, clock, ids, log })
  const informed = informer({ kube, resource: pods, clock, ids, log, signal })
  const shop: Workshop = {
    kube,
    runtime,
    logs: options.logs,
    podsDir,
    node: { nodeName, hostIP: '127.0.0.1', cpu: capacity.cpu, memory: capacity.memory },
    recorder,
    clock,
    ids,
    log,
    signal,
    observe: (pod) => informed.observe(pod),
  }
  const workers = new Map<string, PodWorker>()
  const cleaning = new Set<Promise<void>>()
  const scheduling = scheduler({ ...shop, nodeName, capacity, list: informed.list })

  function take(pod: Pod, run: PodRun): void {
    const worker = startPod(pod, run, shop)
    workers.set(worker.uid, worker)
    void worker.done.then(() => {
      if (signal.aborted) return
      workers.delete(worker.uid)
      const now = informed.get(run.namespace, run.name)
      if (now?.metadata?.uid === run.uid && now.metadata.deletionTimestamp) letGo(now)
      scheduling.poke()
    })
  }

  // A Pod of which nothing runs, that somebody wants to be gone.
  function letGo(pod: Pod): void {
    void finalDelete(kube, pod).catch((err: unknown) =>
      log.warn({ err, pod: pod.metadata?.name }, 'could not delete a pod that does not run'),
    )
  }

  function see(pod: Pod): void {
    const { uid = '', deletionTimestamp } = pod.metadata ?? {}
    const worker = workers.get(uid)
    const ours = pod.spec?.nodeName === nodeName
    if (worker) worker.update(pod)
    else if (deletionTimestamp && (isOver(pod) ? ours : !pod.spec?.nodeName)) letGo(pod)
    else if (ours && !isOver(pod)) take(pod, newRun(pod, clock.now()))
  }

  function forget(uid: string): void {
    const worker = workers.get(uid)
    worker?.gone()
    const clean = (worker?.done ?? Promise.resolve())
      .then(() => (signal.aborted ? undefined : removeTree(podPaths(podsDir, uid).root)))
      .catch((err: unknown) => log.warn({ err, uid }, 'could not remove the directory of a pod'))
    cleaning.add(clean)
    void clean.finally(() => cleaning.delete(clean))
  }

  async function recover(): Promise<void> {
    const present = informed.list()
    const uids = new Set(present.map(({ metadata }) => metadata?.uid))
    for (const uid of runs.keys()) if (!uids.has(uid)) forget(uid)
    for (const pod of present) {
      const uid = pod.metadata?.uid ?? ''
      const run = pod.spec?.nodeName === nodeName ? recovered(pod, runs.get(uid), clock.now()) : undefined
      if (run) {
        if (run.finished) await saveRun(podsDir, run)
        take(pod, run)
      } else see(pod)
    }
  }

  const beats = heartbeat({ ...shop, name: nodeName, capacity, machine: facts(options, isolation.kind) })
  try {
    await informed.synced
    await recover()
    informed.on((change: Change<Pod>) => {
      if (change.type === 'deleted') forget(change.before.metadata?.uid ?? '')
      else see(change.now)
      scheduling.poke()
    })
    // What changed while the recovery was writing.
    for (const pod of informed.list()) see(pod)
    scheduling.poke()
    log.info({ node: nodeName, capacity }, 'node runs pods')
    ctx.ready()
    await aborted(signal)
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    await Promise.all([...workers.values()].map((worker) => worker.shutDown(shutDownGraceMs)))
    await Promise.all([...cleaning, beats, scheduling.idle()])
  }
}

function facts({ version = '0' }: NodeOptions, isolation: string) {
  const runtime = `process://${isolation}`
  return { hostname: hostname(), platform: platform(), arch: arch(), kernel: release(), version, runtime }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
