// Copy mode: puts an executable at the place where the test containers look for their entrypoint.
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Writes a launcher of `program entrypoint …` to `destination`, mode 0755, making its folder. A program in a script
 * language is not one file that could be copied, so what is copied is the way to it.
 */
export async function placeEntrypoint(program: readonly string[], destination: string): Promise<void> {
  await mkdir(dirname(destination), { recursive: true, mode: 0o755 })
  const fresh = `${destination}.new`
  try {
    await writeFile(fresh, `#!/bin/sh\nexec ${[...program, 'entrypoint'].map(shellWord).join(' ')} "$@"\n`)
    await chmod(fresh, 0o755)
    await rename(fresh, destination)
  } finally {
    await rm(fresh, { force: true })
  }
}

const shellWord = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
