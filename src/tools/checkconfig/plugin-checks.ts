// Checks of plugins.yaml, alone and together with the jobs.
import { asMap } from '../../config/fields.ts'
import type { PluginConfig } from '../../config/types.ts'
import type { Path } from '../../config/yaml.ts'
import type { Checking, Found } from './check.ts'

/** Names of the plugins that are enabled for a repository. */
export function enabledPlugins({ plugins }: PluginConfig, repo: string): ReadonlySet<string> {
  const [org = '', name = ''] = repo.split('/')
  const ofOrg = plugins[org]
  const inherited = ofOrg && !ofOrg.excluded_repos.includes(name) ? ofOrg.plugins : []
  return new Set([...inherited, ...(plugins[repo]?.plugins ?? [])])
}

const at = (checking: Checking, path: Path, field: string, message: string, hint?: string): Found => ({
  place: checking.place('plugins', path),
  field,
  message,
  ...(hint !== undefined && { hint }),
})

// Plugins that read OWNERS files, which verify-owners keeps in order.
const readOwners = ['approve', 'blunderbuss', 'rifle', 'owners-label']

/** Places that go by OWNERS files which nobody verifies. */
export const unverifiedOwners = (checking: Checking): readonly Found[] =>
  Object.keys(checking.plugins.plugins).flatMap((key) => {
    const own = key.includes('/')
      ? enabledPlugins(checking.plugins, key)
      : new Set(checking.plugins.plugins[key]?.plugins)
    const reading = readOwners.filter((name) => own.has(name))
    if (reading.length === 0 || own.has('verify-owners')) return []
    const message = `${key} has ${reading.join(', ')}, but not verify-owners: broken OWNERS files can be merged`
    return [at(checking, ['plugins', key], 'plugins', message, 'enable verify-owners too')]
  })

/** Repositories with jobs that nothing starts. */
export const missingTrigger = (checking: Checking): readonly Found[] => {
  const { presubmits, postsubmits } = checking.config
  const repos = [...new Set([...Object.keys(presubmits), ...Object.keys(postsubmits)])].sort()
  return repos
    .filter((repo) => !enabledPlugins(checking.plugins, repo).has('trigger'))
    .map((repo) => {
      const first = presubmits[repo]?.[0] ?? postsubmits[repo]?.[0]
      return {
        place: first?.source,
        field: 'plugins',
        message: `${repo} has presubmits or postsubmits, but not the plugin trigger, so nothing starts them`,
        hint: `enable trigger for ${repo} in plugins.yaml`,
      }
    })
}

const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []

/** Restricted labels without a name, or that anybody may add all the same. */
export const restrictedLabels = (checking: Checking): readonly Found[] => {
  const label = asMap(checking.plugins.sections.label)
  const additional = new Set(textsIn(label?.additional_labels))
  return Object.entries(asMap(label?.restricted_labels) ?? {}).flatMap(([key, list]) =>
    (Array.isArray(list) ? list : []).flatMap((entry, index) => {
      const name = asMap(entry)?.label
      const path = ['label', 'restricted_labels', key, index]
      const field = `label.restricted_labels[${JSON.stringify(key)}][${index}]`
      if (!name) return [at(checking, path, field, 'a restricted label needs a name')]
      if (!additional.has(String(name))) return []
      return [at(checking, path, field, `${name} is restricted, and also in additional_labels, which anybody may add`)]
    }),
  )
}

/** Entries of the config updater's allow and deny lists that name neither an org nor a repository. */
export const configUpdaterAcls = (checking: Checking): readonly Found[] => {
  const maps = asMap(asMap(checking.plugins.sections.config_updater)?.maps) ?? {}
  return Object.entries(maps).flatMap(([glob, spec]) =>
    (['allowed_repos', 'denied_repos'] as const).flatMap((list) =>
      textsIn(asMap(spec)?.[list]).flatMap((entry, index) => {
        const [org, ...rest] = entry.split('/')
        if (org !== '' && rest.length <= 1) return []
        const field = `config_updater.maps[${JSON.stringify(glob)}].${list}[${index}]`
        const message = `${JSON.stringify(entry)} is neither an org nor org/repo`
        return [at(checking, ['config_updater', 'maps', glob, list, index], field, message)]
      }),
    ),
  )
}
