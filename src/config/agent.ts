// Keeps a configuration current: reloads when its files change, and holds on to the last good one when they are broken.
import { createHash } from 'node:crypto'
import { type FSWatcher, statSync, watch } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { Logger } from 'pino'
import type { Clock } from '../system/clock.ts'
import { ConfigError, problemText } from './errors.ts'
import { type ConfigPaths, filesOf, readSources, type Sources } from './files.ts'
import { buildSnapshot, parsedFiles } from './load.ts'
import type { ConfigAgent, ConfigProblem, Snapshot } from './types.ts'

/** What the agent is given. It ends when the signal aborts. */
export interface AgentContext {
  readonly clock: Clock
  readonly log: Logger
  readonly signal: AbortSignal
}

// Like upstream: a look every second, and everything is read again after ten quiet minutes.
const lookEveryMs = 1000
const readAgainAfterLooks = 600

/**
 * Loads the configuration and watches its files. Resolves after the first load; throws ConfigError when that fails.
 * Afterwards a broken edit is logged, told by `problems()`, and changes nothing else.
 */
export async function startConfigAgent(paths: ConfigPaths, context: AgentContext): Promise<ConfigAgent> {
  const { clock, log, signal } = context
  const parsed = parsedFiles()
  const listeners = new Set<(now: Snapshot, before: Snapshot) => void>()
  // Marks are taken before reading: what changes while reading is read again.
  let marks = await marksOf(paths)
  let sources = await readSources(paths, parsed)
  let seen = fingerprint(sources)
  let current = buildSnapshot(sources, clock.now(), parsed)
  let problems: readonly ConfigProblem[] = []
  let touched = false
  const watchers = watchFiles(paths, log, () => {
    touched = true
  })
  signal.addEventListener('abort', () => {
    for (const watcher of watchers) watcher.close()
  })

  const reload = async () => {
    sources = await readSources(paths, parsed)
    const newest = fingerprint(sources)
    if (newest === seen) return
    seen = newest
    parsed.keepOnly(new Set(filesOf(sources).map(({ file }) => file)))
    try {
      const before = current
      current = buildSnapshot(sources, clock.now(), parsed)
      problems = []
      log.info('configuration reloaded')
      for (const listener of listeners) tell(listener, current, before, log)
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      problems = error.problems
      log.error({ problems: problems.map(problemText) }, 'configuration is broken, the last good one stays in force')
    }
  }

  const watchOver = async () => {
    for (let quiet = 1; !signal.aborted; quiet++) {
      await clock.sleep(lookEveryMs, signal)
      const newest = await marksOf(paths)
      if (!touched && newest === marks && quiet < readAgainAfterLooks) continue
      touched = false
      marks = newest
      quiet = 0
      await reload().catch((error) => log.error({ err: error }, 'configuration could not be reloaded'))
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

function tell(listener: (now: Snapshot, before: Snapshot) => void, now: Snapshot, before: Snapshot, log: Logger): void {
  try {
    listener(now, before)
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

/** Tells of edits deep in a tree, which the marks do not show. Where the system has no watches left, the marks remain. */
function watchFiles(paths: ConfigPaths, log: Logger, changed: () => void): FSWatcher[] {
  return given(paths).flatMap((path) => {
    const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
    const name = basename(path)
    // A file may be replaced, so its folder is watched; names with two dots are those that a ConfigMap mount swaps.
    const concerns = (file: string | null) => isFolder || file === null || file === name || file.startsWith('..')
    try {
      const options = { persistent: false, recursive: isFolder }
      const watcher = watch(isFolder ? path : dirname(path), options, (_event, file) => {
        if (concerns(file)) changed()
      })
      watcher.on('error', (error) => log.warn({ err: error, path }, 'cannot watch for edits'))
      return [watcher]
    } catch (error) {
      log.warn({ err: error, path }, 'cannot watch for edits')
      return []
    }
  })
}

/** Equal for equal content, so that a reading without news changes nothing. */
function fingerprint(sources: Sources): string {
  const hash = createHash('sha256')
  for (const { file, text, finding } of filesOf(sources)) {
    hash.update(JSON.stringify([file, text?.length, finding?.message])).update(text ?? '')
  }
  return hash.update(sources.version ?? '').digest('hex')
}
