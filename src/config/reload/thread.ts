// Starts, asks and ends the thread that builds configurations.
import { Worker } from 'node:worker_threads'
import type { Clock } from '../../system/clock.ts'
import type { ConfigPaths } from '../files.ts'
import type { Question, Reading } from './reloader.ts'

/** A thread that reads a configuration when it is asked. */
export interface ReadingThread {
  /**
   * One question at a time; with `anew` even what nobody seems to have touched is read. Rejects when the thread dies, or
   * has not answered after two minutes and is ended.
   */
  read(anew?: boolean): Promise<Reading>
  end(): Promise<void>
}

const longestReadingMs = 120_000

/** Starts a thread. `died` is called when it ends without having been told to. It does not keep the process alive. */
export function startThread(paths: ConfigPaths, clock: Clock, died: (why: Error) => void): ReadingThread {
  // Nothing of the environment concerns it.
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: paths,
    name: 'config',
    env: {},
    resourceLimits: { maxYoungGenerationSizeMb: 24 },
  })
  worker.unref()
  let over: Error | undefined
  let waiting: PromiseWithResolvers<Reading> | undefined
  const finish = (why: Error) => {
    if (over !== undefined) return
    over = why
    waiting?.reject(why)
    died(why)
  }
  worker.on('message', (reading: Reading) => waiting?.resolve(reading))
  worker.on('messageerror', finish)
  worker.on('error', (error) => finish(error instanceof Error ? error : new Error(String(error))))
  worker.on('exit', (code) => finish(new Error(`the thread that reads the configuration ended with code ${code}`)))
  return {
    async read(anew = false) {
      if (over !== undefined) throw over
      waiting = Promise.withResolvers()
      const cancel = clock.after(longestReadingMs, () => {
        finish(new Error(`the configuration could not be read within ${longestReadingMs / 1000} s`))
        void worker.terminate()
      })
      worker.postMessage({ now: clock.now(), anew } satisfies Question)
      try {
        return await waiting.promise
      } finally {
        cancel()
      }
    },
    async end() {
      over ??= new Error('the thread that reads the configuration was ended')
      waiting?.reject(over)
      await worker.terminate()
    },
  }
}
