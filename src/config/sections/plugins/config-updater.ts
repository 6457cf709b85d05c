// config_updater: the section as its plugin uses it, with every file's clusters spelled out.
import type { PluginSections } from './sections.ts'

type Section = PluginSections['config_updater']
type ConfigMapSpec = NonNullable<Section['maps']>[string]

const byDefault: Readonly<Record<string, ConfigMapSpec>> = {
  'config/prow/config.yaml': { name: 'config', use_full_path_as_key: false },
  'config/prow/plugins.yaml': { name: 'plugins', use_full_path_as_key: false },
}

/** Groups become their clusters; a file without any goes to the cluster default. Upstream forgets who may change a file then. */
export function finishConfigUpdater({ maps = {}, ...section }: Section): Section {
  const given = Object.keys(maps).length > 0 ? maps : byDefault
  const clusters = ({ clusters = {}, cluster_groups: groups = [] }: ConfigMapSpec) => {
    if (groups.length > 0) return ofGroups(groups, section)
    return Object.keys(clusters).length > 0 ? clusters : { default: [''] }
  }
  return {
    ...section,
    maps: Object.fromEntries(
      Object.entries(given).map(([glob, map]) => {
        const { cluster_groups: _, ...rest } = map
        return [glob, { ...rest, clusters: clusters(map) }]
      }),
    ),
  }
}

function ofGroups(groups: readonly string[], { cluster_groups }: Section): Record<string, string[]> {
  const found: Record<string, string[]> = {}
  for (const { clusters, namespaces } of groups.flatMap((group) => cluster_groups[group] ?? [])) {
    for (const cluster of clusters) found[cluster] = [...new Set([...(found[cluster] ?? []), ...namespaces])]
  }
  return found
}
