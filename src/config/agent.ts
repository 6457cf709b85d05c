// Keeps a configuration current: reloads when its files change, and holds on to the last good one when they are broken.
import { stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { Clock } from '../system/clock.ts'
import { ConfigError, problemText } from './errors.ts'
import { type ConfigPaths, filesOf, readSources } from './files.ts'
import { deepFreeze } from './freeze.ts'
import { buildSnapshot } from './load.ts'
import { applyPatch, type Patch, patchBetween } from './reload/changes.ts'
import { configMetrics } from './reload/metrics.ts'
import { type ReadingThread, startThread } from './reload/thread.ts'
import { startWatching, type Watched } from './reload/watch.ts'
import type { ConfigAgent, ConfigChanges, ConfigListener, ConfigProblem, Snapshot } from './types.ts'

/** What the agent is given. It ends when the signal aborts. */
export interface AgentContext {
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Registry
  readonly signal: AbortSignal
}

// Like upstream: a look every second, and everything is read again after ten quiet minutes.
const lookEveryMs = 1000
const readAgainAfterLooks = 600
const longestPauseMs = 300_000

// Below this the first load is done before a thread for it had started, and its memory would be spent for nothing.
const largeChars = 1_000_000

/**
 * Loads the configuration and watches its files. Resolves after the first load; throws ConfigError when that fails.
 * Afterwards files are read in a thread of their own. A broken edit is logged, told by `problems()`, and changes nothing else.
 */
export async function startConfigAgent(paths: ConfigPaths, context: AgentContext): Promise<ConfigAgent> {
  const { clock, log, signal } = context
  const metrics = configMetrics(context.metrics)
  const listeners = new Set<ConfigListener>()
  let problems: readonly ConfigProblem[] = []
  let touched = false
  let thread: ReadingThread | undefined

  const openThread = () => {
    thread ??= startThread(paths, clock, (error) => {
      thread = undefined
      touched = true
      log.error({ err: error }, 'the thread that reads the configuration died, another one will read it')
    })
    return thread
  }
  const endThread = async () => {
    const ending = thread
    thread = undefined
    await ending?.end()
  }
  const watching = startWatching(log, () => {
    touched = true
  })
  const close = () => {
    watching.close()
    void endThread()
  }
  signal.addEventListener('abort', close)

  // Watches and marks are taken before reading: what changes while reading is read again.
  let marks = await marksOf(paths)
  const found = readSources(paths)
  watching.follow(watchedOf(paths, found.folders))
  const chars = filesOf(found).reduce((sum, { text = '' }) => sum + text.length, 0)
  const isLarge = chars > largeChars
  const first = async (): Promise<Snapshot> => {
    if (!isLarge) return buildSnapshot(readSources(paths), clock.now())
    const reading = await openThread().read()
    if (reading.kind === 'whole') return deepFreeze(reading.snapshot)
    throw new ConfigError(reading.kind === 'broken' ? reading.problems : [])
  }
  let current = await first().catch((error) => {
    close()
    throw error
  })
  if (signal.aborted) close()
  metrics.isCurrent.set(1)
  metrics.since.set(current.loadedAt / 1000)

  const take = (patch: Patch) => {
    const before = current
    current = deepFreeze(applyPatch(before, patch))
    problems = []
    metrics.isCurrent.set(1)
    metrics.since.set(current.loadedAt / 1000)
    metrics.reloads.inc({ result: 'taken' })
    log.info({ changes: shortened(patch.changes) }, 'configuration reloaded')
    for (const listener of listeners) tell(() => listener(current, before, patch.changes), log)
  }

  const reload = async (anew: boolean) => {
    const reading = await openThread().read(anew)
    if (watching.follow(watchedOf(paths, reading.folders))) touched = true
    if (reading.kind === 'patch') take(reading.patch)
    // A new thread does not know what is in force.
    else if (reading.kind === 'whole') {
      const isNews =
        problems.length > 0 || !isDeepStrictEqual(reading.snapshot, { ...current, loadedAt: reading.snapshot.loadedAt })
      if (isNews) take(patchBetween(current, reading.snapshot))
    } else if (reading.kind === 'broken' && !isDeepStrictEqual(reading.problems, problems)) {
      problems = reading.problems
      metrics.isCurrent.set(0)
      metrics.reloads.inc({ result: 'broken' })
      log.error(
        { problems: beginning(problems.map(problemText)) },
        'configuration is broken, the last good one stays in force',
      )
    }
  }

  const watchOver = async () => {
    let failures = 0
    for (let quiet = 1; !signal.aborted; quiet++) {
      await clock.sleep(Math.min(lookEveryMs * 2 ** failures, longestPauseMs), signal)
      const newest = await marksOf(paths)
      const isDue = quiet >= readAgainAfterLooks
      if (!touched && newest === marks && !isDue) continue
      touched = false
      marks = newest
      quiet = 0
      try {
        await reload(isDue)
        failures = 0
        if (isDue && !isLarge) await endThread()
      } catch (error) {
        if (signal.aborted) return
        failures++
        touched = true
        metrics.reloads.inc({ result: 'failed' })
        log.error({ err: error }, 'configuration could not be reloaded')
      }
    }
  }
  watchOver().catch((error) => {
    if (!signal.aborted) log.error({ err: error }, 'configuration is no longer watched')
  })

  return {
    current: () => current,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    problems: () => problems,
  }
}

// One edit may change, or break, thousands of jobs.
const mostLogged = 50

const beginning = (texts: readonly string[]): readonly string[] =>
  texts.length > mostLogged ? [...texts.slice(0, mostLogged), `and ${texts.length - mostLogged} more`] : texts

const shortened = (changes: ConfigChanges) =>
  Object.fromEntries(Object.entries(changes).map(([kind, names]) => [kind, beginning(names)]))

function tell(listener: () => void, log: Logger): void {
  try {
    listener()
  } catch (error) {
    log.error({ err: error }, 'a listener of the configuration failed')
  }
}

const given = (paths: ConfigPaths): string[] =>
  [
    ...[paths.configPath, paths.jobConfigPath, paths.pluginConfigPath],
    ...(paths.supplementalConfigDirs ?? []),
    ...(paths.supplementalPluginDirs ?? []),
  ].filter((path) => path !== undefined)

/** Changes when one of the given paths itself does; links are followed, as a ConfigMap mount swaps them. */
async function marksOf(paths: ConfigPaths): Promise<string> {
  const marks = await Promise.all(
    given(paths).map(async (path) => {
      try {
        const { mtimeMs, size, ino } = await stat(path)
        return `${mtimeMs} ${size} ${ino}`
      } catch {
        return 'missing'
      }
    }),
  )
  return marks.join('\n')
}

/** The folders of the given files, which may be replaced, and those that were found in the given trees. */
function watchedOf(paths: ConfigPaths, folders: readonly string[] = []): Watched {
  const watched = new Map<string, 'all' | Set<string>>(folders.map((folder) => [folder, 'all']))
  for (const path of given(paths)) {
    const folder = dirname(path)
    const names = watched.get(folder) ?? new Set()
    if (names !== 'all') watched.set(folder, names.add(basename(path)))
  }
  return watched
}
