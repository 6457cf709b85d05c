// plugins.yaml: which plugins are enabled where, and the sections of those that do not read their own.
import { configErrors } from '../errors.ts'
import { asMap, flag, type Infer, list, mapOf, object, text } from '../fields.ts'
import type { Report } from '../report.ts'
import type { ExternalPlugin, PluginConfig } from '../types.ts'
import type { Path } from '../yaml.ts'

const texts = (about: string) => list(text({ about: '' }), { about })

const externalPlugin = object({
  name: text({ about: 'Name.' }),
  endpoint: text({ about: 'Where webhooks are forwarded to; default: http://NAME.' }),
  events: texts('Event types; none is all.'),
})

const trigger = object(
  {
    repos: texts('Orgs and org/repos this entry is for.'),
    trusted_apps: texts('Slugs of apps whose pull requests are trusted.'),
    trusted_org: text({ about: 'Deprecated: a second org whose members are trusted.' }),
    join_org_url: text({ about: 'Link in the welcome text; default: the page of the members.' }),
    only_org_members: flag({ about: 'Collaborators are not trusted.' }),
    ignore_ok_to_test: flag({ about: '/ok-to-test has no effect.' }),
    trigger_github_workflows: flag({ about: 'Also rerun and approve runs of GitHub Actions.' }),
  },
  { about: 'Whose pull requests are tested.' },
)

const lgtm = object(
  {
    repos: texts('Orgs and org/repos this entry is for.'),
    review_acts_as_lgtm: flag({ about: 'Approving and requesting changes act like commands.' }),
    store_tree_hash: flag({ about: 'Keep the label when a push leaves the tree as it was.' }),
    trusted_team_for_sticky_lgtm: text({ about: 'Team whose pull requests keep the label on pushes.' }),
  },
  { about: 'The label lgtm.' },
)

const sections = object({
  external_plugins: mapOf(list(externalPlugin, { about: '' }), {
    about: 'Webhooks for other programs, by org or org/repo.',
  }),
  triggers: list(trigger, { about: 'Whose pull requests are tested.' }),
  lgtm: list(lgtm, { about: 'The label lgtm.' }),
  help: object(
    {
      help_guidelines_url: text({
        default: 'https://git.k8s.io/community/contributors/guide/help-wanted.md',
        about: 'Page about how to label issues for newcomers.',
      }),
      help_guidelines_summary: text({ about: 'Its gist, shown in the answer.' }),
    },
    { about: 'The labels help wanted and good first issue.' },
  ),
})
const known = new Set([...Object.keys(sections.fields), 'plugins'])

/** Reads the plugin configuration; sections that nobody has declared are kept as they are. */
export function readPlugins(value: unknown, report: Report): PluginConfig {
  const map = asMap(value) ?? {}
  const read = sections.read(map, [], report)
  const plugins = readEnabled(map.plugins, report)
  checkTwice(plugins, report)
  checkExternal(read.external_plugins, report)
  return {
    plugins,
    external_plugins: mapValues(read.external_plugins, (list) => list.map(withEndpoint)),
    triggers: read.triggers.map(withJoinUrl),
    lgtm: read.lgtm,
    help: read.help,
    sections: Object.fromEntries(Object.entries(map).filter(([key]) => !known.has(key))),
  }
}

/** The configuration of a process without plugins.yaml. */
export const noPlugins = (): PluginConfig => readPlugins({}, { error: () => {}, warn: () => {} })

const mapValues = <A, B>(map: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]))

const withEndpoint = (plugin: ExternalPlugin): ExternalPlugin => ({
  ...plugin,
  endpoint: plugin.endpoint || `http://${plugin.name}`,
})

function withJoinUrl(entry: Infer<typeof trigger>): Infer<typeof trigger> {
  if (entry.join_org_url !== '' || entry.trusted_org === '') return entry
  return { ...entry, join_org_url: `https://github.com/orgs/${entry.trusted_org}/people` }
}

type Enabled = PluginConfig['plugins'][string]
const enabled = object({
  plugins: texts('Names.'),
  excluded_repos: texts('Repositories of the org, without org, that do not have them.'),
})

/** Maps with `plugins`, or for the whole section the older form: plain lists. */
function readEnabled(value: unknown, report: Report): Record<string, Enabled> {
  if (value === undefined || value === null) return {}
  const map = asMap(value) ?? {}
  const lists = Object.values(map).filter((each) => Array.isArray(each)).length
  if (lists > 0 && lists < Object.keys(map).length) report.error(['plugins'], configErrors.PLUGINS_MIXED({}))
  const newForm = lists > 0 ? mapValues(map, (plugins) => (Array.isArray(plugins) ? { plugins } : plugins)) : value
  const read = mapOf(enabled, { about: '' }).read(newForm, ['plugins'], report)
  return Object.fromEntries(
    Object.entries(read).map(([at, entry]) => [
      at,
      { ...entry, plugins: entry.plugins.map((name, index) => currentName(name, ['plugins', at, index], report)) },
    ]),
  )
}

const renamed: Readonly<Record<string, string>> = { 'transfer-issue': 'issue-management' }

function currentName(name: string, path: Path, report: Report): string {
  const to = renamed[name]
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
