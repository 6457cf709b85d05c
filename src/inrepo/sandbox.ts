// A thread for files that may mean harm: one piece of work at a time, within limits of time and memory, and a new thread after each excess.
import { Worker } from 'node:worker_threads'
import type { InRepoFiles, InRepoJobs } from '../config/in-repo/evaluate.ts'
import type { Matching } from '../config/in-repo/patterns.ts'
import type { Clock } from '../system/clock.ts'

/** What the thread is asked to do. */
export type Work = InRepoFiles | Matching

/** The work was ended because it took too much. */
export class CutOffError extends Error {
  override readonly name = 'CutOffError'
}

/** Does work elsewhere. */
export interface Sandbox {
  /** Throws CutOffError when it takes longer than `mostMs` or more memory than there is, and the signal's reason when that aborts. */
  evaluate(work: InRepoFiles, mostMs: number): Promise<InRepoJobs>
  /** Holds patterns against texts, and says how many milliseconds of processor time that takes. Throws as `evaluate`. */
  match(work: Matching, mostMs: number): Promise<number>
}

export interface SandboxNeeds {
  readonly clock: Clock
  /** Ends the thread. */
  readonly signal: AbortSignal
  /** What the thread runs. */
  readonly program?: URL
}

// Enough for the largest files that are read at all, and little enough beside everything else in the process.
const resourceLimits = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 }
const idleMs = 60_000
const noMemory = 'it needs too much memory'

/** A thread that starts when it is first needed, and ends when it has had nothing to do for a minute. */
export function sandbox({ clock, signal, program = new URL('worker.ts', import.meta.url) }: SandboxNeeds): Sandbox {
  let worker: Worker | undefined
  let last: Promise<unknown> = Promise.resolve()
  let stopIdle = () => {}

  const start = () => {
    // Nothing of this process is the thread's business: it may come to run what it should only read.
    const made = new Worker(program, { resourceLimits, env: {}, execArgv: [], argv: [] })
    made.unref()
    // It may also end while it has nothing to do.
    made.on('error', () => {})
    made.on('exit', () => {
      if (worker === made) worker = undefined
    })
    worker = made
    return made
  }

  const end = () => {
    const ending = worker
    worker = undefined
    return ending?.terminate()
  }

  /** What earlier work has left behind is not this one's fault. */
  async function run<T>(work: Work, mostMs: number): Promise<T> {
    const isFresh = worker === undefined
    try {
      return await attempt<T>(work, mostMs)
    } catch (error) {
      if (isFresh || !(error instanceof CutOffError) || error.message !== noMemory) throw error
      return attempt<T>(work, mostMs)
    }
  }

  async function attempt<T>(work: Work, mostMs: number): Promise<T> {
    signal.throwIfAborted()
    stopIdle()
    const current = worker ?? start()
    const outcome = Promise.withResolvers<T>()
    const fail = (why: string) => outcome.reject(new CutOffError(why))
    const aborted = () => outcome.reject(signal.reason)
    const answered = (answer: T) => outcome.resolve(answer)
    const failed = (error: Error & { code?: string }) =>
      fail(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? noMemory : `it fails: ${error.message}`)
    const exited = () => fail('its thread ended')
    signal.addEventListener('abort', aborted, { once: true })
    current.once('message', answered)
    current.once('error', failed)
    current.once('exit', exited)
    const stopWatch = clock.after(mostMs, () => fail(`it takes longer than ${mostMs / 1000} s`))
    try {
      current.postMessage(work)
      return await outcome.promise
    } catch (error) {
      await end()
      throw error
    } finally {
      stopWatch()
      signal.removeEventListener('abort', aborted)
      current.off('message', answered).off('error', failed).off('exit', exited)
      stopIdle = clock.after(idleMs, () => void end())
    }
  }

  const queued = <T>(work: Work, mostMs: number): Promise<T> => {
    const mine = last.then(() => run<T>(work, mostMs))
    last = mine.catch(() => {})
    return mine
  }
  signal.addEventListener('abort', () => void end(), { once: true })
  return {
    evaluate: (work, mostMs) => queued<InRepoJobs>(work, mostMs),
    match: (work, mostMs) => queued<number>(work, mostMs),
  }
}
