// Gives hostile work to a thread with limits of memory and time, and says what happened.
import { Worker } from 'node:worker_threads'
import type { Done, Work } from './hostile-worker.ts'

/** Does pieces of work one after the other. */
export interface HostileThread {
  /** What went wrong in a sentence, or nothing; `done` gets how it went otherwise. */
  problem(work: Work, done?: (done: Done) => void): Promise<string | undefined>
  close(): Promise<unknown>
}

const limits = { megabytes: 512, cpuMs: 2_000, wallMs: 15_000 }

/** A thread that may use 512 MB, and two seconds of the processor for each piece of work. */
export function hostileThread(): HostileThread {
  let worker: Worker | undefined
  const start = () => {
    const resourceLimits = { maxOldGenerationSizeMb: limits.megabytes }
    return new Worker(new URL('./hostile-worker.ts', import.meta.url), { execArgv: [], resourceLimits })
  }
  const once = (work: Work): Promise<Done | string> =>
    new Promise((resolve) => {
      const thread = worker ?? start()
      worker = thread
      const finish = (result: Done | string) => {
        deadline.removeEventListener('abort', tooLong)
        thread.off('message', finish).off('error', failed).off('exit', ended)
        if (typeof result === 'string') {
          worker = undefined
          void thread.terminate()
        }
        resolve(result)
      }
      const tooLong = () => finish(`was not done after ${limits.wallMs} ms`)
      const failed = (error: Error) => finish(`ended the thread: ${error.message}`)
      const ended = (code: number) => finish(`ended the thread with code ${code}`)
      const deadline = AbortSignal.timeout(limits.wallMs)
      deadline.addEventListener('abort', tooLong)
      thread.once('message', finish).once('error', failed).once('exit', ended)
      thread.postMessage(work)
    })
  return {
    async problem(work, done) {
      const result = await once(work)
      if (typeof result === 'string') return result
      done?.(result)
      if (result.crash !== undefined) return `crashed: ${result.crash}`
      return result.ms > limits.cpuMs ? `took ${Math.round(result.ms)} ms of the processor` : undefined
    },
    close: async () => worker?.terminate(),
  }
}
