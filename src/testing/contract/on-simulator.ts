// The stage on the simulated GitHub, seen through the real client.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import type { IssueRef } from '../../api/code-host.ts'
import { githubHost } from '../../github/host.ts'
import { createOctokits } from '../../github/octokit.ts'
import { startSimulator } from '../../simulator/simulator.ts'
import { systemClock } from '../../system/clock.ts'
import { systemIds } from '../../system/ids.ts'
import { at, bobsAddress, bot, elsewhere, files, kindBug, milestones, team } from './cast.ts'
import type { Standing } from './stage.ts'

const log = pino({ level: 'silent' })
const repo = `${at.org}/${at.repo}`

/** A simulator with the cast. */
export async function startWorld() {
  const dataDir = await mkdtemp(join(tmpdir(), 'bowsprit-stage-'))
  const simulator = await startSimulator({
    dataDir,
    listen: { host: '127.0.0.1', port: 0 },
    clock: systemClock,
    ids: systemIds,
    log,
    seed: {
      bot,
      users: [{ login: 'alice' }, { login: 'bob', email: bobsAddress }, { login: 'casey' }],
      orgs: [{ login: at.org, admins: ['alice', bot], members: ['bob'], defaultPermission: 'write' }],
      repos: [
        { owner: at.org, name: at.repo, forks: ['casey'], labels: [kindBug] },
        { owner: elsewhere.org, name: elsewhere.repo },
      ],
    },
  })
  const { world } = simulator
  await world.push({ repo, author: 'alice', files, message: 'Build a lighthouse' })
  await world.branch({ repo, by: 'alice', branch: 'release-1' })
  for (const { title, state } of milestones) world.addMilestone({ repo, by: 'alice', title, state })
  world.addTeam({ org: at.org, by: 'alice', name: team.name, members: ['bob'], repos: { [at.repo]: 'push' } })
  const stops: (() => Promise<unknown>)[] = [
    () => simulator.close(),
    () => rm(dataDir, { recursive: true, force: true }),
  ]
  return {
    simulator,
    /** The client of somebody. */
    hostOf(login: string) {
      const clients = createOctokits({
        endpoint: simulator.apiUrl,
        credentials: { token: () => simulator.tokens[login] ?? '' },
        userAgent: 'test/1',
        clock: systemClock,
        log,
        metrics: new Registry(),
        retryPauseMs: 1,
      })
      stops.unshift(() => clients.close())
      return githubHost(clients)
    },
    async stop(): Promise<void> {
      for (const stop of stops) await stop()
    },
  }
}

export async function onSimulator(): Promise<Standing> {
  const { simulator, hostOf, stop } = await startWorld()
  const { world } = simulator
  const verdicts = { approved: 'APPROVE', changes_requested: 'REQUEST_CHANGES' } as const
  const on = ({ number }: IssueRef, by: string) => ({ repo, number, by })
  return {
    stop,
    stage: {
      host: hostOf(bot),
      openIssue: async (author, title, body = '') => ({
        ...at,
        number: world.openIssue({ repo, author, title, body }),
      }),
      async openPull(author, title, given) {
        const content = { 'lamp.txt': `${title}\n` }
        const { number } = await world.openPullRequest({ repo, author, title, files: content, ...given })
        return { ...at, number }
      },
      merge: async (pull) => void (await world.merge(on(pull, 'alice'))),
      say: async ({ number }, author, body) => world.comment({ repo, number, author, body }).id,
      review: async ({ number }, author, state, body = '') =>
        void (await world.review({ repo, number, author, event: verdicts[state], body })),
      label: async (issue, login, label) => world.addLabel({ ...on(issue, login), label }),
      protect: async (branch, contexts) => world.protect({ repo, by: 'alice', branch, contexts }),
      setBusy: async (login) => world.setBusy(login, true),
      checkRun: (sha, name, conclusion) =>
        world.checkRun({ repo, by: 'alice', sha, name, ...(conclusion && { conclusion }) }),
    },
  }
}
