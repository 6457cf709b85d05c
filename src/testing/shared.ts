// Real data that lies beside a checkout of the developers and is not part of the project: tests that need it skip without.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

const folder = resolve(import.meta.dirname, '../../../shared/data')

/** Absolute path of a file or folder of the shared data; undefined where it is absent, as in a user's checkout. */
export function sharedData(path: string): string | undefined {
  const found = resolve(folder, path)
  return existsSync(found) ? found : undefined
}
