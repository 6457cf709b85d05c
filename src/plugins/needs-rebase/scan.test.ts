// The rounds of needs-rebase: where they look, and that nothing that fails keeps them from the rest.
import pino from 'pino'
import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { CodeHostError } from '../../api/code-host.ts'
import { systemIds } from '../../system/ids.ts'
import { settle, testClock } from '../../testing/clock.ts'
import { fixedConfig, snapshot } from '../../testing/config.ts'
import { memoryCodeHost } from '../../testing/memory-code-host.ts'
import { needsRebaseScan, scan, searchesFor } from './scan.ts'

const enabled = (...excluded_repos: string[]) => ({ plugins: ['trigger', 'needs-rebase'], excluded_repos })
const external = [{ name: 'needs-rebase', endpoint: 'http://x', events: [] }]
const begins = 'archived:false is:pr is:open '

test('inside hook: organisations without what they exclude, and repositories, one search for each organisation', () => {
  const config = snapshot({
    plugins: {
      plugins: {
        one: enabled('old'),
        'one/old': enabled(),
        'one/covered': enabled(),
        'two/a': enabled(),
        'two/b': enabled(),
        three: { plugins: ['trigger'], excluded_repos: [] },
        'a/b/c': enabled(),
      },
      external_plugins: { four: external },
    },
  }).plugins
  expect(searchesFor(config, 'plugins')).toEqual({
    searches: [
      { org: 'one', query: `${begins}org:"one" -repo:"one/old"` },
      { org: 'one', query: `${begins}repo:"one/old"` },
      { org: 'two', query: `${begins}repo:"two/a" repo:"two/b"` },
    ],
    malformed: ['a/b/c'],
  })
})

test('as a program of its own: where hook forwards to it', () => {
  const other = [{ name: 'refresh', endpoint: 'http://x', events: [] }]
  const config = snapshot({
    plugins: {
      plugins: { one: enabled() },
      external_plugins: { other: external, 'repoorg/repo': external, 'other/covered': external, 'x/y': other },
    },
  }).plugins
  expect(searchesFor(config, 'external_plugins').searches.map(({ query }) => query)).toEqual([
    `${begins}org:"other"`,
    `${begins}repo:"repoorg/repo"`,
  ])
})

function begin(plugins: Record<string, ReturnType<typeof enabled>>) {
  const clock = testClock()
  const host = memoryCodeHost(clock)
  const stopping = new AbortController()
  const config = fixedConfig({ plugins: { plugins } })
  const logged: string[] = []
  const log = pino({}, { write: (line: string) => void logged.push(JSON.parse(line).msg) })
  const world = { clock, host, log, signal: stopping.signal, covers: () => true, place: 'plugins' } as const
  return { clock, host, config, logged, world, stopping }
}

test('a round mends what is wrong, skips what is not known, and goes on after failures', async () => {
  const { host, config, logged, world } = begin({ one: enabled(), two: enabled(), three: enabled() })
  host.open({ org: 'one', repo: 'r', number: 1 }, { mergeable: false })
  host.open({ org: 'two', repo: 'r', number: 1 }, { mergeable: false })
  host.open({ org: 'three', repo: 'r', number: 1 }, { mergeable: true, labels: ['needs-rebase'] })
  const { mergeable: _, ...unknown } = host.open({ org: 'three', repo: 'r', number: 2 }, { labels: ['needs-rebase'] })
  host.state.pulls.set('three/r#2', unknown)
  host.open({ org: 'three', repo: 'r', number: 3 }, { mergeable: false, labels: ['needs-rebase'] })
  host.open({ org: 'three', repo: 'r', number: 4 }, { mergeable: false })
  host.before = (operation, at) => {
    if ((operation === 'searchPullRequests' && at.includes('org:"one"')) || at === 'three/r#4')
      throw new CodeHostError('unavailable', 502, 'no')
  }
  await scan(config.current().plugins, world)
  expect(host.effects.map((effect) => effect.split('\n')[0])).toEqual([
    'two/r#1 comment: PR needs rebase.',
    'two/r#1 +needs-rebase',
    'three/r#1 -needs-rebase',
  ])
  expect(logged).toEqual(['cannot search for pull requests', 'cannot bring the label up to date'])
})

test('repositories that the program does not work for are left alone', async () => {
  const { host, config, world } = begin({ one: enabled() })
  host.open({ org: 'one', repo: 'r', number: 1 }, { mergeable: false })
  await scan(config.current().plugins, { ...world, covers: ({ repo }) => repo !== 'r' })
  expect(host.effects).toEqual([])
})

test('where a search finds as many as it can show, old and young ones are searched apart', async () => {
  const { host, config, logged, world } = begin({ one: enabled() })
  const queries: string[] = []
  const found = Array(1000).fill({ org: 'one', repo: 'r', number: 1, labels: [], user: { login: 'x' } })
  host.searchPullRequests = async (_org, query) => {
    queries.push(query.slice(begins.length))
    return query.includes('<') ? found.slice(1) : found
  }
  await scan(config.current().plugins, world)
  const day = new Date(world.clock.now() - 60 * 86_400_000).toISOString().slice(0, 10)
  expect(queries).toEqual(['org:"one"', `org:"one" created:>=${day}`, `org:"one" created:<${day}`])
  expect(logged).toEqual(['there are more pull requests than the 1000 that a search shows'])
})

test('rounds begin at the start and once in every period, until it ends', async () => {
  const { clock, host, config, world, stopping } = begin({ one: enabled() })
  const searches = () => host.calls.filter((call) => call === 'searchPullRequests').length
  host.open({ org: 'one', repo: 'r', number: 1 }, { mergeable: true })
  let isReady = false
  const ready = () => {
    isReady = true
  }
  const base = { ids: systemIds, metrics: new Registry(), ready }
  const running = needsRebaseScan.run({ ...world, ...base, config, periodMs: 3_600_000 })
  await settle(50)
  expect([isReady, searches()]).toEqual([true, 1])
  await clock.advance('59m')
  expect(searches()).toBe(1)
  await clock.advance('1m')
  expect(searches()).toBe(2)
  stopping.abort()
  await running
})
