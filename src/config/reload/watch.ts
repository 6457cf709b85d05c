// Hears of edits in folders. Where the system has no watches left, it says so, and hears nothing.
import { type FSWatcher, watch } from 'node:fs'
import { basename, join } from 'node:path'
import type { Logger } from 'pino'

/** Folders, each with the names in it that matter; `all` are all names. */
export type Watched = ReadonlyMap<string, 'all' | ReadonlySet<string>>

export interface Watching {
  /** Watches these folders from now on, and no others. Returns whether one of them is new. */
  follow(wanted: Watched): boolean
  close(): void
}

/** `changed` is called soon after each edit. Folders below the watched ones are not watched by themselves. */
export function startWatching(log: Logger, changed: () => void): Watching {
  const open = new Map<string, FSWatcher>()
  const unheard = new Set<string>()
  let wanted: Watched = new Map()

  const close = (folder: string) => {
    open.get(folder)?.close()
    open.delete(folder)
  }
  const heard = (folder: string, event: string, name: string | null) => {
    // What comes back under the same name is another folder: its watch has to be made anew.
    if (event === 'rename') {
      const gone = name === null ? folder : join(folder, name)
      const isGone = (other: string) => other === gone || other.startsWith(`${gone}/`)
      for (const other of [...open.keys()].filter(isGone)) close(other)
      if (name === basename(folder)) close(folder)
    }
    const names = wanted.get(folder)
    // Names with two dots are those that a ConfigMap mount swaps.
    if (names === 'all' || name === null || name.startsWith('..') || names?.has(name)) changed()
  }
  const start = (folder: string) => {
    try {
      const watcher = watch(folder, { persistent: false }, (event, name) => heard(folder, event, name))
      watcher.on('error', (error) => {
        log.warn({ err: error, folder }, 'cannot watch for edits')
        close(folder)
      })
      open.set(folder, watcher)
      unheard.delete(folder)
      return true
    } catch (error) {
      // Once: it is tried again at each reading.
      if (!unheard.has(folder)) log.warn({ err: error, folder }, 'cannot watch for edits')
      unheard.add(folder)
      return false
    }
  }

  return {
    follow(folders) {
      wanted = folders
      for (const folder of open.keys()) if (!folders.has(folder)) close(folder)
      return [...folders.keys()]
        .filter((folder) => !open.has(folder))
        .map(start)
        .includes(true)
    },
    close() {
      for (const folder of [...open.keys()]) close(folder)
    },
  }
}
