// Which deliveries that never arrived are asked for again, and how far back the next look must go. Pure.
import type { Attempt } from '../github/deliveries.ts'

/** How often a delivery was asked for, and when last. */
export interface Asked {
  readonly times: number
  /** Milliseconds since the epoch. */
  readonly at: number
}

export interface RecoveryPlan {
  /** Oldest first. */
  readonly ask: readonly Attempt[]
  /** Asked for as often as it makes sense, and failed each time. */
  readonly givenUp: readonly Attempt[]
  /** What is older needs no second look. Milliseconds since the epoch. */
  readonly from: number
}

const minute = 60_000
/** GitHub keeps deliveries for three days. */
const keptMs = 3 * 24 * 60 * minute
/** How far a webhook that is new to us is looked back at: what failed before we were set up is not ours to repeat. */
const firstLookMs = 60 * minute
/** GitHub's clock and lists may lag behind by this much. */
const slackMs = 15 * minute
/** After the first, second … time of asking, before the next. */
const waitsMs: readonly number[] = [5 * minute, 15 * minute, 60 * minute, 6 * 60 * minute]

/** From when on a webhook is looked at that has just become known. */
export const firstFrom = (now: number): number => now - firstLookMs

/** Since when deliveries have to be looked at. @param from What the last look has left. */
export const lookFrom = (from: number, now: number): number => Math.max(now - keptMs, Math.min(from, now) - slackMs)

/**
 * A delivery is asked for when none of its attempts came through and the journal has never seen it. Whatever the journal has seen will
 * be done, also when GitHub got no answer.
 */
export function planRecovery(
  attempts: readonly Attempt[],
  { knows, asked, now }: { knows(guid: string): boolean; asked: ReadonlyMap<string, Asked>; now: number },
): RecoveryPlan {
  const ask: Attempt[] = []
  const givenUp: Attempt[] = []
  let from = now
  for (const [guid, all] of Map.groupBy(attempts, (attempt) => attempt.guid)) {
    const newest = all.reduce((a, b) => (b.at > a.at ? b : a))
    if (all.some(({ ok }) => ok) || knows(guid)) continue
    const before = asked.get(guid)
    const wait = before && waitsMs[before.times - 1]
    if (before && wait === undefined) {
      givenUp.push(newest)
      continue
    }
    from = Math.min(from, ...all.map(({ at }) => at))
    if (!before || now - before.at >= (wait ?? 0)) ask.push(newest)
  }
  return { ask: ask.toSorted((a, b) => a.at - b.at), givenUp, from }
}
