// What Deck's groups of routes share.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { ProwJob } from '../api/prowjob.ts'
import type { Config, ConfigAgent, PluginConfig } from '../config/types.ts'
import type { Clusters, Kube } from '../kube/client.ts'
import type { Clock } from '../system/clock.ts'
import type { Ids } from '../system/ids.ts'
import type { Board } from './board.ts'
import type { Events } from './events.ts'
import { type Admin, isAdmin } from './guard.ts'
import type { Objects } from './objects.ts'

export interface Site {
  readonly board: Board
  readonly events: Events
  readonly objects: Objects
  readonly kube: Kube
  readonly clusters: Clusters
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Logger
  readonly admin: Admin
  readonly webRoot: string
  /** Deck is reachable from this machine only. */
  readonly loopback: boolean
  readonly config: () => Config
  readonly plugins: () => PluginConfig
  /** When it was loaded, milliseconds since the epoch. */
  readonly loadedAt: () => number
  /** What is wrong with newer files, which have no effect. */
  readonly problems: ConfigAgent['problems']
  /** The object as the API server has it now; undefined when there is none or it is not shown. */
  readonly fresh: (name: string) => Promise<ProwJob | undefined>
  /** Takes in the answer to one's own write, so that the next page shows it before the watch brings it. */
  readonly observe: (job: ProwJob) => void
  /** The folder of the results of a job in a bucket; undefined when it has none, or one that may not be read. */
  readonly runFolder: (job: ProwJob) => string | undefined
  /** Asks hook; undefined where nobody said where hook is. */
  readonly pluginHelp: (() => Promise<unknown>) | undefined
}

export type Routes = (app: FastifyInstance, site: Site) => void

/** A query parameter; of a repeated one the first. Absent is empty. */
export function query(request: FastifyRequest, name: string): string {
  const values = request.query
  const value: unknown = typeof values === 'object' && values !== null ? Reflect.get(values, name) : undefined
  if (Array.isArray(value)) return String(value[0] ?? '')
  return typeof value === 'string' ? value : ''
}

/** A named part of the path, percent-decoded; `*` is the rest of it. */
export function pathPart(request: FastifyRequest, name: string): string {
  const parts = request.params
  const value: unknown = typeof parts === 'object' && parts !== null ? Reflect.get(parts, name) : undefined
  return typeof value === 'string' ? value : ''
}

export const byAdmin = (site: Site, request: FastifyRequest): boolean => isAdmin(site.admin, request.headers)

/** Feeds and YAML are never kept by caches. */
export const noCache = { 'cache-control': 'no-store, must-revalidate', expires: '0' } as const
