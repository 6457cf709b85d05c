// A world for one pod utility in a test: a temporary folder, captured output, signals sent by hand.
import { mkdtempSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openStorage } from '../../storage/open.ts'
import type { EndSignal } from '../../system/signals.ts'
import { type TestClock, testClock } from '../../testing/clock.ts'
import type { World } from '../world.ts'

export interface TestWorld extends World {
  readonly env: Record<string, string | undefined>
  readonly clock: TestClock
  /** Temporary folder. */
  readonly folder: string
  /** Everything printed so far. */
  readonly printed: { stdout: string; stderr: string }
  /** Messages of the log lines on standard error. */
  messages(): string[]
  path(...names: string[]): string
  text(...names: string[]): string
  signal(name: EndSignal): void
  /** Resolves once the condition holds; it is looked at whenever the machine has had a chance to go on. */
  until(condition: () => unknown): Promise<void>
  /** Lets time pass for as long as the work takes. */
  patiently<T>(work: Promise<T>): Promise<T>
  remove(): Promise<void>
}

export function testWorld(start?: number | string): TestWorld {
  const folder = mkdtempSync(join(tmpdir(), 'podutils-'))
  const listeners = new Set<(signal: EndSignal) => void>()
  const printed = { stdout: '', stderr: '' }
  const world: TestWorld = {
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder },
    clock: testClock(start),
    folder,
    printed,
    onEndSignal(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stdout: async (content) => {
      printed.stdout += Buffer.from(content).toString()
    },
    stderr: async (content) => {
      printed.stderr += Buffer.from(content).toString()
    },
    program: [process.execPath, fileURLToPath(new URL('../main.ts', import.meta.url))],
    storage: async (bucket) => openStorage(() => [bucket]),
    fetch: () => Promise.reject(new Error('this test has no network')),
    messages: () => messagesOf(printed.stderr),
    path: (...names) => join(folder, ...names),
    text: (...names) => readFileSync(join(folder, ...names), 'utf8'),
    signal: (name) => {
      for (const listener of [...listeners]) listener(name)
    },
    until: async (condition) => {
      while (!holds(condition)) await new Promise((resolve) => setImmediate(resolve))
    },
    async patiently(work) {
      let done = false
      const settled = () => {
        done = true
      }
      work.then(settled, settled)
      while (!done) await world.clock.advance('30s')
      return work
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
  return world
}

/** Messages of the log lines among the lines of a text. */
export function messagesOf(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line).msg)
}

// What is not there yet makes a condition fail, not throw.
function holds(condition: () => unknown): boolean {
  try {
    return Boolean(condition())
  } catch {
    return false
  }
}
