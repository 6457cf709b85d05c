// Runs the command of a test: its output, its process group, the ways in which it is made to stop.
import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { formatDurationNs } from '../../config/durations.ts'
import type { Clock } from '../../system/clock.ts'
import { type EndSignal, signalGroup } from '../../system/signals.ts'
import type { Log } from '../log.ts'
import { unknownCode } from '../marker.ts'
import { openPipe } from './pipe.ts'

export interface TestCommand {
  /** Program and arguments; the program is looked up on PATH, no shell is involved. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Nanoseconds. */
  readonly timeout: number
  /** Nanoseconds between the request to stop and the kill. */
  readonly gracePeriod: number
  /** Folder that can be written, for the pipe of the output. */
  readonly tempDir: string
  /** Takes the output, piece by piece, in order. */
  readonly output: (chunk: Uint8Array) => Promise<void>
  readonly log: Log
  readonly clock: Clock
  /** Resolves with the first SIGINT or SIGTERM. */
  readonly interrupt: Promise<EndSignal>
}

export type TestOutcome =
  | { readonly end: 'exited' | 'timed out' | 'aborted'; readonly code: number; readonly signal?: string }
  | { readonly end: 'not started'; readonly problem: string }

/** Output that is not there this long after the test has ended belongs to what it left in the background. */
const drainMs = 2000

/** Runs the command to its end; resolves after its process group is gone and its output has been taken. */
export async function runTest(command: TestCommand): Promise<TestOutcome> {
  const { args, clock, log } = command
  const [program = '', ...rest] = args
  const pipe = await openPipe(command.tempDir)
  // A group of its own, so that a signal reaches grandchildren too.
  const child = spawn(program, rest, {
    env: command.env,
    detached: true,
    stdio: pipe ? ['ignore', pipe.writer, pipe.writer] : ['ignore', 'pipe', 'pipe'],
  })
  const started = startOf(child)
  const exited = exitOf(child)
  pipe?.closeWriter()
  const problem = await started
  if (problem) {
    pipe?.reader.destroy()
    return { end: 'not started', problem: `could not start the process: ${goStartProblem(program, problem)}` }
  }

  const group = child.pid ?? 0 // it has started, so it has one
  const sources: Readable[] = [pipe?.reader, child.stdout, child.stderr].filter((source) => source instanceof Object)
  const drained = Promise.all(sources.map((source) => drain(source, command.output)))

  const timer = new AbortController()
  const timedOut = clock.sleep(command.timeout / 1e6, timer.signal).then(
    () => 'timeout' as const,
    () => exited.then(() => 'exit' as const),
  )
  const first = await Promise.race([exited.then(() => 'exit' as const), timedOut, command.interrupt])
  timer.abort()
  let end: 'exited' | 'timed out' | 'aborted' = 'exited'
  if (first === 'timeout') {
    end = 'timed out'
    log.error(`Process did not finish before ${formatDurationNs(BigInt(command.timeout))} timeout`)
    signalGroup(group, 'SIGINT')
  } else if (first !== 'exit') {
    end = 'aborted'
    log.error(`Entrypoint received interrupt: ${signalWords[first]}`)
    signalGroup(group, 'SIGINT')
    if (first !== 'SIGINT') signalGroup(group, first)
  }
  if (end !== 'exited') await stopWithin(command, group, exited)

  const { code, signal } = await exited
  if (!(await within(clock, drainMs, drained))) {
    log.warn('Output is still held open by a background process, going on without it')
  }
  signalGroup(group, 'SIGKILL')
  for (const source of sources) source.destroy()
  await drained
  return { end, code: code ?? unknownCode, ...(signal ? { signal } : {}) }
}

const signalWords: Readonly<Record<EndSignal, string>> = { SIGINT: 'interrupt', SIGTERM: 'terminated' }

async function stopWithin(command: TestCommand, group: number, exited: Promise<unknown>): Promise<void> {
  const grace = formatDurationNs(BigInt(command.gracePeriod))
  if (await within(command.clock, command.gracePeriod / 1e6, exited)) {
    command.log.error(`Process gracefully exited before ${grace} grace period`)
  } else {
    command.log.error(`Process did not exit before ${grace} grace period`)
    signalGroup(group, 'SIGKILL')
  }
}

/** True when the promise was settled in time. */
async function within(clock: Clock, ms: number, promise: Promise<unknown>): Promise<boolean> {
  const timer = new AbortController()
  const late = clock.sleep(ms, timer.signal).then(
    () => false,
    () => true,
  )
  const inTime = await Promise.race([promise.then(() => true), late])
  timer.abort()
  return inTime
}

function startOf(child: ChildProcess): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    child.once('spawn', () => resolve(undefined))
    child.once('error', (error) => resolve(error))
  })
}

function exitOf(child: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })))
}

async function drain(source: Readable, output: (chunk: Uint8Array) => Promise<void>): Promise<void> {
  try {
    for await (const chunk of source) await output(chunk)
  } catch {
    // The source was destroyed: what is still to come is not wanted.
  }
}

/** The problem in the words that people and scripts know from upstream. */
function goStartProblem(program: string, error: NodeJS.ErrnoException): string {
  if (!program.includes('/') && (error.code === 'ENOENT' || error.code === 'EACCES')) {
    return `exec: ${JSON.stringify(program)}: executable file not found in $PATH`
  }
  const words: Readonly<Record<string, string>> = {
    ENOENT: 'no such file or directory',
    EACCES: 'permission denied',
    ENOEXEC: 'exec format error',
    E2BIG: 'argument list too long',
    ENOTDIR: 'not a directory',
  }
  return `fork/exec ${program}: ${words[error.code ?? ''] ?? error.message}`
}
