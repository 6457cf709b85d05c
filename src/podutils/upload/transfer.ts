// Carries a batch of targets into the bucket: a few at once, each tried again when it fails.
import { type Storage, StorageError, type WriteOptions } from '../../storage/storage.ts'
import type { Clock } from '../../system/clock.ts'
import { type Log, messageOf } from '../log.ts'
import { type Slot, slots } from '../slots.ts'

/** One object to write. */
export interface Target {
  readonly url: string
  readonly options?: WriteOptions
  /** Called anew for each attempt. Undefined: nothing is to be written after all. */
  readonly content: () => Promise<Content | undefined>
}

export interface Content {
  readonly content: Uint8Array | string | AsyncIterable<Uint8Array>
  /** Laid over the options of the target. */
  readonly options?: WriteOptions
}

export interface Transfer {
  readonly storage: Pick<Storage, 'write'>
  readonly clock: Clock
  readonly log: Log
  /** Ends the transfer: what is in flight fails. */
  readonly signal?: AbortSignal
}

const atOnce = 4
/** Waits between the attempts, in milliseconds. */
const waits = [1000, 4000, 9000]

/** Tries all targets, even after failures. Throws one error that names every failure. */
export async function transferAll(targets: readonly Target[], transfer: Transfer): Promise<void> {
  const slot = slots(atOnce)
  const failures: string[] = []
  await Promise.all(
    targets.map(async (target) => {
      try {
        await transferOne(target, transfer, slot)
      } catch (error) {
        failures.push(`${target.url}: ${messageOf(error)}`)
      }
    }),
  )
  if (failures.length > 0) throw new Error(`encountered errors during upload: [${failures.join(', ')}]`)
}

async function transferOne(target: Target, transfer: Transfer, slot: Slot): Promise<void> {
  const { clock, log, signal } = transfer
  const started = clock.now()
  for (let attempt = 1; ; attempt++) {
    try {
      await slot(() => write(target, transfer))
      log.debug('Finished upload', { dest: target.url, attempt, durationMs: clock.now() - started })
      return
    } catch (error) {
      const wait = waits[attempt - 1]
      const hopeless = signal?.aborted || (error instanceof StorageError && error.kind === 'invalid')
      log.warn('Failed upload', { dest: target.url, attempt, error })
      if (wait === undefined || hopeless) throw error
      await clock.sleep(wait, signal) // without holding a slot
    }
  }
}

async function write(target: Target, { storage, signal }: Transfer): Promise<void> {
  signal?.throwIfAborted()
  const found = await target.content()
  if (!found) return
  const { content, options } = found
  const laid = { ...target.options, ...options }
  if (typeof content === 'string' || content instanceof Uint8Array) return storage.write(target.url, content, laid)
  try {
    await storage.write(target.url, signal ? until(signal, content) : content, laid)
  } catch (error) {
    await letGo(content)
    throw error
  }
}

/** Closes the file behind content that nobody has read to its end, or begun to. */
async function letGo(content: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const _ of content) break
  } catch {
    // It is closed.
  }
}

async function* until(signal: AbortSignal, content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of content) {
    signal.throwIfAborted()
    yield chunk
  }
}
