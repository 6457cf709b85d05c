// Secrets that the installation makes for itself: once, for all starts after it, readable by its account alone.
import { readFile, writeFile } from 'node:fs/promises'
import type { Ids } from '../system/ids.ts'

/**
 * The secret in the file; makes it when there is no such file.
 * @throws Error when the file cannot be read or written, or is empty.
 */
export async function keptSecret(file: string, ids: Ids): Promise<string> {
  try {
    const kept = (await readFile(file, 'utf8')).trim()
    if (kept === '') throw new Error(`${file} is empty: put a secret into it, or remove it for a new one`)
    return kept
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const secret = ids.uuid()
  await writeFile(file, secret, { mode: 0o600, flag: 'wx', flush: true })
  return secret
}
