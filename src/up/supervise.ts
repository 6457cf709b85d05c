// Runs components side by side: starts them together, restarts one that failed, and ends them all with one signal.
import type { Component, Ctx } from '../component.ts'

/** A component with what it needs, ready to be run. */
export interface Part {
  readonly name: string
  run(ctx: Ctx): Promise<void>
}

/** Binds a component to what it needs beside the Ctx. */
export function part<Needs>(component: Component<Needs>, needs: Needs): Part {
  return { name: component.name, run: (ctx) => component.run({ ...ctx, ...needs }) }
}

/** A group of running components. */
export interface Supervised {
  /** Resolves when every part has said that it is ready; part name → base URL for the servers. Rejects when one fails before that. */
  readonly ready: Promise<Readonly<Record<string, string>>>
  /** Resolves when every part has ended. */
  readonly stopped: Promise<void>
}

const firstPauseMs = 500
const longestPauseMs = 30_000

/**
 * A part that fails before it was ready fails the start: a wrong port or a broken database is for a person to mend. One that fails
 * later is started again, after half a second, doubling up to half a minute.
 */
export function supervise(parts: readonly Part[], base: Omit<Ctx, 'ready'>): Supervised {
  const urls: Record<string, string> = {}
  const running = parts.map((one) => keepRunning(one, base, urls))
  return {
    ready: Promise.all(running.map(({ ready }) => ready)).then(() => urls),
    stopped: Promise.all(running.map(({ stopped }) => stopped)).then(() => undefined),
  }
}

function keepRunning(one: Part, base: Omit<Ctx, 'ready'>, urls: Record<string, string>) {
  const log = base.log.child({ component: one.name })
  const first = Promise.withResolvers<void>()
  // Somebody waits for `ready` of the whole group; a rejection here must not count as unhandled before that.
  first.promise.catch(() => undefined)
  let wasReady = false

  async function run(): Promise<void> {
    for (let pause = firstPauseMs; !base.signal.aborted; pause = Math.min(pause * 2, longestPauseMs)) {
      const started = base.clock.now()
      try {
        const ready = (url?: string) => {
          if (url !== undefined) urls[one.name] = url
          wasReady = true
          first.resolve()
        }
        await one.run({ ...base, log, ready })
        if (base.signal.aborted) return
        throw new Error(`${one.name} ended by itself`)
      } catch (error) {
        if (base.signal.aborted) {
          log.debug({ err: error }, 'component ended with an error while stopping')
          return
        }
        if (!wasReady) {
          first.reject(error)
          return
        }
        if (base.clock.now() - started > longestPauseMs) pause = firstPauseMs
        log.error({ err: error, againInMs: pause }, 'component failed and will be started again')
        await base.clock.sleep(pause, base.signal).catch(() => undefined)
      }
    }
  }
  return { ready: first.promise, stopped: run() }
}

/** Resolves when the signal aborts. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
