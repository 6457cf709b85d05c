// Supplemental plugin files: the sections that may be spread over several files, and how they come together.
import { configErrors } from '../../errors.ts'
import { asMap } from '../../fields.ts'
import type { Opened } from '../../report.ts'
import type { Path } from '../../yaml.ts'
import type { ReadPlugins } from '../plugins.ts'
import { type PluginSections, pluginSections } from './sections.ts'

const lists = ['approve', 'lgtm', 'triggers', 'welcome'] as const
const allowed = ['bugzilla', 'external_plugins', 'label.restricted_labels', 'plugins', ...lists]

/** What was read so far together with a supplemental file. */
export function mergeShard(whole: ReadPlugins, read: ReadPlugins, shard: Opened): ReadPlugins {
  checkAllowed(shard)
  const twice = (path: Path, what: string) =>
    shard.report.error(path, configErrors.SET_TWICE({ what, other: 'another file' }))
  const united = <T>(a: Readonly<Record<string, T>>, b: Readonly<Record<string, T>>, path: Path): Record<string, T> => {
    for (const key of Object.keys(b)) if (key in a) twice([...path, key], key)
    return { ...a, ...b }
  }
  const { sections } = whole
  const more = read.sections
  return {
    plugins: united(whole.plugins, read.plugins, ['plugins']),
    sections: {
      ...sections,
      ...Object.fromEntries(lists.map((name) => [name, [...sections[name], ...more[name]]])),
      external_plugins: united(sections.external_plugins, more.external_plugins, ['external_plugins']),
      bugzilla: mergeBugzilla(sections.bugzilla, more.bugzilla, twice),
      label: {
        ...sections.label,
        restricted_labels: mergeLabels(sections.label.restricted_labels, more.label.restricted_labels, twice),
      },
    },
  }
}

type Bugzilla = PluginSections['bugzilla']
type Twice = (path: Path, what: string) => void
const isSet = (map: object) => Object.keys(map).length > 0

function mergeBugzilla(a: Bugzilla, b: Bugzilla, twice: Twice): Bugzilla {
  if (isSet(a.default) && isSet(b.default)) twice(['bugzilla', 'default'], 'the default')
  const orgs = Object.entries(b.orgs).map(([name, org]) => {
    const own = a.orgs[name]
    if (own === undefined) return [name, org] as const
    const at = ['bugzilla', 'orgs', name]
    if (isSet(own.default) && isSet(org.default)) twice([...at, 'default'], `the default of ${name}`)
    for (const repo of Object.keys(org.repos)) if (repo in own.repos) twice([...at, 'repos', repo], repo)
    return [name, { default: { ...own.default, ...org.default }, repos: { ...own.repos, ...org.repos } }] as const
  })
  return { default: { ...a.default, ...b.default }, orgs: { ...a.orgs, ...Object.fromEntries(orgs) } }
}

type Labels = PluginSections['label']['restricted_labels']

function mergeLabels(a: Labels, b: Labels, twice: Twice): Labels {
  const merged = { ...a }
  for (const [key, more] of Object.entries(b)) {
    const own = a[key] ?? []
    for (const [index, { label }] of more.entries()) {
      if (own.some((other) => other.label === label)) twice(['label', 'restricted_labels', key, index], label)
    }
    merged[key] = [...own, ...more]
  }
  return merged
}

/** What is set beside the sections that may be spread; settings that say nothing are fine. */
function checkAllowed({ file, report }: Opened): void {
  const refuse = (path: readonly string[]) =>
    report.error(path, configErrors.SUPPLEMENTAL({ field: path.join('.'), allowed }))
  const { fields, nameOf } = pluginSections
  for (const [key, value] of Object.entries(asMap(file.value) ?? {})) {
    const name = nameOf(key)
    if (name === undefined || allowed.includes(name)) continue
    if (name !== 'label') {
      if (!fields[name as keyof typeof fields].isZero(value)) refuse([key])
      continue
    }
    const { additional_labels } = fields.label.fields
    for (const [inner, set] of Object.entries(asMap(value) ?? {})) {
      if (fields.label.nameOf(inner) === 'additional_labels' && !additional_labels.isZero(set)) refuse([key, inner])
    }
  }
}
