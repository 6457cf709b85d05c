// Gathers what is asked for while a piece of work runs, and does it all in the next one.

/** What became of one key. */
export type Outcome<V> = V | Error

interface Batch<V> {
  readonly keys: Set<string>
  readonly controller: AbortController
  readonly done: PromiseWithResolvers<ReadonlyMap<string, Outcome<V>>>
  askers: number
}

/** Throws the error of the first key that has one, or what the work threw, or the signal's reason. */
export type Ask<V> = (keys: readonly string[], signal?: AbortSignal) => Promise<ReadonlyMap<string, V>>

/**
 * One piece of work at a time; nobody joins one that has begun, so an answer is never older than its question. The work is
 * aborted when all who wait for it have given up.
 */
export function inBatches<V>(
  work: (keys: readonly string[], signal: AbortSignal) => Promise<ReadonlyMap<string, Outcome<V>>>,
): Ask<V> {
  let next: Batch<V> | undefined
  let running = false

  async function runAll(): Promise<void> {
    running = true
    await Promise.resolve() // gathers what is asked for at the same moment
    while (next) {
      const batch = next
      next = undefined
      await work([...batch.keys], batch.controller.signal).then(batch.done.resolve, batch.done.reject)
    }
    running = false
  }

  return async (keys, signal) => {
    signal?.throwIfAborted()
    next ??= newBatch()
    const batch = next
    for (const key of keys) batch.keys.add(key)
    batch.askers++
    if (!running) void runAll()

    const givenUp = Promise.withResolvers<never>()
    const giveUp = () => {
      givenUp.reject(signal?.reason)
      if (--batch.askers > 0) return
      batch.controller.abort(signal?.reason)
      if (next !== batch) return
      next = undefined
      batch.done.reject(signal?.reason)
    }
    signal?.addEventListener('abort', giveUp, { once: true })
    try {
      const outcomes = await Promise.race([batch.done.promise, givenUp.promise])
      return new Map(keys.map((key) => [key, answerOf(outcomes.get(key), key)]))
    } finally {
      signal?.removeEventListener('abort', giveUp)
    }
  }
}

function newBatch<V>(): Batch<V> {
  const done = Promise.withResolvers<ReadonlyMap<string, Outcome<V>>>()
  done.promise.catch(() => {}) // everybody may have given up
  return { keys: new Set(), controller: new AbortController(), done, askers: 0 }
}

function answerOf<V>(outcome: Outcome<V> | undefined, key: string): V {
  if (outcome instanceof Error) throw outcome
  if (outcome === undefined) throw new Error(`no answer for ${key}`)
  return outcome
}
