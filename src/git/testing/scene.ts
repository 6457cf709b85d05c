// A code host with one real repository behind a password, and git opened on it, for tests.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { gitServer, type TestRepo, testRepo } from '../../podutils/testing/git.ts'
import { systemClock } from '../../system/clock.ts'
import { systemIds } from '../../system/ids.ts'
import type { Git, Mirror } from '../git.ts'
import { type GitOptions, openGit } from '../open.ts'

export const token = 'ghs_verysecret'
const basic = (password: string) => `Basic ${Buffer.from(`x-access-token:${password}`).toString('base64')}`

export interface Scene {
  readonly folder: string
  readonly cacheDir: string
  /** The repository `org/repo` at the code host. */
  readonly repo: TestRepo
  readonly server: Awaited<ReturnType<typeof gitServer>>
  /** Where `org/repo` is kept. */
  readonly mirrorDir: string
  readonly metrics: Registry
  readonly logged: string[]
  /** Git as another process would open it. */
  open(more?: Partial<GitOptions>): Git
  /** The mirror of `org/repo` in a git of its own. */
  mirror(more?: Partial<GitOptions>): Mirror
  /** How many requests for objects the server has had. */
  fetches(): number
  close(): Promise<void>
}

export async function gitScene(): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'bowsprit-git-'))
  const repo = testRepo(join(folder, 'host/org/repo'))
  const server = await gitServer(join(folder, 'host'), basic(token))
  const cacheDir = join(folder, 'cache')
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
    mirrorDir: join(cacheDir, 'org/repo'),
    metrics,
    logged,
    open,
    mirror: (more) => open(more).mirror({ org: 'org', repo: 'repo' }),
    fetches: () => server.seen.length,
    async close() {
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
