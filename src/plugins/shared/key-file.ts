// Keys for other services, from files that plugins.yaml names.
import { constants, open } from 'node:fs/promises'
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
  // Opening a pipe would wait for whoever writes to it.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const about = await file.stat()
    // Devices never end.
    if (!about.isFile() || about.size > mostBytes) throw new Error(`${path} is no file of at most ${mostBytes} bytes`)
    const key = (await file.readFile('utf8')).trim()
    // Whatever else is in there must not get into a message about a bad header.
    if (!/^[\x21-\x7e]+$/.test(key)) throw new Error(`${path} holds no key: it must be one word`)
    return key
  } finally {
    await file.close()
  }
}
