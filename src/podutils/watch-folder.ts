// Tells when something in a folder may have changed: by the file system's events, and by looking every ten seconds
// because events are lost on some file systems.
import { type FSWatcher, watch } from 'node:fs'
import type { Clock } from '../system/clock.ts'

/** Milliseconds between two looks when no event comes. */
export const pollMs = 10_000

export interface FolderWatch {
  /** Resolves at the next change since the last call, after ten seconds (`poll`), or when the signal aborts. */
  next(signal: AbortSignal): Promise<'change' | 'poll' | 'aborted'>
  close(): void
}

export function watchFolder(folder: string, clock: Clock): FolderWatch {
  let changed = false
  let wake = () => {}
  const events = tryWatch(folder, () => {
    changed = true
    wake()
  })
  return {
    async next(signal) {
      if (!changed && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const done = () => {
            cancel()
            signal.removeEventListener('abort', done)
            resolve()
          }
          const cancel = clock.after(pollMs, done)
          signal.addEventListener('abort', done)
          wake = done
        })
      }
      if (signal.aborted) return 'aborted'
      const why = changed ? 'change' : 'poll'
      changed = false
      return why
    },
    close: () => events?.close(),
  }
}

function tryWatch(folder: string, listener: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, listener)
    watcher.on('error', () => {}) // polling goes on
    return watcher
  } catch {
    return undefined
  }
}
