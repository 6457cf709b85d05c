// clonerefs: puts the code under test where the test expects it, and writes down how.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { CloneRecord, ClonerefsOptions } from '../../api/pod-utilities.ts'
import { readOptions, utility } from '../options.ts'
import { slots } from '../slots.ts'
import type { World } from '../world.ts'
import { askpass, type Credentials } from './askpass.ts'
import { clone } from './clone.ts'
import { appTokens } from './github-app.ts'
import { checkClonerefs, clonerefsFromFlags, clonerefsShape } from './options.ts'
import { setUp } from './setup.ts'

/** Exit status 0 also when a clone failed, since initupload reports that; with `fail`, 1. */
export const clonerefs = utility('clonerefs', async (world, args, log) => {
  const options = readOptions(world, 'clonerefs', clonerefsShape, () => clonerefsFromFlags(args))
  for (const warning of checkClonerefs(options)) log.warn(warning)
  const tempDir = world.env.TMPDIR || '/tmp'
  const runner = { env: world.env, clock: world.clock }
  const records: CloneRecord[] = []

  const setup = await setUp(options, runner, tempDir, log)
  records.push(setup.record)
  try {
    if (!setup.record.failed) {
      const ask = await askpass(tempDir)
      try {
        const cloning = {
          options,
          runner: { ...runner, env: setup.env },
          askpass: ask,
          credentials: credentialsOf(options, world),
        }
        const slot = slots(options.max_parallel_workers || options.refs.length)
        await Promise.all(
          options.refs.map((refs) =>
            slot(async () => {
              records.push(await clone(refs, cloning))
            }),
          ),
        )
      } finally {
        await ask.close()
      }
    }
  } finally {
    await setup.close()
  }

  await mkdir(dirname(options.log), { recursive: true })
  await writeFile(options.log, JSON.stringify(records), { mode: 0o755 })
  const failed = records.filter((record) => record.failed)
  for (const { refs, commands } of failed) {
    log.error('Clone failed', { org: refs.org, repo: refs.repo, error: commands.at(-1)?.error })
  }
  return failed.length > 0 && options.fail ? 1 : 0
})

function credentialsOf(options: ClonerefsOptions, world: World): ((org: string) => Promise<Credentials>) | undefined {
  const { oauth_token_file, github_app_id, github_app_private_key_file } = options
  if (oauth_token_file) {
    // The token is the password, whatever the user: git shows the user name to helpers on their command line.
    const token = readFile(oauth_token_file, 'utf8')
    token.catch(() => {}) // each clone says so
    return async () => ({ user: 'x-oauth-basic', password: (await token).trim() })
  }
  if (!github_app_id || !github_app_private_key_file) return undefined
  const tokens = readFile(github_app_private_key_file, 'utf8').then((privateKey) =>
    appTokens({
      appId: github_app_id,
      privateKey,
      endpoints: options.github_api_endpoints ?? [],
      clock: world.clock,
      fetch: world.fetch,
    }),
  )
  tokens.catch(() => {})
  return async (org) => ({ user: 'x-access-token', password: await (await tokens)(org) })
}
