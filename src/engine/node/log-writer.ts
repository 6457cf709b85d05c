// Writes one container's log: numbered files that are only ever appended to, of which the oldest go when there are too many.
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../system/clock.ts'
import { lineCutter, type Stream } from './log-format.ts'

/** How much of a log is kept: at most `files` files of about `fileBytes` each. */
export interface LogLimits {
  readonly fileBytes: number
  readonly files: number
}

/** 100 MiB a container, and nobody notices the rotation: readers see all files as one log. */
const defaultLogLimits: LogLimits = { fileBytes: 10 * 1024 * 1024, files: 10 }

/** Name of file number `index`; sorted by name is sorted by age. */
export const logFileName = (index: number) => `${String(index).padStart(8, '0')}.log`

/** The log of one attempt of a container while it runs. */
export interface LogWriter {
  readonly dir: string
  /** Resolves when the text has been taken in; slow while the disk is behind, which holds the container back. */
  write(stream: Stream, chunk: Buffer): Promise<void>
  /** Writes what is left and wakes readers for the last time. */
  end(): Promise<void>
  readonly ended: boolean
  /** Resolves at the next text or at the end. */
  changed(): Promise<void>
}

const tooMuchPending = 1024 * 1024

/** Creates an empty log in `dir`. */
export async function logWriter(dir: string, clock: Clock, limits: LogLimits = defaultLogLimits): Promise<LogWriter> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const cutters = { stdout: lineCutter('stdout'), stderr: lineCutter('stderr') }
  let index = 0
  let file: FileHandle = await open(join(dir, logFileName(index)), 'a', 0o600)
  let size = 0
  let pending: Buffer[] = []
  let pendingBytes = 0
  let flushing: Promise<void> | undefined
  let failure: unknown
  let ended = false
  let next = Promise.withResolvers<void>()

  function wake(): void {
    next.resolve()
    next = Promise.withResolvers<void>()
  }

  async function flush(): Promise<void> {
    while (pending.length > 0) {
      const batch = pending
      pending = []
      pendingBytes = 0
      // Never across a file's end by more than one batch of records.
      await file.appendFile(Buffer.concat(batch))
      size += batch.reduce((sum, { length }) => sum + length, 0)
      if (size >= limits.fileBytes) await rotate()
      wake()
    }
  }

  async function rotate(): Promise<void> {
    await file.close()
    index++
    file = await open(join(dir, logFileName(index)), 'a', 0o600)
    size = 0
    if (index >= limits.files) await rm(join(dir, logFileName(index - limits.files)), { force: true })
  }

  function take(records: readonly Buffer[]): Promise<void> {
    if (records.length === 0) return Promise.resolve()
    pending.push(...records)
    for (const { length } of records) pendingBytes += length
    flushing ??= flush()
      .catch((error: unknown) => {
        // A full disk costs the log, not the job.
        failure ??= error
        pending = []
      })
      .finally(() => {
        flushing = undefined
      })
    return pendingBytes > tooMuchPending ? flushing : Promise.resolve()
  }

  return {
    dir,
    write: (stream, chunk) => take(cutters[stream].push(chunk, clock.now())),
    async end() {
      void take([...cutters.stdout.end(clock.now()), ...cutters.stderr.end(clock.now())])
      while (flushing) await flushing
      await file.close()
      ended = true
      wake()
      if (failure) throw failure
    },
    get ended() {
      return ended
    },
    changed: () => next.promise,
  }
}
