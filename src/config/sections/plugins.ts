// plugins.yaml: which plugins are enabled where, and the sections of all of them, from one file or several.
import { mapOf } from '../collections.ts'
import { configErrors } from '../errors.ts'
import { asMap, type Infer } from '../fields.ts'
import { type Opened, type Report, silent } from '../report.ts'
import type { ExternalPlugin, PluginConfig } from '../types.ts'
import { type Path, parseYaml } from '../yaml.ts'
import { checkSections } from './plugins/checks.ts'
import { finishConfigUpdater } from './plugins/config-updater.ts'
import { mergeShard } from './plugins/merge.ts'
import { enabled, type PluginSections, pluginSections } from './plugins/sections.ts'

/** Sections and enabled plugins as they stand in a file. */
export interface ReadPlugins {
  readonly plugins: Readonly<Record<string, Enabled>>
  readonly sections: PluginSections
}

/** Reads the plugin configuration, of one file and of supplemental ones. */
export function readPlugins(main: Opened, shards: readonly Opened[]): PluginConfig {
  const { report } = main
  const first = readFile(main)
  checkSections(first.sections, report)
  const { plugins, sections } = shards.reduce((whole, shard) => mergeShard(whole, readFile(shard), shard), first)
  if (Object.keys(plugins).length === 0 && asMap(main.file.value) !== undefined) {
    report.warn(['plugins'], configErrors.NO_PLUGINS({}), 'key')
  }
  checkTwice(plugins, report)
  checkExternal(sections.external_plugins, report)
  for (const name of ['approve', 'welcome', 'invalid_commit_msg'] as const) checkRepeated(name, sections[name], report)
  const { external_plugins, triggers, lgtm, help, ...others } = sections
  return {
    plugins,
    external_plugins: mapValues(external_plugins, (list) => list.map(withEndpoint)),
    triggers: triggers.map(withJoinUrl),
    lgtm,
    help,
    sections: { ...others, config_updater: finishConfigUpdater(others.config_updater) },
  }
}

function readFile({ file, report }: Opened): ReadPlugins {
  const map = asMap(file.value) ?? {}
  return { plugins: readEnabled(map.plugins, report), sections: pluginSections.read(map, [], report) }
}

/** The configuration of a process without plugins.yaml. */
export const noPlugins = (): PluginConfig => readPlugins({ file: parseYaml('', ''), report: silent }, [])

function checkRepeated(name: string, entries: readonly { readonly repos: readonly string[] }[], report: Report): void {
  const seen = new Set<string>()
  for (const [index, { repos }] of entries.entries()) {
    for (const [each, repo] of repos.entries()) {
      if (seen.has(repo)) {
        report.error(
          [name, index, 'repos', each],
          configErrors.PLUGIN_SETTING({ why: `${repo} stands in two entries` }),
        )
      }
      seen.add(repo)
    }
  }
}

const mapValues = <A, B>(map: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]))

const withEndpoint = (plugin: ExternalPlugin): ExternalPlugin => ({
  ...plugin,
  endpoint: plugin.endpoint || `http://${plugin.name}`,
})

type Trigger = PluginSections['triggers'][number]

function withJoinUrl(entry: Trigger): Trigger {
  if (entry.join_org_url !== '' || entry.trusted_org === '') return entry
  return { ...entry, join_org_url: `https://github.com/orgs/${entry.trusted_org}/people` }
}

type Enabled = Infer<typeof enabled>

/** Maps with `plugins`, or for the whole section the older form: plain lists. */
function readEnabled(value: unknown, report: Report): Record<string, Enabled> {
  if (value === undefined || value === null) return {}
  const map = asMap(value) ?? {}
  const lists = Object.values(map).filter((each) => Array.isArray(each)).length
  if (lists > 0 && lists < Object.keys(map).length) report.error(['plugins'], configErrors.PLUGINS_MIXED({}))
  if (lists > 0) {
    const instead = 'write a map with the list "plugins" for each org and repository'
    report.warn(['plugins'], configErrors.DEPRECATED({ field: 'a plain list of plugins', instead }), 'key')
  }
  const newForm = lists > 0 ? mapValues(map, (plugins) => (Array.isArray(plugins) ? { plugins } : plugins)) : value
  const read = mapOf(enabled, { about: '' }).read(newForm, ['plugins'], report)
  return Object.fromEntries(
    Object.entries(read).map(([at, entry]) => [
      at,
      { ...entry, plugins: entry.plugins.map((name, index) => currentName(name, ['plugins', at, index], report)) },
    ]),
  )
}

const renamed: ReadonlyMap<string, string> = new Map([['transfer-issue', 'issue-management']])

function currentName(name: string, path: Path, report: Report): string {
  const to = renamed.get(name)
  if (to === undefined) return name
  report.warn(path, configErrors.PLUGIN_RENAMED({ from: name, to }))
  return to
}

function checkTwice(plugins: Readonly<Record<string, Enabled>>, report: Report): void {
  for (const [at, { plugins: own }] of Object.entries(plugins)) {
    const [org = '', repo] = at.split('/')
    const ofOrg = repo === undefined ? undefined : plugins[org]
    const inherited = ofOrg && repo !== undefined && !ofOrg.excluded_repos.includes(repo) ? ofOrg.plugins : []
    for (const plugin of own.filter((each) => inherited.includes(each))) {
      report.error(['plugins', at], configErrors.PLUGIN_TWICE({ plugin, org, repo: at }))
    }
    const all = [...own, ...inherited]
    if (all.includes('blunderbuss') && all.includes('rifle')) {
      report.error(['plugins', at], configErrors.PLUGINS_EXCLUSIVE({ at }))
    }
  }
}

function checkExternal(external: Readonly<Record<string, readonly ExternalPlugin[]>>, report: Report): void {
  for (const [at, own] of Object.entries(external)) {
    const [org = '', repo] = at.split('/')
    const ofOrg = repo === undefined ? [] : (external[org] ?? [])
    for (const { name } of own.filter((each) => ofOrg.some((other) => other.name === each.name))) {
      report.error(['external_plugins', at], configErrors.PLUGIN_TWICE({ plugin: name, org, repo: at }))
    }
  }
}
