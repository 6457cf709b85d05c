// Which names may stand in plugins.yaml.
import { plugins } from '../../plugins/index.ts'
import type { Checking, Found } from './check.ts'

/** Plugins of upstream. A name among these that is not built in here changes nothing, which is a note and no error. */
const upstream = new Set(
  `approve assign blockade blunderbuss branchcleaner bugzilla buildifier cat cherry-pick-approved cherry-pick-unapproved
  cla config-updater dco dog golint goose heart help hold invalidcommitmsg issue-management jira label lgtm lifecycle
  merge-method-comment mergecommitblocker milestone milestoneapplier milestonestatus override owners-label pony project
  project-manager release-note require-matching-label retitle rifle shrug sigmention size skip slackevents stage
  testfreeze trick-or-treat trigger verify-owners welcome wip yuks`.split(/\s+/),
)

/**
 * Names of plugins that nobody knows, and of those that are not built in yet.
 * @param own Names of plugins that the installation brings along.
 */
export function pluginNames(
  checking: Checking,
  own: readonly string[],
): {
  readonly unknown: readonly Found[]
  readonly absent: readonly Found[]
} {
  const unknown: Found[] = []
  const absent = new Map<string, Found>()
  for (const [key, { plugins: names }] of Object.entries(checking.plugins.plugins)) {
    for (const [index, name] of names.entries()) {
      if (Object.hasOwn(plugins, name) || own.includes(name) || absent.has(name)) continue
      // The entry is a list in the older form of the section.
      const inList = checking.place('plugins', ['plugins', key, 'plugins', index])
      const found = { place: inList, field: `plugins[${JSON.stringify(key)}]` }
      if (!upstream.has(name)) unknown.push({ ...found, message: `${key} enables ${name}, which is no plugin` })
      else absent.set(name, { ...found, message: `the plugin ${name} is not built in yet, so it does nothing` })
    }
  }
  return { unknown, absent: [...absent.values()] }
}
