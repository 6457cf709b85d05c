// The folder that holds the mirrors and, while processes live, their temporary folders.
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Clock } from '../system/clock.ts'
import type { Ids } from '../system/ids.ts'
import { tryLock } from './lock.ts'

// No organisation begins with a dot.
const work = '.work'
const locks = '.locks'

export interface CacheFolder {
  /** A new path for a temporary file or folder, on the same disk as the mirrors. */
  temporary(): string
  /** Does something that only one process at a time may do. */
  exclusively<T>(name: string, act: () => Promise<T>, signal?: AbortSignal): Promise<T>
}

const lockWaitMs = 100

/** Makes the folder where needed, and removes what processes that ended have left in it. */
export async function openCacheFolder(dir: string, { clock, ids }: { clock: Clock; ids: Ids }): Promise<CacheFolder> {
  // What is in private repositories is nobody else's business.
  await mkdir(dir, { recursive: true, mode: 0o700 })
  await mkdir(join(dir, work), { recursive: true })
  const own = join(dir, work, ids.uuid())
  // Held while this process lives. The folder comes after it, so that nobody finds a folder that looks left behind.
  if (!tryLock(`${own}.lock`)) throw new Error(`${own}.lock is taken: another process has the same identifier`)
  await mkdir(own)
  await removeLeftovers(join(dir, work))
  let count = 0
  return {
    temporary: () => join(own, String(++count)),
    async exclusively(name, act, signal) {
      const path = join(dir, locks, name)
      await mkdir(dirname(path), { recursive: true })
      let unlock = tryLock(path)
      for (; !unlock; unlock = tryLock(path)) await clock.sleep(lockWaitMs, signal)
      try {
        return await act()
      } finally {
        unlock()
      }
    },
  }
}

async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder)
  for (const name of names.filter((each) => each.endsWith('.lock'))) {
    const path = join(folder, name)
    const unlock = tryLock(path)
    if (!unlock) continue
    await removeAll(path.slice(0, -'.lock'.length))
    await rm(path, { force: true })
    unlock()
  }
}

/** Removes a folder under whatever name it can be removed; git may still be writing into it, so what is left is for the next time. */
export async function removeAll(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 3 }).catch(() => {})
}

/** Moves a folder out of the way at once, then removes it. */
export async function discard(path: string, folder: CacheFolder): Promise<void> {
  const away = folder.temporary()
  await mkdir(dirname(away), { recursive: true })
  await rename(path, away).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
  await removeAll(away)
}
