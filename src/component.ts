// What every component is given and how it ends: run(ctx) returns when ctx.signal aborts.
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { Clock } from './system/clock.ts'
import type { Ids } from './system/ids.ts'

/** The part of the world that every component gets; what else it needs, it declares beside its `run`. */
export interface Ctx {
  readonly clock: Clock
  readonly ids: Ids
  /** Constant sentences, facts as fields. Carries the field `component`. */
  readonly log: Logger
  /** Metrics registry of the process. */
  readonly metrics: Registry
  /** Aborts when the component has to end. */
  readonly signal: AbortSignal
  /** Called once by the component when it serves; a server passes its base URL. */
  readonly ready: (url?: string) => void
}

/**
 * One long-running part of Bowsprit. `run` returns when `ctx.signal` aborts, after finishing or safely dropping what is
 * in flight, and throws only for failures that a restart of the component could mend.
 */
export interface Component<Needs = unknown> {
  readonly name: string
  run(ctx: Ctx & Needs): Promise<void>
}

/** Where a server listens. Port 0 asks for any free one. */
export interface Listen {
  readonly host: string
  readonly port: number
}
