// Runs one component as a program of its own: log, metrics, signals, and an orderly end.
import { hostname } from 'node:os'
import { type Logger, pino } from 'pino'
import { Registry } from 'prom-client'
import { systemClock } from '../system/clock.ts'
import { systemIds } from '../system/ids.ts'
import type { Machine } from '../system/process.ts'
import type { Budget } from '../up/budget-page.ts'
import { metricsServer } from '../up/metrics-server.ts'
import { addProcessMetrics } from '../up/process-metrics.ts'
import { type Part, part, supervise } from '../up/supervise.ts'
import { version } from '../up/version.ts'
import type { Values } from './flags.ts'
import type { instrumentationFlags, Opening } from './groups.ts'

/** What a component's command makes of the flags. */
export interface Service {
  readonly parts: readonly Part[]
  /** Called after every part has ended, in reverse order. */
  readonly close?: readonly (() => Promise<unknown>)[]
  /** Shown beside the metrics. */
  readonly budget?: Budget
}

export interface ServeOptions {
  readonly name: string
  readonly machine: Machine
  readonly flags: Values<typeof instrumentationFlags> & {
    /** Address of metrics and health. */
    readonly host: string
  }
}

/** Everything that a service is built from. */
export interface Building extends Opening {
  readonly signal: AbortSignal
  /** Ends the service in an orderly way, as a signal would. */
  readonly end: () => void
  /** Who this process is in a leader election. */
  readonly identity: string
}

/** Builds the service and runs it until a signal comes. Returns the exit code. */
export async function serve(
  { name, machine, flags }: ServeOptions,
  build: (building: Building) => Promise<Service>,
): Promise<number> {
  const finished = new AbortController()
  const signal = AbortSignal.any([machine.stopped(), finished.signal])
  const log: Logger = pino({ base: { component: name } }, pino.destination({ dest: 1, sync: false }))
  const metrics = new Registry()
  addProcessMetrics(metrics, version)
  const base = { clock: systemClock, ids: systemIds, log, metrics, signal }
  const identity = `${hostname()}_${systemIds.uuid()}`
  const { parts, close = [], budget } = await build({ ...base, machine, identity, end: () => finished.abort() })
  const shown = budget && { budget }
  let isReady = false
  const health = (called: string, port: number | undefined): Part[] =>
    port === undefined
      ? []
      : [
          {
            ...part(metricsServer, { listen: { host: flags.host, port }, isReady: () => isReady, ...shown }),
            name: called,
          },
        ]
  const servers = [...health('metrics', flags['metrics-port']), ...health('health', flags['health-port'])]
  const group = supervise([...parts, ...servers], base)
  const urls = await group.ready
  isReady = true
  log.info({ urls }, 'ready')
  await group.stopped
  for (const step of [...close].reverse()) await step()
  log.info('ended')
  return 0
}
