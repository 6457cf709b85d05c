// A Deck that serves on this machine, with a cluster in memory and a bucket in a temporary folder.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { patchBetween } from '../../config/reload/changes.ts'
import type { Config, ConfigAgent, ConfigListener, ConfigProblem, PluginConfig, Snapshot } from '../../config/types.ts'
import type { Kube } from '../../kube/client.ts'
import { clustersOf } from '../../kube/clusters.ts'
import { openStorage } from '../../storage/open.ts'
import type { Storage } from '../../storage/storage.ts'
import { type Clock, systemClock } from '../../system/clock.ts'
import { systemIds } from '../../system/ids.ts'
import { snapshot } from '../../testing/config.ts'
import { type MemoryKube, memoryKube } from '../../testing/memory-kube.ts'
import { type DeckNeeds, deck } from '../deck.ts'
import { namespace } from './jobs.ts'

/** The administrator's token of a Deck that was started without another. */
export const adminToken = 's3cret'

export interface DeckScene {
  /** Base URL, without slash. */
  readonly url: string
  readonly kube: MemoryKube
  readonly storage: Storage
  /** The only configured bucket, `file://…`. */
  readonly bucket: string
  readonly metrics: Registry
  setConfig(change: (config: Config) => Config): void
  setPlugins(plugins: Partial<PluginConfig>): void
  /** What is wrong with the newest configuration files. */
  setProblems(problems: readonly ConfigProblem[]): void
  close(): Promise<void>
}

export interface SceneOptions {
  readonly clock?: Clock
  readonly admin?: DeckNeeds['admin']
  readonly webRoot?: string
  readonly pluginHelp?: () => Promise<unknown>
  readonly host?: string
  /** Metrics of the process; new ones when absent. */
  readonly registry?: Registry
  /** What the cluster has when Deck starts. */
  readonly before?: (kube: MemoryKube) => Promise<void>
  /** Puts something between Deck and the cluster. */
  readonly wrap?: (kube: MemoryKube) => Kube
}

export async function startDeck(options: SceneOptions = {}): Promise<DeckScene> {
  const clock = options.clock ?? systemClock
  const folder = await mkdtemp(join(tmpdir(), 'deck-'))
  const bucket = `file://${folder}/bucket`
  const kube = memoryKube({ clock })
  await options.before?.(kube)
  const metrics = options.registry ?? new Registry()
  const agent = configAgent(bucket)
  const end = new AbortController()
  const serving = Promise.withResolvers<string>()
  const seen = options.wrap?.(kube) ?? kube
  const ended = deck.run({
    clock,
    ids: systemIds,
    log: pino({ level: 'silent' }),
    metrics,
    signal: end.signal,
    ready: (url) => serving.resolve(url ?? ''),
    listen: { host: options.host ?? '127.0.0.1', port: 0 },
    kube: seen,
    clusters: clustersOf(seen),
    config: agent.agent,
    storage: openStorage(),
    admin: options.admin ?? { mode: 'token', token: adminToken },
    webRoot: options.webRoot ?? join(folder, 'no-pages'),
    ...(options.pluginHelp && { pluginHelp: options.pluginHelp }),
  })
  ended.catch(serving.reject)
  return {
    url: await serving.promise,
    kube,
    storage: openStorage(),
    bucket,
    metrics,
    setConfig: agent.set,
    setPlugins: agent.setPlugins,
    setProblems: agent.setProblems,
    async close() {
      end.abort()
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function configAgent(bucket: string) {
  const plain = snapshot().config
  const entries = [{ config: { gcs_configuration: { bucket, path_strategy: 'explicit' } } }]
  const plank = { ...plain.plank, default_decoration_config_entries: entries }
  let now = snapshot({ config: { prowjob_namespace: namespace, plank } })
  let problems: readonly ConfigProblem[] = []
  const listeners = new Set<ConfigListener>()
  function replace(next: Snapshot) {
    const before = now
    now = next
    const { changes } = patchBetween(before, now)
    for (const listener of listeners) listener(now, before, changes)
  }
  return {
    agent: {
      current: () => now,
      subscribe(listener: ConfigListener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      problems: () => problems,
    } satisfies ConfigAgent,
    setProblems(newest: readonly ConfigProblem[]) {
      problems = newest
    },
    set: (change: (config: Config) => Config) =>
      replace(snapshot({ config: change(now.config), plugins: now.plugins })),
    setPlugins: (plugins: Partial<PluginConfig>) => replace(snapshot({ config: now.config, plugins })),
  }
}
