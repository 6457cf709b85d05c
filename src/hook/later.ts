// "Not now": what a handler returns to be called again after a while.

const day = 86_400_000

/** Made by `later`. */
export class Later {
  readonly inMs: number
  constructor(inMs: number) {
    this.inMs = inMs
  }
}

/**
 * A handler that returns this is called again with the same event, also when the process ends meanwhile. It is no failure, and nobody
 * waits for it: what comes in the meantime is handled first. The next call has the same `delivery`; how long to wait follows from
 * `delivery.receivedAt`, so that the next call knows that it has waited.
 * @param inMs More than nothing. After a day it is called in any case, and can say it again.
 */
export function later(inMs: number): Later {
  if (!(inMs > 0)) throw new RangeError(`later(${inMs}): give milliseconds, more than 0`)
  return new Later(Math.min(inMs, day))
}
