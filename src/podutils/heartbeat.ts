// The heartbeat of entrypoint: a file beside the marker whose content changes for as long as entrypoint lives, so that
// the sidecar can tell a long test from one that was killed together with its entrypoint and will never write a marker.
import { rm, writeFile } from 'node:fs/promises'
import type { Clock } from '../system/clock.ts'

/** Milliseconds between two beats. */
export const beatMs = 10_000

export const heartbeatFile = (markerFile: string) => `${markerFile}.alive`

/** Beats until the returned function is called, which takes the file away. A beat that cannot be written is left out. */
export async function startHeartbeat(markerFile: string, clock: Clock): Promise<() => Promise<void>> {
  const path = heartbeatFile(markerFile)
  let count = 0
  let cancel = () => {}
  let writing = Promise.resolve()
  const beat = () => {
    writing = writeFile(path, String(++count)).catch(() => {})
    cancel = clock.after(beatMs, beat)
  }
  beat()
  await writing
  return async () => {
    cancel()
    await writing
    await rm(path, { force: true })
  }
}
