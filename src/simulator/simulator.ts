// The GitHub simulator: a GitHub Enterprise Server in one process, for npm start, conversation tests and plugin authors.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import fastify from 'fastify'
import type { Logger } from 'pino'
import type { Listen } from '../component.ts'
import type { Clock } from '../system/clock.ts'
import type { Ids } from '../system/ids.ts'
import { finishBegunMerges } from './actions/merge.ts'
import { announceNews } from './actions/pushes.ts'
import { accountOf, type Core, keyedLock } from './core.ts'
import { createFaults } from './faults.ts'
import { gitHttp } from './git/http.ts'
import { graphqlApi } from './graphql/server.ts'
import { pages } from './pages/server.ts'
import { escapeSlashes, restApi, restBase } from './rest/server.ts'
import { plant, type Seed } from './seed.ts'
import { openState } from './state/state.ts'
import { openStore } from './state/store.ts'
import { startDeliveries } from './webhooks/deliveries.ts'
import { createWorld, type World } from './world.ts'

export interface SimulatorOptions {
  /** Holds the database and the git repositories. Made when missing. */
  readonly dataDir: string
  readonly listen: Listen
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Logger
  readonly seed?: Seed
  /** Webhooks wait for it: who receives them may start after the simulator. Default: they go out at once. */
  readonly deliverAfter?: Promise<void>
  /** The address under which people reach it, where that is not the one it listens on. Without a trailing slash. */
  readonly url?: string
  /** Closes the simulator when it aborts. */
  readonly signal?: AbortSignal
}

export interface Simulator {
  /** Base URL without a trailing slash: pages, and git at `<url>/ORG/REPO.git`. */
  readonly url: string
  /** REST base. GraphQL is at `<url>/api/graphql`. */
  readonly apiUrl: string
  /** A token per login; organizations have none. */
  readonly tokens: Readonly<Record<string, string>>
  readonly world: World
  /** Ends the server. Deliveries under way are broken off and sent again after the next start. */
  close(): Promise<void>
}

/** Starts on an existing or a new data folder. Only one simulator may use a folder at a time. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { dataDir, listen, clock, ids, log, seed, signal } = options
  // Holds tokens, as any code host's storage does.
  await mkdir(join(dataDir, 'git'), { recursive: true, mode: 0o700 })
  const store = openStore(join(dataDir, 'world.db'))
  const listeners = new Set<() => void>()
  const changed = (): void => {
    for (const listener of listeners) listener()
  }
  let wake = (): void => {}
  const state = openState(store, () => {
    wake()
    changed()
  })
  let url = options.url ?? ''
  const core: Core = { state, store, clock, ids, log, url: () => url, dataDir, lock: keyedLock() }
  const faults = createFaults()
  const deliveries = startDeliveries(core, changed)
  const world = createWorld(core, deliveries, faults, listeners)

  const server = fastify({
    rewriteUrl: (request) => escapeSlashes(request.url ?? '/'),
    routerOptions: { maxParamLength: 1000 },
    forceCloseConnections: true,
  })
  await server.register(restApi(core, faults, deliveries), { prefix: restBase })
  await server.register(graphqlApi(core, faults))
  await server.register(gitHttp(core))
  await server.register(pages(core, world))
  try {
    const address = await server.listen({ host: listen.host, port: listen.port })
    if (url === '') url = address
    await finishBegunMerges(core)
    await announceMissed(core)
    if (seed) await plant(core, seed)
  } catch (error) {
    await server.close()
    store.close()
    throw error
  }
  let closing: Promise<void> | undefined
  // Only now, so that hooks have the addresses of this start.
  void (options.deliverAfter ?? Promise.resolve()).then(() => {
    if (closing) return
    wake = deliveries.kick
    deliveries.kick()
  })
  const close = (): Promise<void> => {
    closing ??= (async () => {
      wake = () => {}
      await deliveries.close()
      await server.close()
      store.close()
    })()
    return closing
  }
  signal?.addEventListener('abort', () => void close(), { once: true })
  const tokens = Object.fromEntries(
    [...state.accounts.all()].flatMap(({ login }) => {
      const token = state.tokens.of(login.toLowerCase()).find((t) => t.installation === undefined)
      return token ? [[login, token.token]] : []
    }),
  )
  return { url, apiUrl: `${url}${restBase}`, tokens, world, close }
}

/** Pushes that git had taken when the process was killed, but that nobody was told of. */
async function announceMissed(core: Core): Promise<void> {
  for (const repo of [...core.state.repos.all()]) {
    await core.lock(repo.id, () => announceNews(core, repo, accountOf(core.state, repo.owner)))
  }
}
