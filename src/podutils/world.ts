// What a pod utility is given of the world outside, so that tests can be that world.
import type { Storage } from '../storage/storage.ts'
import type { Clock } from '../system/clock.ts'
import type { EndSignal } from '../system/signals.ts'

export interface World {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Calls `listener` at every SIGINT and SIGTERM until the returned function is called. */
  readonly onEndSignal: (listener: (signal: EndSignal) => void) => () => void
  /** Resolves once the bytes have been handed to standard output. */
  readonly stdout: (content: string | Uint8Array) => Promise<void>
  readonly stderr: (content: string | Uint8Array) => Promise<void>
  readonly clock: Clock
  /** Command line that starts this program: the node binary and main.ts. */
  readonly program: readonly string[]
  /** Opens the bucket of that URL; nothing in it is a link. */
  readonly storage: (bucket: string) => Promise<Storage>
  readonly fetch: typeof globalThis.fetch
}

/** A pod utility: does its work with these arguments and resolves with the exit status. */
export type Utility = (world: World, args: readonly string[]) => Promise<number>
