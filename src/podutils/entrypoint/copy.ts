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
    const lines = [
      '#!/bin/sh',
      ...forTheTest.map(setAside),
      `exec ${[...program, 'entrypoint'].map(shellWord).join(' ')} "$@"`,
    ]
    await writeFile(fresh, `${lines.join('\n')}\n`)
    await chmod(fresh, 0o755)
    await rename(fresh, destination)
  } finally {
    await rm(fresh, { force: true })
  }
}

// Settings that a job makes for its own Node.js. They would as well hold for this program, which is not the job's: with a
// `--require` of a file that only the job knows it could not even start.
const forTheTest = ['NODE_OPTIONS', 'NODE_DEBUG', 'NODE_V8_COVERAGE']
const aside = 'ENTRYPOINT_KEPT_'

const setAside = (name: string) => `[ -z "\${${name}+x}" ] || { export ${aside}${name}="$${name}"; unset ${name}; }`

/** The environment of the test: what the launcher has set aside is back. */
export function testEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name.startsWith(aside) ? name.slice(aside.length) : name, value]),
  )
}

const shellWord = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
