// Starts and stops one container of a Pod: environment, mounts, log, process, grace period, end.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Container, Pod } from '../../api/kubernetes.ts'
import { environmentOf, neededByEnvironment } from './environment.ts'
import type { PodEvent } from './event-recorder.ts'
import { type Exit, exitStatus, terminationMessage } from './exit.ts'
import { expand } from './expand.ts'
import { readLog } from './log-reader.ts'
import type { LogWriter } from './log-writer.ts'
import { backOffForgottenMs, restartDelayMs, wantedNow } from './next-step.ts'
import { type ContainerRun, type Ended, type PodRun, type ProcessId, podPaths } from './pod-run.ts'
import type { Workshop } from './pod-worker.ts'
import { fetchReferences } from './references.ts'
import type { Launch, Mount, Refusal, Running, User } from './runtime.ts'
import { mountsOf, type VolumeProblem } from './volumes.ts'

export interface ContainerControl {
  /** Starts the container, or notes why that is not possible now. */
  start(): Promise<void>
  /** Asks the container to end, and kills it after `graceMs`. A second call changes nothing. */
  stop(graceMs: number): void
  /** Kills a container that is being stopped after `graceMs` from its stop at the latest. */
  shorten(graceMs: number): void
  /** Ends the container without noting it: for the next start of the node it is lost. */
  shutDown(graceMs: number): Promise<void>
}

export interface ContainerContext extends Workshop {
  readonly run: PodRun
  readonly pod: () => Pod
  /** Makes the Pod's volumes, unless they are there. */
  readonly volumes: () => Promise<VolumeProblem | undefined>
  /** Something in `run` has changed. */
  readonly changed: () => void
}

// A secret that is missing may appear any moment; a kubelet looks every few seconds, too.
const configRetryMs = 5000
// How long the streams of a container that has ended may take to end too.
const streamsMs = 10_000
const volumeRetryMs = { first: 1000, most: 30_000 }

export function containerControl(one: ContainerRun, context: ContainerContext): ContainerControl {
  const { clock, run, runtime, recorder, log } = context
  const paths = podPaths(context.podsDir, run.uid)
  const dir = paths.container(one.name)
  let running: Running | undefined
  let stopping: { at: number; graceMs: number; cancel: () => void } | undefined
  let lost = false

  const specOf = (pod: Pod): Container => {
    const all = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])]
    const found = all.find(({ name }) => name === one.name)
    if (!found) throw new Error(`pod ${run.name} has no container ${one.name}`)
    return found
  }
  const tell = (event: PodEvent) =>
    recorder.record(context.pod(), {
      ...event,
      fieldPath: `spec.${one.role === 'main' ? 'containers' : 'initContainers'}{${one.name}}`,
    })

  async function start(): Promise<void> {
    try {
      await tryStart()
    } catch (error) {
      // The API or the disk failed us, not the Pod.
      delete one.running
      waits('CreateContainerConfigError', error instanceof Error ? error.message : String(error))
    }
  }

  async function tryStart(): Promise<void> {
    const pod = context.pod()
    const spec = specOf(pod)
    const trouble = await context.volumes()
    if (trouble) return volumesMissing(trouble)
    delete run.volumes
    const references = await fetchReferences(context.kube, run.namespace, [neededByEnvironment(spec)])
    const environment = environmentOf(spec, pod, references, context.node)
    if ('problem' in environment) return waits('CreateContainerConfigError', environment.problem)
    const mounted = await mountsOf(spec, pod, paths.volumes, environment.env)
    if ('problem' in mounted) return waits('CreateContainerConfigError', mounted.problem)

    const attempt = one.attempts
    const writer = await context.logs.open(run.uid, one.name, attempt)
    if (attempt >= 2) await rm(context.logs.dir(run.uid, one.name, attempt - 2), { recursive: true, force: true })
    const message = await emptyMessageFile(spec)
    const id = `${runtime.name}://${context.ids.uuid()}`
    const startedAt = clock.now()
    let process: ProcessId | undefined
    const launch: Launch = {
      dir,
      image: spec.image ?? '',
      command: (spec.command ?? []).map((text) => expand(text, (name) => environment.env[name])),
      args: (spec.args ?? []).map((text) => expand(text, (name) => environment.env[name])),
      env: environment.env,
      ...(spec.workingDir ? { workingDir: spec.workingDir } : {}),
      mounts: [...mounted.mounts, message],
      user: userOf(pod, spec),
      spawned(id) {
        process = id
        one.running = { id: '', startedAt, process: id }
        context.changed()
      },
    }
    const launched = await runtime.launch(launch)
    one.attempts++
    if (one.ended) one.previous = one.ended
    delete one.ended
    delete one.waiting
    delete one.notBefore
    if ('refused' in launched) return refused(launched.refused, writer, id, startedAt)
    one.running = { id, startedAt, ...(process ? { process } : {}) }
    running = launched
    // The node was told to stop in the meantime.
    if (context.signal.aborted) lost = true
    context.changed()
    tell({ type: 'Normal', reason: 'Started', message: `Started container ${one.name}` })
    const copied = [copy(launched.stdout, 'stdout', writer), copy(launched.stderr, 'stderr', writer)]
    void launched.exited
      .then(async (exit) => {
        const at = clock.now()
        // Something that got away may hold the other end of the pipes for ever.
        const cut = clock.after(streamsMs, () => {
          launched.stdout.destroy()
          launched.stderr.destroy()
        })
        await Promise.all(copied)
        cut()
        await ended(exit, at, writer, message.source)
      })
      .catch((err: unknown) => log.error({ err, container: one.name }, 'could not note the end of a container'))
  }

  async function emptyMessageFile(spec: Container): Promise<Mount> {
    const source = join(dir, 'termination-message')
    await mkdir(dir, { recursive: true, mode: 0o711 })
    await rm(source, { force: true })
    await writeFile(source, '', { mode: 0o666 })
    return { path: spec.terminationMessagePath ?? '/dev/termination-log', source, kind: 'file', readOnly: false }
  }

  async function copy(stream: Readable, name: 'stdout' | 'stderr', writer: LogWriter): Promise<void> {
    try {
      for await (const chunk of stream) await writer.write(name, chunk)
    } catch (err) {
      log.debug({ err, container: one.name }, 'a stream of a container broke off')
    }
  }

  function volumesMissing({ volume, problem }: VolumeProblem): void {
    // Containers that start together share one try.
    if ((run.volumes?.retryAt ?? 0) > clock.now()) return
    const failures = (run.volumes?.failures ?? 0) + 1
    const delay = Math.min(volumeRetryMs.first * 2 ** (failures - 1), volumeRetryMs.most)
    const message = `MountVolume.SetUp failed for volume "${volume}" : ${problem}`
    run.volumes = { retryAt: clock.now() + delay, failures, message }
    recorder.record(context.pod(), { type: 'Warning', reason: 'FailedMount', message })
    context.changed()
  }

  function waits(reason: string, message: string): void {
    one.waiting = { reason, message }
    one.notBefore = clock.now() + configRetryMs
    tell({ type: 'Warning', reason: 'Failed', message: `Error: ${message}` })
    context.changed()
  }

  async function refused({ reason, message }: Refusal, writer: LogWriter, id: string, startedAt: number) {
    await writer.end()
    delete one.running
    tell({ type: 'Warning', reason: 'Failed', message: `Error: ${message}` })
    // What a kubelet notes when the runtime cannot run a command.
    note({ exitCode: 128, reason, message, startedAt, finishedAt: clock.now(), id })
  }

  async function ended(exit: Exit, finishedAt: number, writer: LogWriter, messageFile: string): Promise<void> {
    stopping?.cancel()
    running = undefined
    await writer.end().catch((err: unknown) => log.warn({ err, container: one.name }, 'the log of a container is cut'))
    if (lost || !one.running) return
    const { id, startedAt } = one.running
    const status = exitStatus(exit)
    const text = await terminationMessage(
      specOf(context.pod()).terminationMessagePolicy,
      status.exitCode,
      await readFile(messageFile).catch(() => Buffer.alloc(0)),
      (lines, bytes) => endOfLog(writer.dir, lines, bytes),
    )
    delete one.running
    note({ ...status, ...(text ? { message: text } : {}), startedAt, finishedAt, id })
  }

  // Notes an end, and when the container may be started again, should it have to be.
  function note(end: Ended): void {
    one.ended = end
    const ranMs = (end.finishedAt ?? 0) - (end.startedAt ?? 0)
    if (ranMs >= backOffForgottenMs) one.restarts = 0
    const delay = restartDelayMs(one.restarts)
    one.restarts++
    one.notBefore = (end.finishedAt ?? clock.now()) + delay
    if (delay > 0 && wantedNow(context.pod(), run).includes(one)) {
      const message = `Back-off restarting failed container ${one.name} in pod ${run.name}_${run.namespace}(${run.uid})`
      tell({ type: 'Warning', reason: 'BackOff', message })
    }
    context.changed()
  }

  function stop(graceMs: number): void {
    if (!running || stopping) return
    tell({ type: 'Normal', reason: 'Killing', message: `Stopping container ${one.name}` })
    stopping = { at: clock.now(), graceMs, cancel: () => {} }
    if (graceMs > 0) running.terminate()
    killAfter(graceMs)
  }

  function killAfter(graceMs: number): void {
    if (!stopping) return
    const { at } = stopping
    const wait = at + graceMs - clock.now()
    const kill = () => running?.kill()
    if (wait <= 0) kill()
    stopping = { at, graceMs, cancel: wait <= 0 ? () => {} : clock.after(wait, kill) }
  }

  return {
    start,
    stop,
    shorten(graceMs) {
      if (!stopping || graceMs >= stopping.graceMs) return
      stopping.cancel()
      killAfter(graceMs)
    },
    async shutDown(graceMs) {
      if (!running) return
      lost = true
      const { exited } = running
      stopping?.cancel()
      stopping = { at: clock.now(), graceMs, cancel: () => {} }
      running.terminate()
      killAfter(graceMs)
      await exited
    },
  }
}

async function endOfLog(dir: string, lines: number, bytes: number): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of readLog(dir, undefined, { tailLines: lines })) parts.push(part)
  return Buffer.concat(parts).subarray(-bytes)
}

function userOf({ spec }: Pod, container: Container): User {
  const { runAsUser: uid, runAsGroup: gid } = { ...spec?.securityContext, ...container.securityContext }
  const { fsGroup, supplementalGroups = [] } = spec?.securityContext ?? {}
  const groups = [...supplementalGroups, ...(fsGroup === undefined ? [] : [fsGroup])]
  return { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }), groups }
}
