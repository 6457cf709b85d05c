// The marker file: tells the sidecar, and the next test step, with which code a test ended.
import { chmod, mkdtemp, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { readSmall } from './regular-file.ts'

/** Something went wrong around the test: it could not start, it timed out, its log could not be written. */
export const internalErrorCode = 127
/** The test was interrupted. */
export const abortedErrorCode = 130
/** The step before failed, so this one did not run. */
export const previousErrorCode = 1130
/** The test died from a signal, or nobody can say how it ended. */
export const unknownCode = -1

/** Writes the code as decimal text; a reader sees all of it or no file. */
export async function writeMarker(path: string, code: number, containerName = ''): Promise<void> {
  const folder = await mkdtemp(join(dirname(path), containerName || 'marker-'))
  try {
    const fresh = join(folder, 'marker')
    const file = await open(fresh, 'w')
    try {
      await file.writeFile(String(code))
      await file.sync()
    } finally {
      await file.close()
    }
    await chmod(fresh, 0o777)
    await rename(fresh, path)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A number, a line end, some space. Bytes. */
const largestMarker = 64

/** The text of a marker file. @throws Error for anything that nobody would take for one; errors of the file system. */
export const readMarker = (path: string) => readSmall(path, largestMarker)

/** The code in a marker file's text; undefined when it is none. */
export function parseMarker(text: string): number | undefined {
  const trimmed = text.trim()
  return /^[+-]?\d{1,15}$/.test(trimmed) ? Number(trimmed) : undefined
}
