// One process per data directory: a lock that dies with it.
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Gives the lock back. */
export interface Lock {
  release(): void
}

/**
 * Takes the exclusive lock of a data directory. The operating system drops it when the process ends, however it ends,
 * so there is no stale lock. Throws when another process holds it.
 */
export function lockDataDir(dataDir: string): Lock {
  const database = new DatabaseSync(join(dataDir, 'lock.db'))
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (error instanceof Error && /locked|busy/.test(error.message)) {
      throw new Error(
        `another Bowsprit is using the data directory ${dataDir}; stop it first, or start this one on another directory`,
        { cause: error },
      )
    }
    throw error
  }
  return { release: () => database.close() }
}
