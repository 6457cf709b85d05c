// The list of plugins as people and programs get it: all of them, and those of one repository with their settings.
import { expect, test } from 'vitest'
import { commandLine, folderWith } from '../testing/command-line.ts'
import type { PluginListing } from '../tools/plugins.ts'

const contract = new URL('../hook/plugin.ts', import.meta.url).pathname
const files = {
  'config.yaml': '{}\n',
  'plugins.yaml': `
plugins:
  o: {plugins: [hold, lgtm], excluded_repos: [s]}
  o/r: {plugins: [trigger, mine, gone, golint]}
external_plugins:
  o: [{name: needs-rebase, endpoint: 'http://needs-rebase:8888', events: [pull_request]}]
  p: [{name: other}]
lgtm: [{repos: [o/r], review_acts_as_lgtm: true, store_tree_hash: true}]
`,
  'mine.ts': `import { plugin } from '${contract}'
export default plugin({ name: 'mine', contract: 1, about: 'Mine \u001b[2J.', handlers: { push: async () => {} } })`,
}

function list(...args: string[]) {
  const cwd = folderWith(files)
  const paths = [`--config-path=${cwd}/config.yaml`, `--plugin-config=${cwd}/plugins.yaml`]
  return commandLine(['plugins', ...paths, '--plugin-module=mine=mine.ts', ...args], { cwd })
}

test('without a repository: all plugins, and who enables them', async () => {
  const { code, stdout } = await list('--output=json')
  expect(code).toBe(0)
  const listings = JSON.parse(stdout) as PluginListing[]
  expect(listings.map(({ name, kind, enabled_by }) => [name, kind, ...enabled_by])).toEqual(
    expect.arrayContaining([
      ['hold', 'plugin', 'o'],
      ['mine', 'plugin', 'o/r'],
      ['help', 'plugin'],
      ['needs-rebase', 'external', 'o'],
      ['other', 'external', 'p'],
      ['golint', 'retired', 'o/r'],
      ['project', 'retired'],
    ]),
  )
  expect(listings.find(({ name }) => name === 'hold')?.commands).toEqual([
    {
      usage: '/[remove-][un]hold [cancel]',
      about: expect.stringContaining('Adds or removes'),
      who: 'Anybody.',
      examples: ['/hold', '/hold cancel', '/unhold', '/remove-hold'],
    },
  ])
})

test('with one: what it has and why, its settings, and what does nothing', async () => {
  const { code, stdout } = await list('--repo=o/r')
  expect(code).toBe(0)
  expect(stdout).toMatch(
    /^hold: Adds or removes the label 'do-not-merge\/hold'.*\n {2}enabled by o\n {2}\/\[remove-\]\[un\]hold \[cancel\]\n/,
  )
  expect(stdout).toContain(
    '  Settings: Reviews of "approve" or "request changes" act as adding or removing LGTM.\n  Settings: Squashing commits does not remove LGTM.\n',
  )
  expect(stdout).toContain('  /test [<job name>|all]\n')
  expect(stdout).toContain('mine: Mine  [2J.\n  enabled by o/r\n')
  expect(stdout).toMatch(/\ngolint: does nothing any more: golint was frozen .*\n {2}enabled by o\/r\n/)
  expect(stdout).toContain('gone: there is no plugin of that name, so it does nothing\n  enabled by o/r\n')
  expect(stdout).toContain(
    'needs-rebase: an external plugin at http://needs-rebase:8888\n  enabled by o\n  gets pull_request\n',
  )
  expect(stdout).not.toContain('other')
})

test('a repository that is excluded, and one that has none', async () => {
  expect(JSON.parse((await list('--repo=o/s', '--output=json')).stdout)).toMatchObject([{ name: 'needs-rebase' }])
  expect((await list('--repo=q/q')).stdout).toBe('q/q has no plugins.\n')
})

test.each<[args: string[], says: string]>([
  [['plugins', '--repo=o'], '"o" is no repository; write org/repo'],
  [['plugins', '--repo=o/r'], '--repo needs --config-path and --plugin-config'],
  [['plugins', 'hold'], '"hold"'],
])('%j is wrong use', async (args, says) => {
  const { code, stderr } = await commandLine(args)
  expect(code).toBe(2)
  expect(stderr).toContain(says)
})
