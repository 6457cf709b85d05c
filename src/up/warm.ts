// Has the pod utilities compiled once, outside of any container: what a container compiles is gone with it.
import { spawn } from 'node:child_process'

/** Starts it and returns at once. Best effort: without it every step of a job takes a moment longer. */
export function warmUtilities(program: readonly [string, ...string[]], signal: AbortSignal): void {
  const [file, ...args] = program
  // It needs nothing of our environment, so none of our secrets either.
  const child = spawn(file, [...args, 'warm'], { stdio: 'ignore', signal, env: {} })
  child.on('error', () => {})
  child.unref()
}
