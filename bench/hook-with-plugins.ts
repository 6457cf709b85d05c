// The server side of the benchmark of plugins: hook with the plugins of a large organisation, and a code host that answers from memory.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { Registry } from 'prom-client'
import { allRepos } from '../src/hook/enablement.ts'
import { fixedHmac } from '../src/hook/hmac.ts'
import { hook } from '../src/hook/hook.ts'
import type { Catalogue, Plugin } from '../src/hook/plugin.ts'
import { memoryOwners } from '../src/owners/testing/memory-owners.ts'
import { plugins } from '../src/plugins/index.ts'
import { systemClock } from '../src/system/clock.ts'
import { systemIds } from '../src/system/ids.ts'
import { fixedConfig, presubmit } from '../src/testing/config.ts'
import { memoryCodeHost } from '../src/testing/memory-code-host.ts'
import { memoryKube } from '../src/testing/memory-kube.ts'
import { org, pulls, repo, secret } from './webhook-mix.ts'

/** What the organisation of Kubernetes has enabled, for all its repositories and for kubernetes/kubernetes. */
const enabled =
  `approve assign blunderbuss cat cla dog goose heart help hold invalidcommitmsg issue-management label lgtm lifecycle
  milestoneapplier owners-label pony retitle shrug sigmention size skip slackevents testfreeze trick-or-treat trigger verify-owners
  welcome wip yuks blockade cherry-pick-approved cherry-pick-unapproved mergecommitblocker milestone milestonestatus override
  release-note require-matching-label`.split(/\s+/)

/** What the other side may ask for. */
export interface Answer {
  readonly url?: string
  /** Milliseconds of each task since the last question. */
  readonly tasks: readonly number[]
  /** Tasks done so far. */
  readonly done: number
  /** Megabytes, after a collection of garbage. */
  readonly memory: number
  /** CPU of the process so far, in seconds. */
  readonly cpu: number
}

let tasks: number[] = []
let done = 0

/** Runs a handler, and notes how long it took. */
async function timed<T>(run: () => Promise<T>): Promise<T> {
  const begin = performance.now()
  try {
    return await run()
  } finally {
    done++
    if (tasks.length < 200_000) tasks.push(performance.now() - begin)
  }
}

function measured(plugin: Plugin): Plugin {
  const { run, handlers = {} } = plugin
  const all = Object.entries(handlers).map(([kind, handle]) => [kind, (ctx: never) => timed(() => handle(ctx))])
  return {
    ...plugin,
    ...(run && { run: (context) => timed(() => run(context)) }),
    ...(all.length > 0 && { handlers: Object.fromEntries(all) }),
  }
}

const catalogue: Catalogue = Object.fromEntries(
  Object.entries(plugins).map(([name, load]) => [name, async () => ({ default: measured((await load()).default) })]),
)

const host = memoryCodeHost(systemClock)
for (let number = 1; number <= pulls; number++) host.open({ org, repo, number })
/** What the stand-in notes for tests would grow for ever. */
function forget(): void {
  host.calls.length = 0
  host.effects.length = 0
  for (const list of [host.state.events, host.state.comments]) list.clear()
}

const stop = new AbortController()
const dataDir = await mkdtemp(join(tmpdir(), 'bowsprit-bench-hook-'))
const log = pino({ level: 'silent' })
const config = fixedConfig({
  config: {
    presubmits: { [`${org}/${repo}`]: Array.from({ length: 100 }, (_, n) => presubmit({ name: `pull-${n}` })) },
  },
  plugins: {
    plugins: { [org]: { plugins: enabled.filter((name) => name in plugins), excluded_repos: [] } },
    sections: { owners: { skip_collaborators: [org] } },
  },
})
const answer = (url?: string): Answer => {
  forget()
  globalThis.gc?.()
  const { user, system } = process.cpuUsage()
  const given = {
    tasks,
    done,
    memory: process.memoryUsage().rss / 1e6,
    cpu: (user + system) / 1e6,
    ...(url && { url }),
  }
  tasks = []
  return given
}
process.on('message', (message) => {
  if (message === 'stop') stop.abort(new Error('the benchmark is over'))
  else process.send?.(answer())
})
await hook.run({
  clock: systemClock,
  ids: systemIds,
  log,
  metrics: new Registry(),
  signal: stop.signal,
  ready: (url) => process.send?.(answer(url)),
  listen: { host: '127.0.0.1', port: 0 },
  path: '/hook',
  journal: { dataDir },
  hmac: fixedHmac({ '*': [secret] }),
  host,
  kube: memoryKube({ clock: systemClock }),
  owners: memoryOwners(
    { OWNERS: 'approvers: [alice]\nreviewers: [bob]\n' },
    { settings: { skip_collaborators: [org] } },
  ),
  config,
  plugins: catalogue,
  repos: allRepos,
  fetch: () => Promise.reject(new Error('no network here')),
  graceMs: 1000,
})
await rm(dataDir, { recursive: true, force: true })
process.disconnect?.()
