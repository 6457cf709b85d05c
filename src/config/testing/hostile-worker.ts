// Reads hostile files and matches hostile patterns in a thread of its own, which can be ended and cannot take all memory.
import { parentPort } from 'node:worker_threads'
import { ConfigError } from '../errors.ts'
import { compileRe2, Re2Error } from '../re2.ts'
import { loadTexts } from './texts.ts'

/** What to do. The role of a file is a key of the texts of loadTexts. */
export type Work =
  | { readonly role: 'config' | 'jobs' | 'plugins'; readonly text: string }
  | { readonly pattern: string; readonly subject: string }

/** How it went. */
export interface Done {
  /** What was refused, or nothing. */
  readonly refused?: string
  /** Stack of an error that nobody expects. */
  readonly crash?: string
  /** Milliseconds of this thread's processor time. */
  readonly ms: number
}

parentPort?.on('message', (work: Work) => {
  const before = process.threadCpuUsage()
  const outcome = attempt(work)
  const { user, system } = process.threadCpuUsage(before)
  parentPort?.postMessage({ ...outcome, ms: (user + system) / 1000 } satisfies Done)
})

function attempt(work: Work): Omit<Done, 'ms'> {
  try {
    if ('role' in work) {
      // What deck's page of the configuration and tools do with it.
      JSON.stringify(loadTexts({ [work.role]: work.text }))
    } else matchInEveryWay(work)
    return {}
  } catch (error) {
    if (error instanceof ConfigError || error instanceof Re2Error) return { refused: error.message }
    return { crash: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

function matchInEveryWay({ pattern, subject }: { readonly pattern: string; readonly subject: string }): void {
  const compiled = compileRe2(pattern)
  compiled.test(subject)
  compiled.exec(subject)
  compiled.all(subject)
  compiled.replaceAll(subject, () => '')
}
