// Keys for other services, from files that plugins.yaml names.
import { open } from 'node:fs/promises'
import type { Logger } from 'pino'

const mostBytes = 4096

/** The key in a file, read anew each time. None when no file is named, or it holds no key: then the reason is logged. */
export async function keyIn(path: string, log: Logger): Promise<string | undefined> {
  if (path === '') return undefined
  try {
    return await read(path)
  } catch (err) {
    log.error({ err, path }, 'cannot read a key, so the service is asked without one')
    return undefined
  }
}

async function read(path: string): Promise<string> {
  const file = await open(path, 'r')
  try {
    // Devices and pipes may never end.
    if (!(await file.stat()).isFile()) throw new Error(`${path} is no file`)
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(mostBytes), position: 0 })
    const key = buffer.toString('utf8', 0, bytesRead).trim()
    // Whatever else is in there must not get into a message about a bad header.
    if (!/^[\x21-\x7e]+$/.test(key)) throw new Error(`${path} holds no key: it must be one word`)
    return key
  } finally {
    await file.close()
  }
}
