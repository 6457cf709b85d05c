// What the node knows about one Pod it runs: plain data, kept on disk so that the next process of the node can tell what was going on.
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Container, Pod } from '../../api/kubernetes.ts'

/** A process of this machine, told apart from a later one of the same number by its start. */
export interface ProcessId {
  readonly pid: number
  /** Opaque; equal only for the same process since the same boot. */
  readonly start: string
}

/** How a container ended. Times in milliseconds since the epoch. */
export interface Ended {
  readonly exitCode: number
  /** Number of the signal that ended it. */
  readonly signal?: number
  readonly reason: string
  readonly message?: string
  readonly startedAt?: number
  readonly finishedAt?: number
  readonly id?: string
}

type Role = 'init' | 'sidecar' | 'main'

/** One container. None of `waiting`, `running`, `ended` is set before the first attempt; `waiting` beside `ended` is a restart to come. */
export interface ContainerRun {
  readonly name: string
  readonly role: Role
  /** Starts so far. */
  attempts: number
  waiting?: { readonly reason: string; readonly message?: string }
  /** Not to be started before this time. */
  notBefore?: number
  /** How often in a row it was restarted, for the back-off. */
  restarts: number
  running?: { readonly id: string; readonly startedAt: number; readonly process?: ProcessId }
  ended?: Ended
  /** The end before the present state. */
  previous?: Ended
}

/** One Pod on this node. */
export interface PodRun {
  readonly uid: string
  readonly namespace: string
  readonly name: string
  /** When the node took it on; milliseconds since the epoch. */
  readonly startedAt: number
  readonly containers: readonly ContainerRun[]
  /** Set once the Pod must end for another reason than that its containers are done. */
  stop?: Stop
  /** Volumes could not be made ready; tried again at `retryAt`. */
  volumes?: { readonly retryAt: number; readonly failures: number; readonly message: string }
  /** Nothing runs any more and nothing will. */
  finished?: boolean
}

/** Why a Pod is stopped; `failed` makes it a failure whatever its containers say. */
export interface Stop {
  readonly why: 'deleted' | 'failed'
  readonly reason?: string
  readonly message?: string
}

/** A Pod that nothing was started of yet. */
export function newRun(pod: Pod, now: number): PodRun {
  const role = ({ restartPolicy }: Container): Role => (restartPolicy === 'Always' ? 'sidecar' : 'init')
  const run = (container: Container, role: Role) => ({ name: container.name, role, attempts: 0, restarts: 0 })
  return {
    uid: pod.metadata?.uid ?? '',
    namespace: pod.metadata?.namespace ?? '',
    name: pod.metadata?.name ?? '',
    startedAt: now,
    containers: [
      ...(pod.spec?.initContainers ?? []).map((container) => run(container, role(container))),
      ...(pod.spec?.containers ?? []).map((container) => run(container, 'main')),
    ],
  }
}

/** Directories of one Pod below the node's state directory. */
export function podPaths(podsDir: string, uid: string) {
  const root = join(podsDir, uid)
  return {
    root,
    record: join(root, 'pod.json'),
    volumes: join(root, 'volumes'),
    containers: join(root, 'containers'),
    container: (name: string) => join(root, 'containers', name),
    logs: (name: string) => join(root, 'logs', name),
  }
}

/** Writes the record so that a reader finds the old one or the new one, never half of it. */
export async function saveRun(podsDir: string, run: PodRun): Promise<void> {
  const { root, record } = podPaths(podsDir, run.uid)
  await mkdir(root, { recursive: true, mode: 0o711 })
  await writeFile(`${record}.new`, JSON.stringify(run))
  await rename(`${record}.new`, record)
}

/** All Pods that left something on disk; `run` is undefined where the record is missing or unreadable. */
export async function loadRuns(podsDir: string): Promise<{ uid: string; run: PodRun | undefined }[]> {
  await mkdir(podsDir, { recursive: true, mode: 0o711 })
  const uids = await readdir(podsDir)
  return Promise.all(uids.map(async (uid) => ({ uid, run: await load(podPaths(podsDir, uid).record) })))
}

async function load(file: string): Promise<PodRun | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch {
    return undefined
  }
}
