// A real pipe for the output of a test. Node gives children sockets, and a socket cannot be opened by name: scripts that
// say `echo problem > /dev/stderr` would fail in it. A named pipe that is unlinked at once has no such limit.
import { execFile } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface Pipe {
  readonly reader: Socket
  /** File descriptor for the child. */
  readonly writer: number
  /** Closes our copy of the writer, so that the reader sees the end once all children have closed theirs. */
  closeWriter(): void
}

/** Undefined where named pipes cannot be made: a small image, an odd file system. */
export async function openPipe(folder: string): Promise<Pipe | undefined> {
  let temp: string | undefined
  try {
    temp = await mkdtemp(join(folder, '.output-'))
    const path = join(temp, 'pipe')
    await promisify(execFile)('mkfifo', ['-m', '600', path])
    // Opened without blocking, since nobody writes yet; then the writer finds a reader.
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const writer = openSync(path, constants.O_WRONLY)
    return {
      reader: new Socket({ fd: reader, readable: true, writable: false }),
      writer,
      closeWriter: () => closeSync(writer),
    }
  } catch {
    return undefined
  } finally {
    if (temp !== undefined) await rm(temp, { recursive: true, force: true })
  }
}
