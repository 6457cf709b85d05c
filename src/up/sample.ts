// The sample organisation of `npm start`: its people, its repository, its configuration, and the first conversation in it.
import { cp, mkdir, readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Seed } from '../simulator/seed.ts'

/** Where the sample's files are in this checkout. */
const folder = resolve(import.meta.dirname, '../../sample')

/** The organisation and its repository. */
export const sampleOrg = 'harbor'
export const sampleRepo = 'lighthouse'
/** The account that Bowsprit acts as there. */
export const sampleBot = 'bowsprit-bot'

/**
 * Puts the sample's configuration into the data directory, unless it is there already: from then on it is the user's to edit.
 * @returns paths for the configuration agent.
 */
export async function sampleConfig(
  dataDir: string,
): Promise<{ configPath: string; jobConfigPath: string; pluginConfigPath: string }> {
  const target = join(dataDir, 'config')
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  await cp(join(folder, 'config'), target, { recursive: true, force: false, errorOnExist: false })
  return {
    configPath: join(target, 'config.yaml'),
    jobConfigPath: join(target, 'jobs.yaml'),
    pluginConfigPath: join(target, 'plugins.yaml'),
  }
}

/** Who and what is there at the first start. */
export async function sampleSeed(): Promise<Seed> {
  return {
    users: [
      { login: 'alice', name: 'Alice' },
      { login: 'bob', name: 'Bob' },
      { login: 'casey', name: 'Casey' },
      { login: sampleBot, name: 'Bowsprit', type: 'Bot' },
    ],
    bot: sampleBot,
    orgs: [
      { login: sampleOrg, name: 'Harbor', admins: ['alice', sampleBot], members: ['bob'], defaultPermission: 'write' },
    ],
    repos: [
      {
        owner: sampleOrg,
        name: sampleRepo,
        description: 'Computes how far the beam of a lighthouse reaches',
        files: await sampleFiles(),
        // What `/kind` may set; the bot makes its own labels when it needs them.
        labels: ['bug', 'documentation', 'feature'].map((kind) => ({ name: `kind/${kind}` })),
        forks: ['casey'],
      },
    ],
  }
}

/** The organisation's webhook, which moves with hook's port. */
export const sampleHook = (url: string, secret: string): Seed => ({ hooks: [{ org: sampleOrg, url, secret }] })

/** File name → content of the sample repository. */
async function sampleFiles(): Promise<Record<string, string>> {
  const dir = join(folder, sampleRepo)
  const names = (await readdir(dir)).sort()
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(dir, name), 'utf8')])),
  )
}

/** The first pull request: casey, who is new, adds a line to the README. */
export const firstPullRequest = {
  title: 'Say how far the beam of our own lamp reaches',
  body: 'The lamp hangs at 40 m, so it is seen from 22.6 km.',
  addToReadme: '\nOur own lamp hangs 40 m above the sea and is seen from 22.6 km.\n',
  /** What alice answers: it makes the newcomer trusted and starts the tests. */
  answer: 'Thank you, that is useful!\n\n/ok-to-test\n/test all',
} as const
