// Reads the files that hold the jobs of a repository from a working copy of it on disk.
import { constants } from 'node:fs'
import { lstat, open, readdir, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { inRepoLimits, inRepoRoots, neededFiles, type RepoFile } from '../config/in-repo/files.ts'

/** The files, as they would be in a commit. Throws what the file system throws. */
export async function readWorkingCopy(folder: string): Promise<readonly RepoFile[]> {
  const root = await realpath(folder)
  const found: string[] = []
  for (const name of inRepoRoots) await collect(root, name, found)
  const files: RepoFile[] = []
  for (const path of neededFiles(found)) files.push(await readOne(root, path))
  return files
}

/** Folders that are links are not entered; a link to a folder counts as the file that it is in git. */
async function collect(root: string, path: string, found: string[]): Promise<void> {
  const stats = await lstat(join(root, path)).catch(() => undefined)
  if (stats === undefined) return
  if (!stats.isDirectory()) return void found.push(path)
  for (const name of (await readdir(join(root, path))).sort()) await collect(root, `${path}/${name}`, found)
}

async function readOne(root: string, path: string): Promise<RepoFile> {
  const real = await realpath(join(root, path)).catch(() => '')
  if (!real.startsWith(`${root}${sep}`)) return { path, problem: 'link' }
  // A pipe would never end.
  const file = await open(real, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const stats = await file.stat()
    if (!stats.isFile()) return { path, problem: 'link' }
    if (stats.size > inRepoLimits.file) return { path, problem: { size: stats.size } }
    return { path, text: await file.readFile('utf8') }
  } finally {
    await file.close()
  }
}
