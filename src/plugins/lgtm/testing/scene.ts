// What tests of lgtm begin with: author wrote the pull request, collab1 and assignee1 are assigned, collab1 and collab2 are collaborators.
import type { PullRequest } from '../../../api/code-host.ts'
import type { LgtmConfig } from '../../../config/types.ts'
import { userNamed } from '../../../testing/memory-code-host.ts'
import { type SceneOptions, scene } from '../../../testing/plugin-scene.ts'
import lgtm from '../lgtm.ts'

/** The pull request of the scene. */
export const ref = { org: 'org', repo: 'repo', number: 1 }
/** Reviewed trees are remembered. */
export const hashes: LgtmConfig = {
  repos: ['org'],
  review_acts_as_lgtm: false,
  store_tree_hash: true,
  trusted_team_for_sticky_lgtm: '',
}

export function play(
  settings: Partial<LgtmConfig> = {},
  given: Partial<PullRequest> = {},
  options: Partial<SceneOptions> = {},
) {
  const { plugins, ...others } = options
  const it = scene({ with: [lgtm], plugins: { lgtm: [{ ...hashes, ...settings }], ...plugins }, ...others })
  it.change({ assignees: ['collab1', 'assignee1'].map(userNamed), ...given })
  for (const login of ['collab1', 'collab2']) it.host.state.collaborators.add(`org/repo/${login}`)
  it.host.state.members.add('org/assignee1')
  it.host.state.files.set('org/repo#1', ['pkg/deep/a.go'])
  it.host.state.trees.set('org/repo@bead000000000000000000000000000000000000', 'treesha')
  return it
}
export const labelled = { labels: ['lgtm'] }
/** That it is remembered. */
export const hash = 'org/repo#1 comment: LGTM label has been added.  <details>Git tree hash: treesha</details>'
