// What bugzilla's options mean for the branches of a repository, in words.
import { htmlEscaped } from '../../config/templates/escapes.ts'
import type { PluginConfig } from '../../config/types.ts'
import { type Options, optionsFor, sectionOf, shownState, shownStates } from './state.ts'

/** Undefined when nothing is configured for the repository. */
export function helpFor(plugins: PluginConfig, name: string): string | undefined {
  const section = sectionOf(plugins)
  const [org = '', repo = ''] = name.split('/')
  const ofOrg = Object.hasOwn(section.orgs, org) ? section.orgs[org] : undefined
  const ofRepo = ofOrg && Object.hasOwn(ofOrg.repos, repo) ? ofOrg.repos[repo] : undefined
  const branches = new Set(
    [section.default, ofOrg?.default, ofRepo?.branches].flatMap((level) => Object.keys(level ?? {})),
  )
  const items = [...branches].sort().flatMap((branch) => {
    const says = meaningOf(optionsFor(plugins, { org, repo }, branch))
    const where = branch === '*' ? 'By default' : `On the branch ${htmlEscaped(branch)}`
    return says.length > 0 ? [`<li>${where}: ${says.map(htmlEscaped).join('; ')}.</li>`] : []
  })
  return items.length > 0 ? `<ul>\n${items.join('\n')}\n</ul>` : undefined
}

function meaningOf(options: Options): readonly string[] {
  const { is_open, target_release, valid_states, dependent_bug_states, dependent_bug_target_releases } = options
  const { state_after_validation, state_after_merge, state_after_close, allowed_groups = [] } = options
  return [
    ...(options.validate_by_default ? ['every pull request needs a bug'] : []),
    ...(is_open === undefined ? [] : [`valid bugs must be ${is_open ? 'open' : 'closed'}`]),
    ...(target_release === undefined ? [] : [`valid bugs must target the release ${target_release}`]),
    ...(valid_states ? [`valid bugs must be in one of the states ${shownStates(valid_states)}`] : []),
    ...(dependent_bug_states
      ? [`bugs that they depend on must be in one of the states ${shownStates(dependent_bug_states)}`]
      : []),
    ...(dependent_bug_target_releases
      ? [`bugs that they depend on must target one of the releases ${dependent_bug_target_releases.join(', ')}`]
      : []),
    ...(allowed_groups.length > 0 ? [`bugs may be in the groups ${allowed_groups.join(', ')} only`] : []),
    ...(state_after_validation ? [`valid bugs move to ${shownState(state_after_validation)}`] : []),
    ...(options.add_external_link ? ['valid bugs are linked to the pull request'] : []),
    ...(state_after_merge ? [`bugs move to ${shownState(state_after_merge)} when all pull requests have merged`] : []),
    ...(state_after_close
      ? [`bugs move to ${shownState(state_after_close)} when all pull requests were closed without merging`]
      : []),
    ...(options.enable_backporting ? ['cherry-picks get clones of bugs'] : []),
  ]
}

export const snippet = `bugzilla:
  default:
    # All branches; by name, one of them.
    '*':
      is_open: true
      valid_states:
      - status: NEW
      - status: ASSIGNED
      state_after_validation:
        status: POST
      add_external_link: true
    release-1.0:
      target_release: 1.0.0
      dependent_bug_target_releases:
      - 1.1.0
      enable_backporting: true
  orgs:
    my-org:
      repos:
        my-repo:
          branches:
            main:
              state_after_merge:
                status: MODIFIED
              state_after_close:
                status: NEW
`
