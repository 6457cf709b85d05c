// This process: arguments, environment, output, signals and its end. Only the command line's main file uses it whole.

import { PerformanceObserver } from 'node:perf_hooks'
import process from 'node:process'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/** What a command may ask of the process it runs in. */
export interface Machine {
  /** Arguments after the program's name. */
  readonly args: readonly string[]
  /** The environment as it was at start. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Working directory. */
  readonly cwd: string
  /** The program that runs this one, for starting another like it. */
  readonly execPath: string
  readonly stdout: NodeJS.WritableStream & { isTTY?: boolean; columns?: number }
  readonly stderr: NodeJS.WritableStream & { isTTY?: boolean }
  readonly stdin: NodeJS.ReadableStream
  /** Aborts at the first SIGINT or SIGTERM. The second one ends the process at once, as a person who presses Ctrl-C twice expects. */
  stopped(): AbortSignal
  /** Resident memory in bytes. */
  memory(): number
}

/** The real process. */
export const machine: Machine = {
  args: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  execPath: process.execPath,
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  stopped() {
    const controller = new AbortController()
    const stop = (name: NodeJS.Signals) => {
      if (controller.signal.aborted) process.exit(1)
      controller.abort(new Error(`received ${name}`))
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
    return controller.signal
  },
  memory: () => process.memoryUsage.rss(),
}

/** All that a helper program gets of this process's environment: where programs lie. No tokens, no settings of git or of a person. */
export const helperEnvironment: Readonly<Record<string, string>> = {
  PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
}

// Half of it would cost a busy process one per cent of its time, in more collections.
const newSpaceBytes = 8 * 1024 * 1024

/**
 * Lets the part of the heap for new objects grow to 8 MB only. By itself it would have 64 MB after the first second, and a process that
 * then mostly waits would never give them back. V8 takes a bound at its start only, but asks each time by what factor to grow.
 */
export function keepHeapSmall(): void {
  const growBy = (factor: 1 | 2) => setFlagsFromString(`--semi-space-growth-factor=${factor}`)
  // Loading the program runs in one go, unobserved.
  growBy(1)
  const observer = new PerformanceObserver(() => {
    const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')
    const isLarge = space === undefined || space.space_size >= newSpaceBytes
    growBy(isLarge ? 1 : 2)
    if (isLarge) observer.disconnect()
  })
  observer.observe({ entryTypes: ['gc'] })
}

/** Ends the process now. For the main file, after everything was closed. */
export function exit(code: number): never {
  process.exit(code)
}

/** Ends the process as soon as what it has written is with whoever reads it. For the main file, after everything was closed. */
export async function exitAfterOutput(code: number): Promise<never> {
  // Ending at once would cut what goes into a pipe after its first 64 KB.
  for (const stream of [process.stdout, process.stderr]) {
    // Nobody may be reading any more: `bowsprit … | head`.
    stream.on('error', () => {})
    await new Promise<void>((resolve) => stream.write('', () => resolve()))
  }
  process.exit(code)
}
