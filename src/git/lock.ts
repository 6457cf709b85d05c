// A lock between processes that cannot be left behind.
import { DatabaseSync } from 'node:sqlite'

/** Gives the lock back. */
export type Unlock = () => void

// A database that nobody refers to any more is closed, and the lock would be gone.
const held = new Set<DatabaseSync>()

/**
 * Takes a lock, or returns undefined while somebody else has it, in this process or another one. SQLite locks the file with the
 * operating system, which gives the lock back when a process ends, however it ends. The file stays.
 */
export function tryLock(path: string): Unlock | undefined {
  const database = new DatabaseSync(path)
  try {
    // Without a journal beside the file: nothing is ever written.
    database.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    held.add(database)
    return () => {
      held.delete(database)
      database.close()
    }
  } catch (error) {
    database.close()
    if (error instanceof Error && /locked|busy/.test(error.message)) return undefined
    throw error
  }
}
