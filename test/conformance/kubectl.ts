// The real kubectl as a child process, for tests that look at an API server as people do.
import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { promisify } from 'node:util'
import { expect } from 'vitest'

/** What a command printed; `code` is its exit code. */
interface Printed {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** A command that goes on. */
interface Following {
  /** The next line of its output; undefined after the last. */
  line(): Promise<string | undefined>
  /** Reads lines until one matches, and returns all of them. Fails when the output ends before. */
  until(pattern: RegExp): Promise<string[]>
  /** Its exit code, when it ends by itself. */
  readonly ended: Promise<number | null>
  stop(): Promise<void>
}

/** kubectl with the kubeconfig of a data directory. */
export interface Kubectl {
  /** Runs a command line; parts in single quotes may hold blanks. `stdin` is sent as JSON. */
  run(args: string, stdin?: unknown): Promise<Printed>
  /** Runs a command that has to succeed; returns what it printed. */
  ok(args: string, stdin?: unknown): Promise<string>
  /** Starts a command that goes on until it is stopped. */
  follow(args: string): Following
}

/** False, and a loud word about it, where there is no kubectl. */
export async function kubectlIsThere(test: string): Promise<boolean> {
  const version = await promisify(execFile)('kubectl', ['version', '--client', '-o', 'json']).catch(() => undefined)
  if (!version) process.stderr.write(`SKIPPED: ${test} needs kubectl on the PATH\n`)
  return version !== undefined
}

/** @param dataDir Is asked for at each command, because the server may not have been started yet. */
export function kubectlOf(dataDir: () => string): Kubectl {
  function start(args: string): ChildProcessByStdio<Writable, Readable, Readable> {
    // Nothing goes through a shell.
    const words = [...args.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
    const files = ['--kubeconfig', join(dataDir(), 'kubeconfig'), '--cache-dir', join(dataDir(), 'kubectl-cache')]
    return spawn('kubectl', [...files, ...words], { stdio: ['pipe', 'pipe', 'pipe'] })
  }

  async function run(args: string, stdin?: unknown): Promise<Printed> {
    const child = start(args)
    const texts = { out: '', err: '' }
    child.stdout.on('data', (chunk) => {
      texts.out += chunk
    })
    child.stderr.on('data', (chunk) => {
      texts.err += chunk
    })
    child.stdin.end(stdin === undefined ? '' : JSON.stringify(stdin))
    const [code] = await once(child, 'close')
    return { code, ...texts }
  }

  return {
    run,
    async ok(args, stdin) {
      const { code, out, err } = await run(args, stdin)
      expect([args, code, err]).toEqual([args, 0, err])
      return out
    },
    follow(args) {
      const child = start(args)
      child.stdin.end()
      child.stderr.resume()
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
      const ended = once(child, 'close').then(([code]) => code as number | null)
      const line = async () => (await lines.next()).value as string | undefined
      return {
        line,
        async until(pattern) {
          const seen: string[] = []
          for (;;) {
            const next = await line()
            if (next === undefined) throw new Error(`kubectl ${args} ended without ${pattern}:\n${seen.join('\n')}`)
            seen.push(next)
            if (pattern.test(next)) return seen
          }
        },
        ended,
        async stop() {
          child.kill()
          await ended
        },
      }
    },
  }
}

/** Lines of a table, each cut at its columns. */
export const rows = (text: string): string[][] =>
  text
    .trim()
    .split('\n')
    .map((line) => line.split(/\s{2,}/))
