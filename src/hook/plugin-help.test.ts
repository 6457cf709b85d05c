// /plugin-help by itself: how long lists of repositories hold, and how long external plugins are waited for.
import pino from 'pino'
import { expect, test } from 'vitest'
import { settle, testClock } from '../testing/clock.ts'
import { snapshot } from '../testing/config.ts'
import { plugin } from './plugin.ts'
import { type HelpNeeds, pluginHelp } from './plugin-help.ts'

const external = (name: string, ...events: string[]) => ({ name, endpoint: `http://${name}/in/`, events })
const quiet = plugin({ name: 'quiet', about: 'Does its work.', commands: [], handlers: { push: async () => {} } })

function scene(needs: Partial<HelpNeeds> = {}) {
  const clock = testClock()
  const asked: string[] = []
  const { plugins } = snapshot({
    plugins: {
      plugins: { org: { plugins: ['quiet'], excluded_repos: [] } },
      external_plugins: { 'org/a': [external('all'), external('slow', 'push')] },
    },
  })
  const help = pluginHelp({
    plugins: () => plugins,
    known: ['quiet', 'broken'],
    load: async (name) => (name === 'quiet' ? quiet : Promise.reject(new Error('no'))),
    host: {
      async repositories(org) {
        asked.push(org)
        return ['b', 'a']
      },
    },
    fetch: async () => Response.json({ Description: 'd' }),
    clock,
    log: pino({ level: 'silent' }),
    ...needs,
  })
  return { help, clock, asked }
}

test('repositories are asked for again after an hour', async () => {
  const { help, clock, asked } = scene()
  await help()
  await clock.advance('59m59s')
  await help()
  expect(asked).toEqual(['org'])
  await clock.advance('1s')
  await help()
  expect(asked).toEqual(['org', 'org'])
})

test('what was never set is null, and a plugin that cannot be loaded is known all the same', async () => {
  const { help } = scene()
  const { PluginHelp, RepoPlugins, ExternalPluginHelp } = await help()
  expect(PluginHelp).toEqual({
    quiet: { Description: 'Does its work.', Config: null, Events: ['push'], Commands: null },
  })
  expect(RepoPlugins).toEqual({ org: ['quiet'], '': ['broken', 'quiet'] })
  expect(ExternalPluginHelp).toEqual({
    all: { Description: 'd', Events: null },
    slow: { Description: 'd', Events: ['push'] },
  })
})

test('an external plugin has a second to answer; the others need not wait for more than that', async () => {
  const requests: [url: string, init: RequestInit | undefined][] = []
  const { help, clock } = scene({
    fetch: async (input, init) => {
      requests.push([String(input), init])
      if (!String(input).includes('slow')) return Response.json({ Description: 'd' })
      return new Promise<Response>((_, reject) =>
        init?.signal?.addEventListener('abort', () => reject(new Error('late'))),
      )
    },
  })
  let document: Awaited<ReturnType<typeof help>> | undefined
  void help().then((answer) => {
    document = answer
  })
  await clock.advance('999ms')
  expect(document).toBeUndefined()
  await clock.advance('1ms')
  await settle()
  expect(Object.keys(document?.ExternalPluginHelp ?? {})).toEqual(['all'])
  expect(requests.map(([url]) => url).sort()).toEqual(['http://all/in/help', 'http://slow/in/help'])
  expect(requests[0]?.[1]).toMatchObject({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '[{"Org":"org","Repo":"a"}]',
  })
})
