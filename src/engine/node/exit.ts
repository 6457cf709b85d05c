// How the end of a process becomes the end of a container: exit code, reason, message.
import { constants } from 'node:os'
import type { Ended } from './pod-run.ts'

/** How a container's first process ended. */
export interface Exit {
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly signal: string | null
}

// The kubelet's bounds for termination messages.
const messageBytes = 4096
const fallbackBytes = 2048
const fallbackLines = 80

/** Exit code as a shell and a kubelet count it: 128 + number for a signal. */
export function exitStatus({ code, signal }: Exit): Pick<Ended, 'exitCode' | 'signal' | 'reason'> {
  if (signal !== null) {
    const number = signalNumber(signal)
    return { exitCode: 128 + number, signal: number, reason: 'Error' }
  }
  return { exitCode: code ?? 255, reason: code === 0 ? 'Completed' : 'Error' }
}

function signalNumber(name: string): number {
  return Object.entries(constants.signals).find(([known]) => known === name)?.[1] ?? 0
}

/**
 * The termination message: what the container wrote to its file, or, if it failed and asked for it, the end of its log.
 * @param tail Last part of the log, without timestamps; read only when it is needed.
 */
export async function terminationMessage(
  policy: string | undefined,
  exitCode: number,
  file: Buffer,
  tail: (lines: number, bytes: number) => Promise<Buffer>,
): Promise<string | undefined> {
  if (file.length > 0) return file.subarray(0, messageBytes).toString('utf8')
  if (policy !== 'FallbackToLogsOnError' || exitCode === 0) return undefined
  const text = await tail(fallbackLines, fallbackBytes)
  return text.length > 0 ? text.toString('utf8') : undefined
}
