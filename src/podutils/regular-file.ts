// Opens what a test may have left where a file is expected: a regular file, or an error. Never follows a link, never waits
// for the other end of a named pipe.
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

/** The file, to be closed by the caller. @throws Error for anything but a regular file; errors of the file system. */
export async function openRegular(path: string): Promise<FileHandle> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    if ((await file.stat()).isFile()) return file
    throw new Error(`${path} is not a regular file`)
  } catch (error) {
    await file.close()
    throw error
  }
}

/** The text of a small file. @throws Error when it has more than `largest` bytes, or is no regular file. */
export async function readSmall(path: string, largest: number): Promise<string> {
  const file = await openRegular(path)
  try {
    // One more than is allowed: a file may grow while it is read.
    const { buffer, bytesRead } = await file.read(Buffer.alloc(largest + 1), 0, largest + 1, 0)
    if (bytesRead > largest) throw new Error(`${path} has more than ${largest} bytes`)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}
