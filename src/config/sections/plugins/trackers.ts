// Sections of the plugins that keep other systems up to date: bug trackers, milestones, project boards, ConfigMaps.
import { deprecated, list, mapOf, named, object, optional } from '../../collections.ts'
import { flag, text, whole } from '../../fields.ts'
import { maybeFlag, maybeText, maybeTexts, textMap, texts } from '../shorthands.ts'

const state = object(
  { status: maybeText('Status.'), resolution: maybeText('Resolution.') },
  { about: 'State of a bug.' },
)
const maybeStates = (about: string) => optional(list(state, { about }))

const bugzillaOptions = named(
  'BugzillaOptions',
  object({
    exclude_defaults: maybeFlag('Nothing is inherited.'),
    enable_backporting: maybeFlag('Make bugs for cherry-picks.'),
    validate_by_default: maybeFlag('Every pull request needs a bug.'),
    is_open: maybeFlag('The bug must be open.'),
    add_external_link: maybeFlag('Link the pull request in the bug.'),
    target_release: maybeText('Release that the bug must be for.'),
    statuses: maybeTexts('Older form of valid_states.'),
    valid_states: maybeStates('States that the bug may be in.'),
    dependent_bug_statuses: maybeTexts('Older form of dependent_bug_states.'),
    dependent_bug_states: maybeStates('States that bugs may be in that it depends on.'),
    status_after_validation: maybeText('Older form of state_after_validation.'),
    state_after_validation: optional(state),
    status_after_merge: maybeText('Older form of state_after_merge.'),
    state_after_merge: optional(state),
    state_after_close: optional(state),
    dependent_bug_target_releases: maybeTexts('Releases that bugs may be for that it depends on.'),
    dependent_bug_target_release: deprecated(maybeText(''), 'use dependent_bug_target_releases'),
    allowed_groups: maybeTexts('Groups of bugs that may be linked.'),
  }),
)
const byBranch = (about: string) => mapOf(bugzillaOptions, { about })

const column = object({
  id: optional(whole({ about: 'Id; this or name.' })),
  name: text({ about: 'Name; this or id.' }),
  state: text({ about: 'open, closed or all.' }),
  labels: texts('Labels that must all be set.'),
  org: text({ about: 'Org of the issue.' }),
})

const configMap = object({
  name: maybeText('ConfigMap.'),
  partitioned_names: maybeTexts('ConfigMaps among which the files are spread.'),
  key: maybeText('Key in it; default: the base name of the file.'),
  use_full_path_as_key: flag({ about: 'The whole path, with - for /, is the key.' }),
  gzip: maybeFlag('Compress; default: gzip of the section.'),
  clusters: optional(mapOf(texts(''), { about: 'Namespaces by build cluster.' })),
  cluster_groups: maybeTexts('Names of groups instead of clusters.'),
  allowed_repos: maybeTexts('Org or org/repo that may change it; none is all.'),
  denied_repos: maybeTexts('Org or org/repo that may not.'),
})

export const trackerSections = {
  bugzilla: object(
    {
      default: byBranch('By branch or *.'),
      orgs: mapOf(
        object({
          default: byBranch('By branch or *.'),
          repos: mapOf(object({ branches: byBranch('By branch or *.') }), { about: 'By repository.' }),
        }),
        { about: 'By org.' },
      ),
    },
    { about: 'Bugs that pull requests are for.' },
  ),
  jira: optional(
    object({ disabled_jira_projects: texts('Projects whose issues are not linked.') }, { about: 'Issues of Jira.' }),
  ),
  milestone_applier: mapOf(textMap(''), { about: 'Milestone by branch, by org/repo.' }),
  repo_milestone: mapOf(
    object({
      maintainers_id: deprecated(optional(whole({ about: 'Id of the team.' })), 'use maintainers_team'),
      maintainers_team: text({ about: 'Slug of the team that sets milestones.' }),
      maintainers_friendly_name: text({ about: 'How answers call it.' }),
    }),
    { about: 'Who sets milestones, by org/repo; an empty key is all others.' },
  ),
  project_config: object(
    {
      project_org_configs: mapOf(
        object({
          org_maintainers_team_id: whole({ about: 'Id of the team that may use /project.' }),
          org_default_column_map: textMap('Column by project.'),
          project_repo_configs: mapOf(
            object({
              repo_maintainers_team_id: whole({ about: 'Id of the team that may use /project.' }),
              repo_default_column_map: textMap('Column by project.'),
            }),
            { about: 'By repository.' },
          ),
        }),
        { about: 'By org.' },
      ),
    },
    { about: '/project.' },
  ),
  project_manager: object(
    {
      orgsRepos: mapOf(
        object({
          projects: mapOf(object({ columns: list(column, { about: 'Columns.' }) }), { about: 'By project.' }),
        }),
        { about: 'By org or org/repo.' },
      ),
    },
    { about: 'Puts issues on project boards.' },
  ),
  config_updater: object(
    {
      maps: optional(mapOf(configMap, { about: 'ConfigMaps by glob of the files.' })),
      cluster_groups: mapOf(object({ clusters: texts('Build clusters.'), namespaces: texts('Namespaces.') }), {
        about: 'Clusters by the name of their group.',
      }),
      gzip: flag({ about: 'Compress.' }),
    },
    { about: 'Writes merged files to ConfigMaps.' },
  ),
}
