// Asks a person on the terminal: questions on stderr, so that stdout stays the result; answers from stdin.
import { createInterface } from 'node:readline/promises'
import type { Machine } from '../system/process.ts'

/** Asks one question after the other; `close` lets stdin go. */
export interface Asking {
  /** One line of answer; empty when stdin has ended. */
  readonly ask: (question: string) => Promise<string>
  close(): void
}

/** Reads stdin only when something is asked. */
export function asking({ stdin, stderr }: Machine): Asking {
  let lines: ReturnType<typeof createInterface> | undefined
  let answers: AsyncIterator<string> | undefined
  return {
    async ask(question) {
      stderr.write(question)
      lines ??= createInterface({ input: stdin })
      answers ??= lines[Symbol.asyncIterator]()
      const { done, value } = await answers.next()
      return done ? '' : value
    },
    close: () => lines?.close(),
  }
}
