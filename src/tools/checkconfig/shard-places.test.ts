// Where supplemental files may lie, one row per rule.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folderWith } from '../../testing/command-line.ts'
import { readConfiguration } from '../reading.ts'
import { checkReading } from './outcome.ts'

const name = 'validate-supplemental-prow-config-hierarchy'

async function saysOf(path: string, text: string): Promise<readonly string[]> {
  const folder = folderWith({ 'config.yaml': '', 'plugins.yaml': '', [join('more', path)]: text })
  const dirs = [join(folder, 'more')]
  const reading = await readConfiguration(
    {
      configPath: join(folder, 'config.yaml'),
      pluginConfigPath: join(folder, 'plugins.yaml'),
      supplementalConfigDirs: dirs,
      supplementalPluginDirs: dirs,
    },
    0,
  )
  expect(reading.problems).toEqual([])
  const options = { requiredAnnotations: [], hasPlugins: true, shardRoots: { main: dirs, plugins: dirs } }
  const { remarks } = checkReading(reading, [name], options)
  return remarks.flatMap((each) => {
    if (each.code !== name) return []
    expect(each.place?.file).toBe(join(folder, 'more', path))
    return [each.message.replace(/^is about \S+ by its folder, but /, '')]
  })
}

const main = 'x_prowconfig.yaml'
const plugins = 'x_pluginconfig.yaml'
test.each<[why: string, path: string, text: string, says: string[]]>([
  ['beside the folders anything', main, 'tide: {queries: [{orgs: [o, p]}]}', []],
  ['an org', `o/${main}`, 'tide: {queries: [{orgs: [o]}]}', []],
  ['the policy of an org', `o/${main}`, 'branch-protection: {orgs: {o: {protect: true}}}', []],
  ['nothing', `o/${main}`, '# nothing\n', ['sets nothing for it']],
  [
    'another org',
    `o/${main}`,
    'slack_reporter_configs: {p: {channel: c}}',
    ['also sets what is for p', 'sets nothing for it'],
  ],
  [
    'a repository of the org',
    `o/${main}`,
    'tide: {queries: [{orgs: [o]}, {repos: [o/r]}]}',
    ['also sets what is for o/r'],
  ],
  [
    'everything',
    `o/${main}`,
    'tide: {queries: [{orgs: [o]}]}\nslack_reporter_configs: {"*": {channel: c}}',
    ['sets slack_reporter_configs for all'],
  ],
  [
    'a flag for all branches',
    `o/${main}`,
    'branch-protection: {allow_disabled_policies: true, orgs: {o: {protect: true}}}',
    ['sets branch-protection for all'],
  ],
  [
    'a repository',
    `o/r/${main}`,
    'tide: {merge_method: {o/r: squash}}\nbranch-protection: {orgs: {o: {repos: {r: {protect: true}}}}}',
    [],
  ],
  ['a branch of a repository', `o/r/${main}`, 'tide: {merge_method: {o/r@main: squash}}', []],
  ['a method in the nested form', `o/r/${main}`, 'tide: {merge_method: {o: {r: squash}}}', []],
  [
    'its org',
    `o/r/${main}`,
    'branch-protection: {orgs: {o: {protect: true, repos: {r: {protect: true}}}}}',
    ['also sets what is for o'],
  ],
  ['another repository', `o/r/${main}`, 'tide: {queries: [{repos: [o/r, o/s]}]}', ['also sets what is for o/s']],
  ['three folders', `o/r/x/${main}`, '', ['lies 3 folders deep: at most ORG/REPO is possible']],
  ['plugins of an org', `o/${plugins}`, 'plugins: {o: {plugins: [hold]}}\nexternal_plugins: {o: [{name: x}]}', []],
  [
    'plugins of another',
    `o/${plugins}`,
    'plugins: {p: {plugins: [hold]}}',
    ['also sets what is for p', 'sets nothing for it'],
  ],
  [
    'entries',
    `o/r/${plugins}`,
    'approve: [{repos: [o/r]}]\nlgtm: [{repos: [o/r]}]\ntriggers: [{repos: [o/s]}]\nwelcome: [{repos: [o/r]}]',
    ['also sets what is for o/s'],
  ],
  [
    'labels',
    `o/${plugins}`,
    'label: {restricted_labels: {o: [{label: x}], "*": [{label: y}]}}',
    ['sets label for all'],
  ],
  [
    'bugs',
    `o/${plugins}`,
    'bugzilla: {orgs: {o: {default: {"*": {}}, repos: {r: {}}}}}',
    ['also sets what is for o/r'],
  ],
  [
    'bugs of all',
    `o/${plugins}`,
    'bugzilla: {default: {"*": {}}, orgs: {o: {default: {"*": {}}}}}',
    ['sets bugzilla for all'],
  ],
])('%s', async (_why, path, text, says) => {
  expect(await saysOf(path, text)).toEqual(says)
})
