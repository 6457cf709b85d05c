// `bowsprit up --simulator` as a process of its own, for tests and benchmarks that kill it, measure it, or look at it from outside.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Addresses } from '../up/addresses.ts'

const main = resolve(import.meta.dirname, '../cli/main.ts')
const free = ['deck', 'hook', 'api', 'metrics', 'simulator'].map((name) => `--${name}-port=0`)
const patienceMs = 60_000

/** A process that is ready. */
export interface UpProcess {
  readonly process: ChildProcess
  readonly addresses: Required<Addresses>
  /** Milliseconds from its start to addresses.json. */
  readonly readyMs: number
  /** Everything that it printed so far. */
  output(): string
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>
  /** Sends a signal that asks it to end; resolves with its exit code. */
  end(signal: 'SIGTERM' | 'SIGINT'): Promise<number | null>
  /** Ends it with SIGTERM. */
  stop(): Promise<number | null>
}

/**
 * Starts one on free ports.
 * @throws Error with what it printed, when it ends or is not ready after a minute.
 */
export async function startUp(dataDir: string, flags: readonly string[] = []): Promise<UpProcess> {
  const file = join(dataDir, 'addresses.json')
  const begin = performance.now()
  // What a killed process left there is not this one's.
  const stale = existsSync(file) ? await readFile(file, 'utf8') : undefined
  const child = spawn(process.execPath, [main, 'up', '--simulator', `--data-dir=${dataDir}`, ...free, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  let over = false
  void ended.then(() => {
    over = true
  })
  for (;;) {
    const text = existsSync(file) ? await readFile(file, 'utf8').catch(() => '') : ''
    if (text !== '' && text !== stale) {
      const addresses = JSON.parse(text) as Required<Addresses>
      const end = (signal: 'SIGTERM' | 'SIGINT') => {
        child.kill(signal)
        return ended
      }
      return {
        process: child,
        addresses,
        readyMs: performance.now() - begin,
        output: () => printed,
        async kill() {
          child.kill('SIGKILL')
          await ended
        },
        end,
        stop: () => end('SIGTERM'),
      }
    }
    const waited = performance.now() - begin
    if (over || waited > patienceMs) {
      child.kill('SIGKILL')
      throw new Error(`up ${over ? 'ended' : `was not ready after ${patienceMs} ms`}; it printed:\n${printed}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** REST of the simulated GitHub, as one of its people. Throws when it does not answer 2xx. */
export function restOf({ simulator, tokens }: Pick<Required<Addresses>, 'simulator' | 'tokens'>, login: string) {
  return async <T = unknown>(method: string, path: string, body?: object): Promise<T> => {
    const response = await fetch(`${simulator}/api/v3${path}`, {
      method,
      headers: { authorization: `Bearer ${tokens[login]}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return (response.status === 204 ? undefined : await response.json()) as T
  }
}
