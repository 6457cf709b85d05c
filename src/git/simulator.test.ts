// On the simulated GitHub, with its permissions: the way of a pull request through git.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { expect, onTestFinished, test } from 'vitest'
import { startFixture } from '../simulator/fixture.ts'
import { systemClock } from '../system/clock.ts'
import { systemIds } from '../system/ids.ts'
import { openGit } from './open.ts'

test('a pull request from a fork is merged here, and a private repository is for those who may see it', async () => {
  const fixture = await startFixture()
  onTestFinished(() => fixture.close())
  const cacheDir = await mkdtemp(join(tmpdir(), 'bowsprit-git-'))
  onTestFinished(() => rm(cacheDir, { recursive: true }))
  const open = (login: string) =>
    openGit({
      cacheDir: join(cacheDir, login),
      scheme: 'http',
      host: new URL(fixture.sim.url).host,
      token: async () => fixture.sim.tokens[login],
      clock: systemClock,
      ids: systemIds,
      log: pino({ level: 'silent' }),
      metrics: new Registry(),
    })
  const { number } = await fixture.world.openPullRequest({
    repo: 'acme/site',
    author: 'stranger',
    title: 'New',
    files: { 'new.txt': 'new\n' },
  })
  const { base, head } = fixture.world.pullRequest('acme/site', number)
  const mirror = open('ci-bot').mirror({ org: 'acme', repo: 'site' })
  expect(await mirror.head(base.ref)).toBe(base.sha)
  const merged = await mirror.merged(base.sha, [head.sha], 'merge')
  expect(await mirror.changed(base.sha, merged)).toEqual(['new.txt'])

  const secret = { org: 'acme', repo: 'secret' }
  expect(await open('bob').mirror(secret).head('main')).toMatch(/^[0-9a-f]{40}$/)
  await expect(open('stranger').mirror(secret).head('main')).rejects.toMatchObject({ kind: 'no-repository' })
  await expect(open('nobody').mirror(secret).head('main')).rejects.toMatchObject({ kind: 'denied' })
})
