// Dry run: buckets that are read as they are, and not written to.
import type { Logger } from 'pino'
import type { Storage } from './storage.ts'

/** The same buckets, in which nothing changes: the log says what would be written. */
export const dryRunStorage = (storage: Storage, log: Logger): Storage => ({
  ...storage,
  async write(url) {
    log.info({ url }, 'dry run: would write an object')
  },
})
