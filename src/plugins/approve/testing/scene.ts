// What tests of approve begin with: cjwagner wrote the pull request, spxtr is assigned.
import { expect } from 'vitest'
import type { PullRequest } from '../../../api/code-host.ts'
import { type ApproveConfig, approveDefaults } from '../../../config/sections/plugins/reviews.ts'
import type { PluginConfig } from '../../../config/types.ts'
import { memoryOwners } from '../../../owners/testing/memory-owners.ts'
import { userNamed } from '../../../testing/memory-code-host.ts'
import { type PluginScene, type SceneOptions, scene } from '../../../testing/plugin-scene.ts'
import approve from '../approve.ts'

/** The pull request of the scene. */
export const ref = { org: 'org', repo: 'repo', number: 1 }
export const bot = 'k8s-ci-robot'
export const owners = {
  'a/OWNERS': 'approvers: [Alice]',
  'a/b/OWNERS': 'approvers: [Bill]',
  'c/OWNERS': 'approvers: [cblecker, cjwagner]',
  'e/OWNERS': 'approvers: [spxtr]',
}

interface Play extends Partial<Omit<SceneOptions, 'plugins'>> {
  readonly files?: readonly string[]
  readonly settings?: Partial<ApproveConfig>
  readonly given?: Partial<PullRequest>
  readonly sections?: PluginConfig['sections']
}

/** A scene with this plugin in which cjwagner wants to change these files. */
export function play({
  files = ['c/c.go'],
  settings = {},
  given = {},
  sections = {},
  ...options
}: Play = {}): PluginScene {
  const it = scene({
    with: [approve],
    owners: memoryOwners(owners),
    plugins: { sections: { approve: [{ ...approveDefaults, repos: ['org'], ...settings }], ...sections } },
    ...options,
  })
  it.change({ user: userNamed('cjwagner'), assignees: [userNamed('spxtr')], ...given })
  it.host.state.files.set('org/repo#1', files)
  return it
}

/** The one notification there is. */
export function notice({ host }: PluginScene): string {
  const all = (host.state.comments.get('org/repo#1') ?? []).filter(({ user }) => user.login === bot)
  expect(all).toHaveLength(1)
  return all[0]?.body ?? ''
}
/** First line of a text. */
export const title = (text: string) => text.split('\n')[0]
export const approved = '[APPROVALNOTIFIER] This PR is **APPROVED**'
export const notApproved = '[APPROVALNOTIFIER] This PR is **NOT APPROVED**'
/** What tools read at the end of a notification. */
export const meta = (text: string): unknown => JSON.parse(/<!-- META=(.*) -->$/.exec(text)?.[1] ?? 'null')
/** Authors have to say that they approve. */
export const own = { require_self_approval: true }
