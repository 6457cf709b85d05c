// Removes a directory that a job has left, also when the job made parts of it read-only, as Go does with its module cache.
import { chmod, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Removes a path and all below it. Links are removed, not followed. A path that is not there is fine. */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true })
  } catch {
    await openDirectories(path)
    await rm(path, { recursive: true, force: true })
  }
}

/** Gives the owner the right to change every directory of a tree. */
export async function openDirectories(path: string): Promise<void> {
  await chmod(path, 0o700).catch(() => {})
  const entries = await readdir(path, { withFileTypes: true }).catch(() => [])
  for (const entry of entries) if (entry.isDirectory()) await openDirectories(join(path, entry.name))
}
