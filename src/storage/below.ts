// Opens files and folders below a root without ever following a link there, even one that is put in place meanwhile.
import { constants, existsSync } from 'node:fs'
import { type FileHandle, mkdir, open, readlink, realpath } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'

/** Something that is not what the path promises: a link, or a file where a folder should be. */
export class WrongPlace extends Error {
  override readonly name = 'WrongPlace'
}

/** A folder that stays the same one, whatever happens to its name. */
export interface OpenFolder {
  /** Path of the folder itself, for the names in it. */
  readonly at: string
  close(): Promise<void>
}

// Linux tells where an open file is, and lets names be looked up in an open folder. Elsewhere paths are looked up twice, which
// leaves a moment between the two looks.
const linux = existsSync('/proc/self/fd')

/**
 * A regular file below the root. Opened without blocking, so that a named pipe cannot hold the reader.
 * @throws WrongPlace; errors of the file system.
 */
export async function openFileBelow(root: string, path: string): Promise<FileHandle> {
  return opened(root, path, constants.O_RDONLY | constants.O_NONBLOCK, async (file) => {
    if (!(await file.stat()).isFile()) throw new WrongPlace(`${path} is not a regular file`)
    return file
  })
}

/** A folder that is the root or lies below it. @throws WrongPlace; errors of the file system. */
export async function openFolderBelow(root: string, path: string): Promise<OpenFolder> {
  return opened(root, path, constants.O_RDONLY | constants.O_DIRECTORY, async (folder) => ({
    at: linux ? `/proc/self/fd/${folder.fd}` : path,
    close: () => folder.close(),
  }))
}

/** The folder that the file belongs into, made when it is not there. @throws WrongPlace; errors of the file system. */
export async function folderFor(root: string, path: string): Promise<OpenFolder> {
  return madeFolder(root, dirname(path))
}

async function madeFolder(root: string, path: string): Promise<OpenFolder> {
  try {
    return await openFolderBelow(root, path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
  if (path === root) {
    // What lies above the root belongs to whoever chose it.
    await mkdir(root, { recursive: true, mode: 0o755 })
    return openFolderBelow(root, path)
  }
  const parent = await madeFolder(root, dirname(path))
  try {
    await mkdir(join(parent.at, basename(path)), { mode: 0o755 })
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error // another writer was faster
  } finally {
    await parent.close()
  }
  return openFolderBelow(root, path)
}

async function opened<T>(
  root: string,
  path: string,
  flags: number,
  use: (handle: FileHandle) => Promise<T>,
): Promise<T> {
  // The root itself may be a link, as everything above it.
  const handle = await open(path, path === root ? flags : flags | constants.O_NOFOLLOW).catch((error: unknown) => {
    if (codeOf(error) === 'ELOOP') throw new WrongPlace(`${path} is a link`)
    if (codeOf(error) === 'ENOTDIR') throw new WrongPlace(`${path} is, or lies in, something that is no folder`)
    if (codeOf(error) === 'ENXIO') throw new WrongPlace(`${path} is not a regular file`) // a socket
    if (codeOf(error) === 'ENAMETOOLONG') throw new WrongPlace('a file system has no names that long')
    throw error
  })
  try {
    const expected = join(await realpath(root), relative(root, path))
    const actual = linux ? await readlink(`/proc/self/fd/${handle.fd}`) : await realpath(path)
    // Linux says so of a file that was replaced after it was opened.
    if (actual !== expected && actual !== `${expected} (deleted)`) throw new WrongPlace(`${path} leads to ${actual}`)
    return await use(handle)
  } catch (error) {
    await handle.close()
    throw error
  }
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code
