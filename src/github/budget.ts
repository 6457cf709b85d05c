// Who may spend what is left of GitHub's quota: merging before commands before cosmetics. A pure decision.

/** What a request is for. The later ones wait when quota runs short. */
export const priorities = ['merge', 'command', 'cosmetic'] as const
export type Priority = (typeof priorities)[number]

/** What GitHub said last about one of its limits. */
export interface Quota {
  readonly limit: number
  readonly remaining: number
  /** Milliseconds since the epoch. */
  readonly resetsAt: number
}

// The share of the whole quota that a class leaves to the classes before it.
const leaves: Readonly<Record<Priority, number>> = { merge: 0, command: 0.05, cosmetic: 0.2 }

// GitHub's windows are an hour at most; what says otherwise is not believed.
const longestWindowMs = 3_600_000
// GitHub counts whole seconds.
const afterResetMs = 1000

/**
 * Whether a request may be sent now (undefined), or until when it waits, in milliseconds since the epoch.
 * @param quota Undefined: nothing is known, or the server has no limits.
 * @param pausedUntil End of a secondary limit, which holds for every class.
 */
export function waitUntil(
  priority: Priority,
  { quota, pausedUntil = 0 }: { readonly quota?: Quota | undefined; readonly pausedUntil?: number | undefined },
  now: number,
): number | undefined {
  if (pausedUntil > now) return Math.min(pausedUntil, now + longestWindowMs)
  if (!quota || quota.remaining > quota.limit * leaves[priority]) return undefined
  const until = Math.min(quota.resetsAt + afterResetMs, now + longestWindowMs)
  return until > now ? until : undefined
}
