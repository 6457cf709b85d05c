// One code host for everybody, and each plugin's own view of it: its name, its priority, and whether anything is written.
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { dryRunHost } from '../github/dry-run.ts'
import { client, pr, scripted } from '../github/testing/client.ts'
import { hostsOf } from './github-hosts.ts'

test('requests count for whoever sends them, and who the bot is, is asked for once', async () => {
  const { url, lines } = await scripted((request) => [200, request.url === '/user' ? { login: 'robot' } : []])
  const { clients } = client(url, { userAgent: 'bowsprit/1' })
  const { host, hostFor } = hostsOf(clients)
  for (const name of ['tide', 'lgtm', 'cat']) {
    expect(await hostFor(name).isBot('robot')).toBe(true)
    await hostFor(name).labels(pr)
  }
  await host.labels(pr)
  expect(hostFor('lgtm')).toBe(hostFor('lgtm'))
  expect(lines().filter((line) => line === 'GET /user')).toHaveLength(1)
  expect(clients.budget.spending().filter(({ where }) => where === 'o/r')).toEqual([
    { by: 'bowsprit.tide', priority: 'merge', where: 'o/r', paid: 1, free: 0 },
    { by: 'bowsprit.lgtm', priority: 'command', where: 'o/r', paid: 1, free: 0 },
    { by: 'bowsprit.cat', priority: 'cosmetic', where: 'o/r', paid: 1, free: 0 },
    { by: 'bowsprit', priority: 'command', where: 'o/r', paid: 1, free: 0 },
  ])
})

test('a dry run is one for every plugin', async () => {
  const { url, lines } = await scripted(() => [200, { login: 'robot' }])
  const { clients, logged } = client(url)
  const { hostFor } = hostsOf(clients, (host) =>
    dryRunHost(host, pino({}, { write: (line) => void logged.push(line) })),
  )
  await hostFor('lgtm').addLabel(pr, 'lgtm')
  expect(lines()).toEqual([])
  expect(logged.join('')).toContain('not sent to the code host')
})
