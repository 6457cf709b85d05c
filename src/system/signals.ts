// Signals that ask a process to end, for programs that have more to do with them than to stop.
import process from 'node:process'

export type EndSignal = 'SIGINT' | 'SIGTERM'

/**
 * Calls `listener` at every SIGINT and SIGTERM, which from then on do not end this process, until the returned function
 * is called.
 */
export function onEndSignal(listener: (signal: EndSignal) => void): () => void {
  process.on('SIGINT', listener)
  process.on('SIGTERM', listener)
  return () => {
    process.off('SIGINT', listener)
    process.off('SIGTERM', listener)
  }
}

/** Sends a signal to a whole process group; nothing happens when everybody in it is gone. */
export function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
