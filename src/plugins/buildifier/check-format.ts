// Runs buildifier on one file of a stranger: through pipes, nothing is written, and not for long.
import { spawn } from 'node:child_process'
import type { Clock } from '../../system/clock.ts'
import { helperEnvironment } from '../../system/process.ts'
import { signalGroup } from '../../system/signals.ts'

/** Milliseconds. */
const withinMs = 10_000
const mostSaid = 2000

/** What the program says of a file. `absent`: there is no such program. */
export type Format = 'good' | 'bad' | 'absent'

/** How the program is run. */
export interface Running {
  /** Name on the PATH, or path. */
  readonly program: string
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** @throws Error for a file that it cannot read, and for a run that takes too long. */
export function formatOf(path: string, content: Uint8Array, { program, clock, signal }: Running): Promise<Format> {
  return new Promise((resolve, reject) => {
    // From the root, where nobody has put settings of the program.
    const args = ['-mode=check', '-lint=off', `-path=${path}`]
    const child = spawn(program, args, {
      cwd: '/',
      env: helperEnvironment,
      stdio: ['pipe', 'ignore', 'pipe'],
      detached: true,
    })
    let ended: unknown
    const end = (why: unknown) => {
      if (ended !== undefined || child.pid === undefined) return
      ended = why
      signalGroup(child.pid, 'SIGKILL')
    }
    const stopWatch = clock.after(withinMs, () => end(new Error(`${program} took longer than ${withinMs / 1000} s`)))
    const abort = () => end(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    const cleanUp = () => {
      stopWatch()
      signal.removeEventListener('abort', abort)
    }
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(0, mostSaid)
    })
    // It may end before it has read everything; its exit code tells.
    child.stdin.on('error', () => {})
    child.stdin.end(content)
    child.on('error', (error: NodeJS.ErrnoException) => {
      cleanUp()
      if (error.code === 'ENOENT') resolve('absent')
      else reject(new Error(`${program} cannot be started: ${error.message}`))
    })
    child.on('close', (code) => {
      cleanUp()
      if (ended !== undefined) reject(ended)
      else if (code === 0) resolve('good')
      else if (code === 4) resolve('bad')
      else reject(new Error(`${program} cannot read the file (exit code ${code}): ${said.trim()}`))
    })
  })
}
