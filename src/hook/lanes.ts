// Lanes: deliveries about the same pull request one after the other, different ones side by side, and never too many at once.
import type { Clock } from '../system/clock.ts'

/** A piece of work of one actor (a plugin). */
export interface Job {
  readonly actor: string
  /** Makes one attempt and never rejects. Returns the milliseconds to wait before the next one, or undefined at the end. */
  attempt(): Promise<number | undefined>
}

export interface Lanes {
  /** Adds a delivery at the end of a lane. `prepare` is called when its turn has come, and never rejects. */
  push(lane: string, prepare: () => Promise<readonly Job[]>): void
  /** The same after a while, in milliseconds. What is pushed in the meantime goes first. */
  pushLater(inMs: number, lane: string, prepare: () => Promise<readonly Job[]>): void
  /** Deliveries that wait for their turn. */
  waiting(): number
  /** Resolves when nothing is running or waits any more; after the signal nothing new starts. */
  settled(): Promise<void>
}

/**
 * A delivery's jobs run side by side, those of one actor in order; the next delivery of the lane follows when each has had
 * its attempt. A job that waits for another attempt holds up only later jobs of the same actor in this lane: a broken
 * external plugin must not stop /test, but /hold and /unhold must not change places.
 */
export function lanes({
  concurrency,
  clock,
  signal,
}: {
  concurrency: number
  clock: Clock
  signal: AbortSignal
}): Lanes {
  const queues = new Map<string, (() => Promise<readonly Job[]>)[]>()
  /** Key: lane and actor. Present while the actor has work there. */
  const actors = new Map<string, Job[]>()
  const running = new Set<Promise<void>>()
  const slot = slots(concurrency)
  let waiting = 0

  function track(work: Promise<void>) {
    running.add(work)
    void work.finally(() => running.delete(work))
  }

  async function drain(lane: string, queue: (() => Promise<readonly Job[]>)[]): Promise<void> {
    for (let prepare = queue[0]; prepare && !signal.aborted; prepare = queue[0]) {
      const release = await slot()
      try {
        if (signal.aborted) break
        const byActor = Map.groupBy(await prepare(), ({ actor }) => actor)
        await Promise.all([...byActor].map(([actor, jobs]) => start(`${lane} ${actor}`, jobs)))
      } finally {
        release()
      }
      queue.shift()
      waiting--
    }
    queues.delete(lane)
  }

  /** Resolves when the jobs no longer hold up the lane. */
  async function start(key: string, jobs: readonly Job[]): Promise<void> {
    const ahead = actors.get(key)
    if (ahead) ahead.push(...jobs)
    else {
      const queue = [...jobs]
      actors.set(key, queue)
      await pump(key, queue)
    }
  }

  async function pump(key: string, queue: Job[]): Promise<void> {
    for (let job = queue[0]; job && !signal.aborted; job = queue[0]) {
      const wait = await job.attempt()
      if (wait !== undefined) return track(pumpLater(key, queue, wait))
      queue.shift()
    }
    actors.delete(key)
  }

  async function pumpLater(key: string, queue: Job[], wait: number): Promise<void> {
    try {
      await clock.sleep(wait, signal)
    } catch {
      return
    }
    const release = await slot()
    try {
      await pump(key, queue)
    } finally {
      release()
    }
  }

  function push(lane: string, prepare: () => Promise<readonly Job[]>) {
    waiting++
    const queue = queues.get(lane)
    if (queue) {
      queue.push(prepare)
      return
    }
    const fresh = [prepare]
    queues.set(lane, fresh)
    track(drain(lane, fresh))
  }

  return {
    push,
    pushLater: (inMs, lane, prepare) =>
      track(
        clock.sleep(inMs, signal).then(
          () => push(lane, prepare),
          () => {},
        ),
      ),
    waiting: () => waiting,
    async settled() {
      while (running.size > 0) await Promise.all(running)
    },
  }
}

/** A counting semaphore, first come first served. The returned function gives the slot back. */
function slots(count: number): () => Promise<() => void> {
  let free = count
  const queue: (() => void)[] = []
  const release = () => {
    const next = queue.shift()
    if (next) next()
    else free++
  }
  return async () => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => queue.push(resolve))
    return release
  }
}
