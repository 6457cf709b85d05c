// Finds the files to upload: what a test left in its artifact folder, and nothing that it only points to.
import { lstat, readdir, realpath } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import { type Log, messageOf } from '../log.ts'
import { openRegular } from '../regular-file.ts'

/** A file, its path as it is to be read, and its name below the job's folder. */
export interface Item {
  readonly path: string
  readonly name: string
}

/**
 * Files of the items, in lexical order. A file is itself, a folder all files below it. Links are followed only as far
 * as they stay within the item: the utility can read secrets that the test cannot, and must not publish them.
 */
export async function findItems(items: readonly string[], log: Log): Promise<Item[]> {
  const found: Item[] = []
  for (const item of items) {
    try {
      const real = await itemRoot(item)
      if (real === undefined) log.warn('Refused to upload a link that leaves its folder', { item })
      else await collect(real, basename(item), real, found, log)
    } catch (error) {
      log.warn('Could not find the item to upload', { item, error: messageOf(error) })
    }
  }
  return found
}

/** The item's path without links; undefined when it is one that leads out of the folder it lies in. */
async function itemRoot(item: string): Promise<string | undefined> {
  return contained(item, await realpath(dirname(item)))
}

async function collect(path: string, name: string, root: string, found: Item[], log: Log): Promise<void> {
  const info = await lstat(path)
  if (info.isDirectory()) {
    for (const child of (await readdir(path)).sort()) {
      await collect(join(path, child), `${name}/${child}`, root, found, log).catch((error) =>
        log.warn('Could not read a file to upload', { path: join(path, child), error }),
      )
    }
  } else if (info.isSymbolicLink()) {
    const real = await contained(path, root)
    if (real === undefined) log.warn('Refused to upload a link that leaves its folder', { path })
    else if ((await lstat(real)).isFile()) found.push({ path: real, name })
    else log.warn('Skipped a link to something that is no file', { path })
  } else if (info.isFile()) found.push({ path, name })
  else log.warn('Skipped something that is neither file nor folder', { path })
}

/** What the path leads to, if that lies in the folder (which must be free of links itself). */
async function contained(path: string, folder: string): Promise<string | undefined> {
  const real = await realpath(path)
  return real === folder || real.startsWith(folder === sep ? sep : folder + sep) ? real : undefined
}

/** Bytes of a regular file, never of what a link in its place points to. */
export async function openFile(path: string): Promise<AsyncIterable<Uint8Array>> {
  const file = await openRegular(path)
  return file.createReadStream({ highWaterMark: 32 * 1024 })
}
