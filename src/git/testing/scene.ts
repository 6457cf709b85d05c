// A code host with one real repository behind a password, and git opened on it, for tests.
import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { gitServer, type TestRepo, testRepo } from '../../podutils/testing/git.ts'
import { systemClock } from '../../system/clock.ts'
import { systemIds } from '../../system/ids.ts'
import type { WritableMirror } from '../mirror.ts'
import { type GitOptions, openGit, type WritableGit } from '../open.ts'
import { watched } from './watched.ts'

export const token = 'ghs_verysecret'
const basic = (password: string) => `Basic ${Buffer.from(`x-access-token:${password}`).toString('base64')}`

/** Lines that tell where they are from. */
export function lines(from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}\n`).join('')
}

const captured: ExecFileSyncOptionsWithStringEncoding = { encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] }

export interface Scene {
  readonly folder: string
  readonly cacheDir: string
  /** The repository `org/repo` at the code host. */
  readonly repo: TestRepo
  readonly server: Awaited<ReturnType<typeof watched>>
  /** Where `org/repo` is kept. */
  readonly mirrorDir: string
  readonly metrics: Registry
  readonly logged: string[]
  /** Git as another process would open it. */
  open(more?: Partial<GitOptions>): WritableGit
  /** The mirror of `org/repo` in a git of its own. */
  mirror(more?: Partial<GitOptions>): WritableMirror
  /** Runs git in the mirror, as somebody would who looks at what is there. */
  local(...args: string[]): string
  /** Runs git at the code host with this input. */
  feed(args: readonly string[], input: string): void
  /** A commit that no branch holds, as the head of a pull request from a fork. */
  pull(files: Record<string, string>, on: string): string
  /** How many requests the server has had. */
  requests(): number
  /** How often the server has sent objects. */
  uploads(): number
  close(): Promise<void>
}

export async function gitScene(): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'bowsprit-git-'))
  const repo = testRepo(join(folder, 'host/org/repo'))
  const host = await gitServer(join(folder, 'host'), basic(token))
  const server = await watched(host.url)
  const cacheDir = join(folder, 'cache')
  const mirrorDir = join(cacheDir, 'org/repo')
  const metrics = new Registry()
  const logged: string[] = []
  const open = (more: Partial<GitOptions> = {}) =>
    openGit({
      cacheDir,
      clock: systemClock,
      ids: systemIds,
      log: pino({ level: 'debug' }, { write: (line: string) => logged.push(line) }),
      metrics,
      scheme: 'http',
      host: new URL(server.url).host,
      token: async () => token,
      ...more,
    })
  return {
    folder,
    cacheDir,
    repo,
    server,
    mirrorDir,
    metrics,
    logged,
    open,
    mirror: (more) => open(more).mirror({ org: 'org', repo: 'repo' }),
    local: (...args) => execFileSync('git', args, { cwd: mirrorDir, ...captured }).trim(),
    feed: (args, input) => execFileSync('git', args, { cwd: repo.dir, ...captured, input }),
    pull(files, on) {
      repo.git('checkout', '-q', '--detach', on)
      const sha = repo.commit('pull', files)
      repo.git('checkout', '-q', 'master')
      return sha
    },
    requests: () => server.asked.length,
    uploads: () => server.asked.filter(({ command }) => command === 'fetch').length,
    async close() {
      await server.close()
      await host.close()
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
