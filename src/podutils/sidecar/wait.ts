// Waits until every test of the Pod has ended, and notices when one never will say so.
import { dirname } from 'node:path'
import type { WrapperOptions } from '../../api/pod-utilities.ts'
import type { Clock } from '../../system/clock.ts'
import { heartbeatFile } from '../heartbeat.ts'
import { messageOf } from '../log.ts'
import { parseMarker, readMarker, unknownCode } from '../marker.ts'
import { pollMs, watchFolder } from '../watch-folder.ts'

/** How one test ended. */
export interface Ending {
  readonly code: number
  /** Why the code is not the test's own. */
  readonly error?: string
  /** The entrypoint was killed before it could write a marker. */
  readonly lost?: boolean
}

/** So many looks at a heartbeat that stands still, ten seconds apart, mean that entrypoint is gone. */
export const lookBeforeLost = 12

/** The entry's ending once its marker is there. Waits for ever for an entrypoint that never gave a heartbeat. */
export async function waitForEnding(entry: WrapperOptions, clock: Clock): Promise<Ending> {
  const folder = watchFolder(dirname(entry.marker_file), clock)
  const never = new AbortController().signal
  const heart = heartOf(heartbeatFile(entry.marker_file), clock)
  try {
    for (;;) {
      const ending = await endingIn(entry.marker_file)
      if (ending) return ending
      if (await heart.stoppedBeating()) {
        // It may have written its last word in between.
        return (await endingIn(entry.marker_file)) ?? lostEnding
      }
      await folder.next(never)
    }
  } finally {
    folder.close()
  }
}

const lostEnding: Ending = {
  code: unknownCode,
  error: 'entrypoint ended without writing how the test ended; it was probably killed because memory ran out',
  lost: true,
}

async function endingIn(marker: string): Promise<Ending | undefined> {
  try {
    const text = await readMarker(marker)
    const code = parseMarker(text)
    return code === undefined ? { code: unknownCode, error: `invalid exit code ${JSON.stringify(text)}` } : { code }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    return { code: unknownCode, error: messageOf(error) }
  }
}

/** Counts looks, not time: while a machine sleeps, time passes for nobody's heart. */
function heartOf(path: string, clock: Clock) {
  let last: string | undefined
  let looks = 0
  let lookedAt = clock.now()
  return {
    async stoppedBeating(): Promise<boolean> {
      const beat = await readMarker(path).catch(() => undefined)
      if (beat !== undefined && beat !== last) {
        last = beat
        looks = 0
        lookedAt = clock.now()
      } else if (last !== undefined && clock.now() - lookedAt >= pollMs) {
        looks++
        lookedAt = clock.now()
      }
      return looks >= lookBeforeLost
    },
  }
}

export interface Verdict {
  readonly passed: boolean
  readonly aborted: boolean
  readonly failures: number
}

/** What the endings of all tests come to. A step that did not run because one before failed is no failure. */
export function verdictOf(endings: readonly Ending[]): Verdict {
  const failures = endings.filter(({ code, error }) => error !== undefined || (code !== 0 && code !== 1130)).length
  return {
    passed: endings.every(({ code, error }) => code === 0 && error === undefined),
    aborted: endings.some(({ code }) => code === 130),
    failures,
  }
}
