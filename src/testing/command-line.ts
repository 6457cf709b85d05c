// A command line, run in a folder of its own with files that the test gives, as a person would run it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { onTestFinished } from 'vitest'
import { main } from '../cli/main.ts'

/** What a command line has done. */
interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A folder with files, until the test ends. Returns its path. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'command-line-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}

/** Runs `bowsprit <args>`. With `tty` its output is a terminal. */
export async function commandLine(
  args: readonly string[],
  options: { cwd?: string; stdin?: string; tty?: boolean; env?: Record<string, string> } = {},
): Promise<Ran> {
  const said = { stdout: '', stderr: '' }
  const stream = (name: keyof typeof said) =>
    Object.assign(
      new Writable({
        write(chunk, _encoding, done) {
          said[name] += chunk
          done()
        },
      }),
      { isTTY: options.tty ?? false },
    )
  const code = await main({
    args,
    env: options.env ?? {},
    cwd: options.cwd ?? tmpdir(),
    execPath: '',
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    stdin: Readable.from(options.stdin === undefined ? [] : [options.stdin]),
    stopped: () => new AbortController().signal,
    memory: () => 0,
  })
  return { code, ...said }
}
