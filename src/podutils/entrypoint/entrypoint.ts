// entrypoint: wraps the command of a test container; keeps its output, its time limit and its exit code.
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { EntrypointOptions } from '../../api/pod-utilities.ts'
import type { EndSignal } from '../../system/signals.ts'
import { parseFlags } from '../flags.ts'
import { startHeartbeat } from '../heartbeat.ts'
import { createLog, type Log, messageOf } from '../log.ts'
import {
  abortedErrorCode,
  internalErrorCode,
  parseMarker,
  previousErrorCode,
  readMarker,
  writeMarker,
} from '../marker.ts'
import { readOptions, type Shape, utility } from '../options.ts'
import { watchFolder } from '../watch-folder.ts'
import type { World } from '../world.ts'
import { wrapperShape } from '../wrapper.ts'
import { placeEntrypoint, testEnvironment } from './copy.ts'
import { runTest, type TestOutcome } from './test-process.ts'

const defaultTimeoutNs = 7200e9
const defaultGraceNs = 15e9

/** Exit status: the code that is also in the marker, if not told otherwise. */
export const entrypoint = utility('entrypoint', async (world, args, log) => {
  const options = readOptions(world, 'entrypoint', shape, () => fromFlags(args))
  if (options.copy_mode_only) {
    await placeEntrypoint(world.program, options.copy_dst || '/tools/entrypoint')
    return 0
  }
  const problem = problemOf(options)
  if (problem) {
    log.fatal('Invalid options', { error: problem })
    // Without a marker the sidecar would wait for ever.
    if (options.marker_file) await writeMarker(options.marker_file, internalErrorCode, options.container_name)
    return 1
  }
  const stopHeartbeat = await startHeartbeat(options.marker_file, world.clock)
  const { code, error } = await execute(world, options, log)
  if (error) stdoutLog(world).error('Error executing test process', { error })
  try {
    await writeMarker(options.marker_file, code, options.container_name)
  } catch (failure) {
    stdoutLog(world).error('Error writing exit code to marker file', { error: failure })
    return internalErrorCode
  } finally {
    await stopHeartbeat()
  }
  return options.always_zero ? 0 : code
})

const stdoutLog = (world: World) => createLog('entrypoint', world.clock, (line) => void world.stdout(line))

const shape: Shape<EntrypointOptions> = {
  timeout: 'whole',
  grace_period: 'whole',
  artifact_dir: 'text',
  previous_marker: 'text',
  always_zero: 'bool',
  propagate_error_code: 'bool',
  copy_mode_only: 'bool',
  copy_dst: 'text',
  ...wrapperShape,
}

function fromFlags(args: readonly string[]): EntrypointOptions {
  const { flags, rest } = parseFlags(args, {
    timeout: 'duration',
    'grace-period': 'duration',
    'artifact-dir': 'text',
    'copy-mode-only': 'bool',
    'copy-destination': 'text',
    'propagate-error-code': 'bool',
    'process-log': 'text',
    'marker-file': 'text',
    'metadata-file': 'text',
  })
  return {
    timeout: flags.timeout ?? 0,
    grace_period: flags['grace-period'] ?? 0,
    artifact_dir: flags['artifact-dir'] ?? '',
    copy_mode_only: flags['copy-mode-only'] ?? false,
    copy_dst: flags['copy-destination'] ?? '',
    propagate_error_code: flags['propagate-error-code'] ?? false,
    process_log: flags['process-log'] ?? '',
    marker_file: flags['marker-file'] ?? '',
    metadata_file: flags['metadata-file'] ?? '',
    args: rest,
  }
}

function problemOf(options: EntrypointOptions): string | undefined {
  if (!options.args?.length) return 'no process to wrap specified'
  if (options.propagate_error_code && options.always_zero) {
    return 'propagate_error_code and always_zero cannot be used together'
  }
  if (!options.process_log) return 'no log file specified with --process-log'
  if (!options.marker_file) return 'no marker file specified with --marker-file'
  return undefined
}

interface Ending {
  readonly code: number
  readonly error?: string
}

async function execute(world: World, options: EntrypointOptions, log: Log): Promise<Ending> {
  let file: FileHandle
  try {
    if (options.artifact_dir) await mkdir(options.artifact_dir, { recursive: true, mode: 0o777 })
    file = await open(options.process_log, 'w')
  } catch (error) {
    log.error('Could not make the artifact folder or the process log', { error })
    return { code: internalErrorCode, error: messageOf(error) }
  }
  const interrupt = firstSignal(world)
  try {
    const tee = async (chunk: string | Uint8Array) => {
      await file.writeFile(chunk)
      await world.stdout(chunk)
    }
    // Lines and output go through one queue, so that they do not cut into each other.
    let queue: Promise<void> = Promise.resolve()
    const write = (chunk: string | Uint8Array) => {
      queue = queue.then(() => tee(chunk)).catch((error) => log.error('Could not write output', { error }))
      return queue
    }
    const runLog = createLog('entrypoint', world.clock, (line) => void write(line))

    if (options.previous_marker) {
      const previous = await waitForMarker(world, options.previous_marker, interrupt.signal)
      if (previous === undefined) {
        return { code: internalErrorCode, error: `could not read the marker of the previous step` }
      }
      if (previous !== 0) {
        return { code: previousErrorCode, error: `the previous step failed with ${previous}` }
      }
    }
    const outcome = await runTest({
      args: options.args ?? [],
      env: testEnvironment(world.env),
      timeout: options.timeout || defaultTimeoutNs,
      gracePeriod: options.grace_period || defaultGraceNs,
      tempDir: dirname(options.marker_file),
      output: write,
      log: runLog,
      clock: world.clock,
      interrupt: interrupt.signal,
    })
    if (outcome.end === 'not started') await write(outcome.problem)
    await queue
    return endingOf(outcome, options.propagate_error_code ?? false)
  } finally {
    interrupt.stop()
    await file.close()
  }
}

/** The code for the marker, and the error for the summary line. */
export function endingOf(outcome: TestOutcome, propagate: boolean): Ending {
  if (outcome.end === 'not started') return { code: internalErrorCode, error: outcome.problem }
  if (outcome.end === 'timed out') {
    return { code: propagate ? outcome.code : internalErrorCode, error: 'process timed out' }
  }
  if (outcome.end === 'aborted') return { code: propagate ? outcome.code : abortedErrorCode, error: 'process aborted' }
  if (outcome.code === 0) return { code: 0 }
  const how = outcome.signal ? `signal: ${outcome.signal}` : `exit status ${outcome.code}`
  return { code: outcome.code, error: `wrapped process failed: ${how}` }
}

function firstSignal(world: World): { signal: Promise<EndSignal>; stop: () => void } {
  let stop = () => {}
  const signal = new Promise<EndSignal>((resolve) => {
    stop = world.onEndSignal(resolve)
  })
  return { signal, stop }
}

/** The code in the marker of the step before, once there is one; undefined when it is unreadable or a signal came first. */
async function waitForMarker(world: World, path: string, interrupt: Promise<EndSignal>): Promise<number | undefined> {
  const giveUp = new AbortController()
  void interrupt.then(() => giveUp.abort())
  const folder = watchFolder(dirname(path), world.clock)
  try {
    do {
      try {
        return parseMarker(await readMarker(path))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return undefined
      }
    } while ((await folder.next(giveUp.signal)) !== 'aborted')
    return undefined
  } finally {
    folder.close()
  }
}
