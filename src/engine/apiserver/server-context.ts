// What the handlers of one server share.
import type { Logger } from 'pino'
import type { Clock } from '../../system/clock.ts'
import type { Ids } from '../../system/ids.ts'
import type { ReadLogs } from './http/logs.ts'
import type { Registry } from './registry.ts'
import type { Store } from './store.ts'
import type { WatchHub } from './watch.ts'

export interface ServerContext {
  readonly store: Store
  readonly registry: Registry
  readonly hub: WatchHub
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Logger
  readonly logs: ReadLogs | undefined
  /** Aborts when the server stops. */
  readonly stopped: AbortSignal
}
