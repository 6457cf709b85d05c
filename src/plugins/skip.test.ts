// skip: which contexts become green, and which do not.
import { expect, test } from 'vitest'
import { CodeHostError, type StatusState } from '../api/code-host.ts'
import { noInRepoJobs } from '../config/in-repo/evaluate.ts'
import type { Presubmit } from '../config/types.ts'
import { presubmit } from '../testing/config.ts'
import { type PluginScene, type SceneOptions, scene } from '../testing/plugin-scene.ts'
import skip, { skippable } from './skip.ts'

const where = 'org/repo@bead000000000000000000000000000000000000'
const optional = presubmit({ name: 'opt', optional: true })
const silent = presubmit({ name: 'silent', skip_report: true })
const required = presubmit({ name: 'must', always_run: true })
const all = [optional, silent, required]
const status = (context: string, state: StatusState) => ({ context, state })

test.each<
  [why: string, jobs: Presubmit[], statuses: ReturnType<typeof status>[], starting: Presubmit[], want: string[]]
>([
  ['an optional job that failed', all, [status('opt', 'failure')], [], ['opt']],
  ['one that never ended', all, [status('opt', 'pending')], [], ['opt']],
  ['one that broke', all, [status('opt', 'error')], [], ['opt']],
  ['a job that nobody hears of', all, [status('silent', 'failure')], [], ['silent']],
  ['a green one', all, [status('opt', 'success')], [], []],
  ['one that never reported', all, [], [], []],
  ['a required one', all, [status('must', 'failure')], [], []],
  ['somebody else’s context', all, [status('other', 'failure')], [], []],
  ['one that starts now', all, [status('opt', 'failure')], [optional], []],
  [
    'a context that another job of this branch must report',
    [optional, presubmit({ name: 'twin', context: 'opt' })],
    [status('opt', 'failure')],
    [],
    [],
  ],
  [
    'a context that a job of another branch must report',
    [optional, presubmit({ name: 'twin', context: 'opt', branches: ['^release$'] })],
    [status('opt', 'failure')],
    [],
    ['opt'],
  ],
  [
    'an optional job of another branch, from before it was moved here',
    [presubmit({ ...optional, branches: ['^release$'] })],
    [status('opt', 'failure')],
    [],
    ['opt'],
  ],
])('%s', (_why, jobs, statuses, starting, want) => expect(skippable(jobs, 'main', statuses, starting)).toEqual(want))

function play(statuses: Record<string, StatusState>, options: Partial<SceneOptions> = {}): PluginScene {
  const it = scene({ with: [skip], ...options, config: { presubmits: { 'org/repo': all }, ...options.config } })
  it.host.state.statuses.set(
    where,
    Object.entries(statuses).map(([context, state]) => ({
      context,
      state,
      description: 'old',
      target_url: 'https://x',
    })),
  )
  return it
}
const green = (context: string) => `${where} status ${context}: success Skipped `

test.each(['/skip', 'enough\r\n/Skip \r\n', '```\n/skip\n```'])(
  '%j makes optional contexts green, once, without a word',
  async (text) => {
    const it = play({ opt: 'failure', silent: 'pending', must: 'failure' })
    await it.says('stranger', text)
    expect(it.host.take()).toEqual([green('opt'), green('silent')])
    await it.says('stranger', text)
    expect(it.host.take()).toEqual([])
  },
)

test.each<[text: string, skipped: string[]]>([
  ['/skip\n/test opt', ['silent']],
  ['/skip\n/test all', ['opt', 'silent']],
  ['/skip\n/retest', []],
  ['/skip\n```\n/test opt\n```', ['opt', 'silent']],
])('%j leaves alone what it starts', async (text, skipped) => {
  const it = play({ opt: 'failure', silent: 'failure', must: 'success' })
  await it.says('bob', text)
  expect(it.host.take()).toEqual(skipped.map(green))
})

test.each<[ignore: boolean, skipped: string[]]>([
  [false, []],
  [true, ['auto']],
])('/ok-to-test starts automatic jobs, unless it is ignored (%o)', async (ignore_ok_to_test, skipped) => {
  const auto = presubmit({ name: 'auto', optional: true, always_run: true })
  const settings = { repos: ['org'], trusted_apps: [], trusted_org: '', join_org_url: '' }
  const triggers = [{ ...settings, only_org_members: false, trigger_github_workflows: false, ignore_ok_to_test }]
  const it = play({ auto: 'failure' }, { config: { presubmits: { 'org/repo': [auto] } }, plugins: { triggers } })
  await it.says('bob', '/skip\n/ok-to-test')
  expect(it.host.take()).toEqual(skipped.map(green))
})

test.each(['/skip it', ' /skip', '> /skip'])('%j says nothing', async (text) => {
  const it = play({ opt: 'failure' })
  await it.says('bob', text)
  expect(it.host.calls).toEqual([])
})

test('is for open pull requests, and for new comments', async () => {
  const it = play({ opt: 'failure' })
  await it.says('bob', '/skip', { action: 'edited' })
  await it.saysOnIssue('bob', '/skip')
  it.change({ state: 'closed' })
  await it.says('bob', '/skip')
  expect(it.host.calls).toEqual([])
})

test.each(['pullRequest', 'statuses', 'setStatus', 'changedFiles'] as const)(
  'a failure of %s is told',
  async (failing) => {
    const files = presubmit({ name: 'files', optional: true, run_if_changed: 'x' })
    const it = play({ opt: 'failure', silent: 'failure' }, { config: { presubmits: { 'org/repo': [...all, files] } } })
    it.host.before = (operation) => {
      if (operation === failing) throw new CodeHostError('forbidden', 403, 'not @you')
    }
    await it.says('bob', '/skip\n/test all')
    expect(it.host.take()).toEqual([
      expect.stringContaining('comment: @bob: The contexts cannot be skipped: `not @you`\n'),
    ])
  },
)

test('jobs of the repository itself count; when they cannot be had nothing happens, and that is an error', async () => {
  const own = presubmit({ name: 'own', optional: true })
  const config = { in_repo_config: { enabled: { '*': true }, allowed_clusters: {} } }
  const canMatch = async () => true
  const jobs = async () => ({ ...noInRepoJobs, presubmits: [own] })
  const it = play({ own: 'failure' }, { config, inRepo: { jobs, canMatch } })
  await it.says('bob', '/skip')
  expect(it.host.take()).toEqual([green('own')])
  const broken = play({ opt: 'failure' }, { config, inRepo: { jobs: () => Promise.reject(new Error('no')), canMatch } })
  await broken.says('bob', '/skip')
  expect(broken.host.take()).toEqual([])
  expect(await broken.metrics.metrics()).toMatch(/prow_plugin_handle_errors\{/)
})
