// How big the mounted job configuration is: config maps have a limit, and people watch how near they are to it.
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Bytes of each mounted config map below the path, by folder. Folders that are no mounted config map are left out. */
export async function configMapSizes(path: string): Promise<ReadonlyMap<string, number>> {
  if (await isMount(path)) return new Map([[path, await sizeOf(path)]])
  const sizes = new Map<string, number>()
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const folder = join(path, entry.name)
    if (entry.isDirectory() && (await isMount(folder))) sizes.set(folder, await sizeOf(folder))
  }
  return sizes
}

// The kubelet swaps this link to change all files at once.
const isMount = (path: string) =>
  lstat(join(path, '..data')).then(
    () => true,
    () => false,
  )

// Links are not followed, so each key counts once.
async function sizeOf(path: string): Promise<number> {
  let bytes = 0
  for (const entry of await readdir(path, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) bytes += (await lstat(join(entry.parentPath, entry.name))).size
  }
  return bytes
}
