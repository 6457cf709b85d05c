// Finds the log of a container: the writer while it runs, the files afterwards. What the API server asks for `kubectl logs`.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { KubeError } from '../../kube/client.ts'
import type { Clock } from '../../system/clock.ts'
import { readLog } from './log-reader.ts'
import { type LogLimits, type LogWriter, logWriter } from './log-writer.ts'
import { podPaths } from './pod-run.ts'

/** One request for a container's log. */
export interface LogRequest {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly container: string
  /** The attempt before the last one. */
  readonly previous?: boolean
  /** Goes on until the container ends. */
  readonly follow?: boolean
  readonly tailLines?: number
  readonly timestamps?: boolean
  /** Nothing written before this time; milliseconds since the epoch. */
  readonly since?: number
  readonly limitBytes?: number
  readonly signal?: AbortSignal
}

export interface LogRegistry {
  /** The log as it comes. Throws KubeError 400 before the first byte when there is none (yet). */
  read(request: LogRequest): AsyncIterable<Uint8Array>
  /** Opens the log of an attempt. */
  open(uid: string, container: string, attempt: number): Promise<LogWriter>
  /** Directory of an attempt's log. */
  dir(uid: string, container: string, attempt: number): string
}

export function logRegistry(podsDir: string, clock: Clock, limits?: LogLimits): LogRegistry {
  const live = new Map<string, LogWriter>()
  const dirOf = (uid: string, container: string, attempt: number) =>
    join(podPaths(podsDir, uid).logs(container), String(attempt))

  return {
    dir: dirOf,
    async open(uid, container, attempt) {
      const dir = dirOf(uid, container, attempt)
      const writer = await logWriter(dir, clock, limits)
      live.set(dir, writer)
      return {
        ...writer,
        get ended() {
          return writer.ended
        },
        end: () => writer.end().finally(() => live.delete(dir)),
      }
    },
    async *read({ uid, container, name, previous = false, ...options }) {
      // Names come from outside and become paths.
      const known = /^[\w.-]+$/.test(uid) && /^[\w-]+$/.test(container)
      const attempts = known ? await attemptsOf(podPaths(podsDir, uid).logs(container)) : []
      const attempt = attempts.at(previous ? -2 : -1)
      if (attempt === undefined) {
        const what = previous ? `previous terminated container "${container}"` : `container "${container}"`
        const why = previous ? 'not found' : 'has no log on this node: it has not started yet, or its pod was removed'
        throw new KubeError(400, 'BadRequest', `${what} in pod "${name}" ${why}`)
      }
      const dir = dirOf(uid, container, attempt)
      yield* readLog(dir, live.get(dir), options)
    },
  }
}

async function attemptsOf(dir: string): Promise<number[]> {
  const names = await readdir(dir).catch(() => [])
  return names.map(Number).sort((a, b) => a - b)
}
