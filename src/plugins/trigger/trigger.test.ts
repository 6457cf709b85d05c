// trigger, as the people on a pull request see it. `t` is a member of the organisation, `u` is not.
import { describe, expect, test } from 'vitest'
import { CodeHostError, type PullRequest } from '../../api/code-host.ts'
import { type ProwJob, prowJobs } from '../../api/prowjob.ts'
import type { PluginConfig, Presubmit, TriggerConfig } from '../../config/types.ts'
import { KubeError } from '../../kube/client.ts'
import { postsubmit, presubmit } from '../../testing/config.ts'
import { userNamed } from '../../testing/memory-code-host.ts'
import { type PluginScene, type SceneOptions, scene } from '../../testing/plugin-scene.ts'
import trigger from './trigger.ts'

const ref = { org: 'org', repo: 'repo', number: 1 }
const defaults: TriggerConfig = {
  repos: ['org'],
  trusted_apps: [],
  trusted_org: '',
  join_org_url: '',
  only_org_members: false,
  ignore_ok_to_test: false,
  trigger_github_workflows: false,
}
const always = presubmit({ name: 'job', always_run: true })
const manual = presubmit({ name: 'jib' })

interface Play extends Partial<Omit<SceneOptions, 'plugins' | 'config'>> {
  readonly by?: string
  readonly given?: Partial<PullRequest>
  readonly presubmits?: readonly Presubmit[]
  readonly settings?: object
  readonly plugins?: Partial<PluginConfig>
  readonly config?: SceneOptions['config']
}

function play({
  by = 't',
  given = {},
  presubmits = [always, manual],
  settings = {},
  ...options
}: Play = {}): PluginScene {
  const it = scene({
    with: [trigger],
    ...options,
    config: { presubmits: { 'org/repo': presubmits }, ...options.config },
    plugins: { triggers: [{ ...defaults, ...settings }], ...options.plugins },
  })
  it.host.state.members.add('org/t')
  it.change({ user: userNamed(by), ...given })
  return it
}
const head = 'org/repo@bead000000000000000000000000000000000000'
const status = (context: string, state: 'success' | 'failure' | 'error' | 'pending') => ({
  context,
  state,
  description: '',
  target_url: '',
})
const answer = (it: PluginScene) => it.host.take().map((effect) => effect.split('\n')[0])

describe('events of a pull request', () => {
  const okToTest = { labels: ['ok-to-test'] }
  const both = { labels: ['ok-to-test', 'needs-ok-to-test'] }
  const rebased = { changes: { base: { ref: { from: 'old' }, sha: { from: 'abc' } } } }
  const label = (name: string, sender = 'somebody') => ({ label: { name }, sender: { login: sender } })

  test.each<[action: string, by: string, given: Partial<PullRequest>, extra: object, runs: boolean]>([
    ['opened', 't', {}, {}, true],
    ['opened', 't', { draft: true }, {}, false],
    ['opened', 'u', {}, {}, false],
    ['opened', 'u', { draft: true }, {}, false],
    ['opened', 'u', okToTest, {}, false],
    ['reopened', 't', {}, {}, true],
    ['reopened', 't', { draft: true }, {}, false],
    ['reopened', 'u', {}, {}, false],
    ['reopened', 'u', okToTest, {}, true],
    ['ready_for_review', 't', {}, {}, true],
    ['ready_for_review', 'u', {}, {}, false],
    ['ready_for_review', 'u', okToTest, {}, true],
    ['edited', 't', {}, rebased, true],
    ['edited', 'u', {}, rebased, false],
    ['edited', 'u', okToTest, rebased, true],
    ['edited', 't', {}, { changes: { base: { ref: { from: 'old' } } } }, true],
    ['edited', 't', {}, { changes: { base: { sha: { from: 'abc' } } } }, true],
    ['edited', 't', {}, { changes: { base: { ref: { from: '' }, sha: { from: '' } } } }, false],
    ['edited', 't', {}, { changes: { title: { from: 'old' } } }, false],
    ['edited', 't', {}, {}, false],
    ['edited', 't', {}, { changes: 'what?' }, false],
    ['synchronize', 't', {}, {}, true],
    ['synchronize', 'u', {}, {}, false],
    ['synchronize', 'u', okToTest, {}, true],
    ['synchronize', 't', { draft: true }, {}, false],
    ['labeled', 'u', {}, label('lgtm'), true],
    ['labeled', 'u', { draft: true }, label('lgtm'), false],
    ['labeled', 'u', okToTest, label('lgtm'), false],
    ['labeled', 't', {}, label('lgtm'), false],
    ['labeled', 'u', {}, label('ok-to-test'), true],
    ['labeled', 'u', {}, label('ok-to-test', 'k8s-ci-robot'), false],
    ['labeled', 't', {}, label('size/XL'), false],
    ['closed', 't', {}, {}, false],
    ['converted_to_draft', 't', {}, {}, false],
    ['assigned', 't', {}, {}, false],
    ['reopened', 't', { mergeable: false }, {}, false],
  ])('%s by %s, %j %j: jobs %s', async (action, by, given, extra, runs) => {
    const it = play({ by, given })
    await it.acts(action, extra)
    expect(it.started()).toEqual(runs ? ['job'] : [])
    expect(await it.metrics.metrics()).not.toMatch(/prow_plugin_handle_errors\{/)
  })

  test('a draft of somebody trusted is told how to run jobs all the same', async () => {
    const it = play({ given: { draft: true } })
    await it.acts('opened')
    expect(answer(it)).toEqual([expect.stringMatching(/^org\/repo#1 comment: This is a draft.*`\/test all`/)])
  })

  test('needs-ok-to-test goes where ok-to-test decided, and is left alone where the author is trusted', async () => {
    const it = play({ by: 'u', given: both })
    await it.acts('reopened')
    expect(it.pr().labels).toEqual(['ok-to-test'])
    const trusted = play({ given: both })
    await trusted.acts('reopened')
    expect(trusted.pr().labels).toEqual(both.labels)
  })

  test('a job knows its pull request', async () => {
    const it = play()
    await it.acts('opened')
    const [job] = it.jobs()
    expect(job?.spec.refs).toMatchObject({
      org: 'org',
      repo: 'repo',
      base_ref: 'main',
      base_sha: 'ba5e000000000000000000000000000000000000',
      pulls: [{ number: 1, author: 't', sha: 'bead000000000000000000000000000000000000', head_ref: 'feature' }],
    })
    expect(job?.metadata.labels).toMatchObject({
      'event-GUID': 'delivery-1',
      'prow.k8s.io/is-optional': 'false',
      'created-by-prow': 'true',
    })
    expect(job?.metadata).toMatchObject({
      namespace: 'prow',
      name: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
    })
    expect(job?.status).toMatchObject({ state: 'triggered', startTime: '2026-01-02T03:04:05Z' })
  })

  test('only jobs of the branch and of the changed files start', async () => {
    const it = play({
      presubmits: [
        presubmit({ name: 'other-branch', always_run: true, branches: ['^release$'] }),
        presubmit({ name: 'go', run_if_changed: '\\.go$' }),
        presubmit({ name: 'docs', run_if_changed: '\\.md$' }),
        manual,
      ],
    })
    it.host.state.files.set('org/repo#1', ['a.go'])
    await it.acts('opened')
    expect(it.started()).toEqual(['go'])
  })

  test('/test all in the description of a new pull request starts no job twice', async () => {
    const it = play({ given: { body: '/test all' } })
    await it.acts('opened')
    expect(it.jobs().map(({ spec }) => spec.job)).toEqual(['job'])
  })

  test('a job that cannot be created does not keep the others from it', async () => {
    const it = play({
      presubmits: [presubmit({ name: 'a', always_run: true }), presubmit({ name: 'b', always_run: true })],
    })
    it.kube.onRequest(({ verb, body }) => {
      if (verb === 'create' && (body as ProwJob).spec.job === 'a') throw new KubeError(422, 'Invalid', 'no')
    })
    await it.acts('opened')
    expect(it.started()).toEqual(['b'])
    expect(await it.metrics.metrics()).toContain(
      'prow_plugin_handle_errors{event_type="pull_request",action="opened",plugin="trigger",took_action="true"} 1',
    )
  })

  test('without presubmits nobody is welcomed', async () => {
    const it = play({ by: 'u', presubmits: [] })
    await it.acts('opened')
    expect(it.host.take()).toEqual([])
  })
})

describe('aborting', () => {
  const job = (name: string, changes: (job: ProwJob) => void = () => {}): ProwJob => {
    const made: ProwJob = {
      apiVersion: 'prow.k8s.io/v1',
      kind: 'ProwJob',
      metadata: { name, namespace: 'prow', labels: { 'prow.k8s.io/type': 'presubmit', 'prow.k8s.io/refs.pull': '1' } },
      spec: {
        type: 'presubmit',
        job: name,
        refs: { org: 'org', repo: 'repo', base_ref: 'main', pulls: [{ number: 1, author: 't', sha: 'old' }] },
      },
      status: { state: 'pending' },
    }
    changes(made)
    return made
  }
  const states = (it: PluginScene) =>
    Object.fromEntries(
      it
        .jobs()
        .map(({ metadata, status }) => [metadata.name, `${status.state}${status.completionTime ? ' complete' : ''}`]),
    )

  test.each(['synchronize', 'closed', 'converted_to_draft'])(
    '%s marks what runs for this pull request, and nothing else',
    async (action) => {
      const it = play({ presubmits: [] })
      const others = [
        job('done', ({ status }) =>
          Object.assign(status, { state: 'success', completionTime: '2026-01-01T00:00:00Z' }),
        ),
        job('other-pull', ({ metadata }) => Object.assign(metadata.labels ?? {}, { 'prow.k8s.io/refs.pull': '2' })),
        job('other-org', ({ spec }) => Object.assign(spec.refs ?? {}, { org: 'x' })),
        job('other-repo', ({ spec }) => Object.assign(spec.refs ?? {}, { repo: 'x' })),
        job('batch', ({ metadata }) => Object.assign(metadata.labels ?? {}, { 'prow.k8s.io/type': 'batch' })),
      ]
      for (const one of [job('a'), job('b'), ...others]) await it.kube.create(prowJobs, one)
      await it.acts(action)
      expect(states(it)).toEqual({
        a: 'aborted',
        b: 'aborted',
        done: 'success complete',
        'other-pull': 'pending',
        'other-org': 'pending',
        'other-repo': 'pending',
        batch: 'pending',
      })
      expect(it.kube.read(prowJobs, { namespace: 'prow', name: 'a' }).status.description).toBe(
        'Aborted by trigger plugin.',
      )
    },
  )

  test.each<[action: string, extra: object]>([
    ['opened', {}],
    ['reopened', {}],
    ['ready_for_review', {}],
    ['edited', { changes: { base: { ref: { from: 'old' } } } }],
    ['labeled', { label: { name: 'lgtm' } }],
    ['labeled', { label: { name: 'ok-to-test' } }],
    ['labeled', { label: { name: 'size/XL' } }],
    ['unlabeled', { label: { name: 'lgtm' } }],
    ['assigned', {}],
  ])('is not for %s %j', async (action, extra) => {
    const it = play({ presubmits: [] })
    await it.kube.create(prowJobs, job('a'))
    await it.acts(action, extra)
    expect(states(it)).toEqual({ a: 'pending' })
  })

  test('that fails does not keep new jobs from starting, and is told', async () => {
    const it = play()
    it.kube.onRequest(({ verb }) => {
      if (verb === 'list') throw new KubeError(403, 'Forbidden', 'no')
    })
    await it.acts('synchronize')
    expect(it.started()).toEqual(['job'])
    expect(await it.metrics.metrics()).toMatch(/prow_plugin_handle_errors\{.*"synchronize".*\} 1/)
  })

  test('does not need the base branch', async () => {
    const it = play()
    await it.kube.create(prowJobs, job('a'))
    it.host.state.branches.clear()
    await it.acts('closed')
    expect(states(it)).toEqual({ a: 'aborted' })
  })

  test('works in a repository whose name cannot be a label', async () => {
    const it = play({ presubmits: [] })
    await it.kube.create(
      prowJobs,
      job('a', ({ spec }) => Object.assign(spec.refs ?? {}, { repo: '.github' })),
    )
    const repository = { name: '.github', full_name: 'org/.github', owner: { login: 'org' } }
    await it.deliver('pull_request', {
      action: 'closed',
      repository,
      pull_request: { number: 1, base: { repo: repository } },
    })
    expect(states(it)).toEqual({ a: 'aborted' })
  })

  test('a job that ends meanwhile keeps its result', async () => {
    const it = play({ presubmits: [] })
    await it.kube.create(prowJobs, job('a'))
    let raced = false
    it.kube.onRequest(({ verb, name }) => {
      if (verb !== 'replace' || raced) return
      raced = true
      it.kube.change(prowJobs, { namespace: 'prow', name }, ({ status }) => {
        Object.assign(status, { state: 'success', completionTime: '2026-01-02T00:00:00Z' })
      })
    })
    await it.acts('closed')
    expect(states(it)).toEqual({ a: 'success complete' })
  })

  test('a repeated synchronize leaves the jobs alone that it has started', async () => {
    const it = play({
      presubmits: [presubmit({ name: 'one', always_run: true }), presubmit({ name: 'two', always_run: true })],
    })
    await it.acts('opened')
    let failed = false
    it.kube.onRequest(({ verb, body }) => {
      if (verb !== 'create' || failed || (body as ProwJob).spec.job !== 'two') return
      failed = true
      throw new KubeError(503, 'ServiceUnavailable', 'later')
    })
    await it.acts('synchronize')
    await it.clock.advance('1m')
    expect(
      it
        .jobs()
        .map(({ spec, status }) => `${spec.job} ${status.state}`)
        .toSorted(),
    ).toEqual(['one aborted', 'one triggered', 'two aborted', 'two triggered'])
  })
})

describe('welcome', () => {
  const text = async (options: Play, prepare = (_it: PluginScene) => {}) => {
    const it = play({ by: 'u', ...options })
    prepare(it)
    await it.acts('opened')
    return it.host.take()
  }
  const merged = (count: number) => (it: PluginScene) => void it.host.state.merged.set('org/u', count)

  test('says who has to say what, and sets the label', async () => {
    const effects = await text({})
    expect(effects).toContain('org/repo#1 +needs-ok-to-test')
    const comment = effects.find((effect) => effect.includes('comment'))
    for (const part of [
      'Hi @u',
      '[org](https://github.com/orgs/org/people)',
      '`/ok-to-test`',
      '`ok-to-test`',
      'https://go.k8s.io/bot-commands?repo=org%2Frepo',
      '<details>',
    ])
      expect(comment).toContain(part)
  })
  test('names the second organisation', async () =>
    expect(await text({ settings: { trusted_org: 'second' } })).toContainEqual(
      expect.stringContaining(' or [second](https://github.com/orgs/second/people)'),
    ))
  test('does not name the same organisation twice', async () => {
    const effects = await text({ settings: { trusted_org: 'org' } })
    expect(effects).toContainEqual(expect.stringContaining('[org](https://github.com/orgs/org/people)'))
    expect(effects.join()).not.toContain(' or [')
  })
  test.each([
    [{}, 'https://github.com/orgs/org/people'],
    [{ trusted_org: 'second' }, 'https://github.com/orgs/second/people'],
    [{ trusted_org: 'second', join_org_url: 'https://join' }, 'https://join'],
  ])('with %j, leads to %s for joining', async (settings, link) => {
    expect(await text({ settings })).toContainEqual(
      expect.stringMatching(new RegExp(`consider \\[joining.*\\]\\(${link}\\)`)),
    )
  })
  test('without ok-to-test, points to collaborators and sets no label', async () => {
    const effects = await text({ settings: { ignore_ok_to_test: true } })
    expect(effects).toEqual([expect.stringContaining('`/test all`')])
  })
  test('adds no label where ok-to-test is', async () =>
    expect(await text({ given: { labels: ['ok-to-test'] } })).toEqual([expect.stringContaining('Hi @u')]))
  test('labels that cannot be set do not keep the text back, and that is told', async () => {
    const it = play({ by: 'u' })
    it.host.before = (operation) => {
      if (operation === 'addLabel') throw new CodeHostError('forbidden', 403, 'no')
    }
    await it.acts('opened')
    expect(it.host.take()).toEqual([expect.stringContaining('Hi @u')])
    expect(await it.metrics.metrics()).toMatch(/prow_plugin_handle_errors\{.*"opened".*\} 1/)
  })

  test.each<[why: string, options: Play, count: number, prominent: boolean]>([
    ['two are not enough', {}, 2, false],
    ['three are', {}, 3, true],
    ['threshold 0 is always', { settings: { org_invite: { prominent: { merged_pr_threshold: 0 } } } }, 0, true],
    ['it can be switched off', { settings: { org_invite: { prominent: { disabled: true } } } }, 9, false],
  ])('invitation: %s', async (_why, options, count, prominent) => {
    const effects = await text(options, merged(count))
    expect(effects.some((effect) => effect.includes('>[!TIP]'))).toBe(prominent)
  })
  test('bots are not invited, and nobody looks for what they have merged', async () => {
    const it = play({ given: { user: userNamed('u[bot]') } })
    it.host.state.merged.set('org/u[bot]', 9)
    await it.acts('opened')
    expect(it.host.take().join()).not.toContain('>[!TIP]')
    expect(it.host.calls).not.toContain('countMerged')
  })
  test('the invitation may be worded by the organisation', async () => {
    const settings = { join_org_url: 'https://join', org_invite: { prominent: { message: 'Join at {join_org_url}!' } } }
    expect(await text({ settings }, merged(3))).toContainEqual(expect.stringContaining('Join at https://join!'))
  })
  test('a search that fails gives the plain text', async () => {
    const effects = await text({ settings: { org_invite: { prominent: { merged_pr_threshold: 0 } } } }, (it) => {
      it.host.before = (operation) => {
        if (operation === 'countMerged') throw new CodeHostError('unavailable', 503, 'no')
      }
    })
    expect(effects).toContainEqual(expect.stringContaining('consider [joining'))
  })
})

describe('commands', () => {
  const failedJib = (it: PluginScene) =>
    it.host.state.statuses.set(head, [status('job', 'pending'), status('jib', 'failure')])
  const go = presubmit({ name: 'jub', run_if_changed: '\\.go$' })
  const optional = presubmit({ name: 'opt', optional: true })

  test.each<[text: string, starts: string[]]>([
    ['/test all', ['job']],
    ['/test all,\r', ['job']],
    ['/test jib', ['jib']],
    ['/test jib job', ['jib', 'job']],
    ['/test job,', ['job']],
    ['/retest', ['jib']],
    ['/retest \r\n/other', ['jib']],
    ['/retest-required', ['jib']],
    ['/test-manual-required', ['jib']],
    ['/ok-to-test', ['job']],
    ['not /ok-to-test', []],
    ['/ok-to-test\r\n', ['job']],
    ['/Test all', []],
    ['> /test all', []],
  ])('%j starts %j', async (text, starts) => {
    const it = play()
    failedJib(it)
    await it.says('t', text)
    expect(it.started()).toEqual(starts)
  })

  test('a retest is marked as one', async () => {
    const it = play()
    failedJib(it)
    await it.says('t', '/retest')
    expect(it.jobs()[0]?.metadata.labels).toMatchObject({ 'prow.k8s.io/retest': 'true' })
    await it.says('t', '/test job')
    expect(it.jobs().find(({ spec }) => spec.job === 'job')?.metadata.labels).not.toHaveProperty(['prow.k8s.io/retest'])
  })

  test.each<
    [
      why: string,
      text: string,
      statuses: Record<string, 'success' | 'failure' | 'pending' | 'error'>,
      files: string[],
      starts: string[],
    ]
  >([
    ['a manual job that passed', '/retest', { job: 'success', jib: 'success' }, [], []],
    ['a conditional job that never reported, files match', '/retest', { job: 'success' }, ['a.go'], ['jub']],
    ['a conditional job that never reported, no file matches', '/retest', { job: 'success' }, ['a.md'], []],
    ['a conditional job that failed, no file matches', '/retest', { job: 'success', jub: 'error' }, ['a.md'], ['jub']],
    ['a failed optional job', '/retest-required', { job: 'success', jub: 'success', opt: 'failure' }, [], []],
    ['a failed optional job', '/retest', { job: 'success', jub: 'success', opt: 'failure' }, [], ['opt']],
    ['a conditional job by name, no file matches', '/test jub', { jub: 'success' }, ['a.md'], ['jub']],
    ['a name that only begins like a job', '/test jub-e2e job', {}, ['a.md'], ['job']],
    ['manual jobs that are required', '/test-manual-required', {}, ['a.go'], ['jib']],
    ['all, files match', '/test all', {}, ['a.go'], ['job', 'jub']],
  ])('%s: %s', async (_why, text, statuses, files, starts) => {
    const it = play({ presubmits: [always, manual, go, optional] })
    it.host.state.statuses.set(
      head,
      Object.entries(statuses).map(([context, state]) => status(context, state)),
    )
    it.host.state.files.set('org/repo#1', files)
    await it.says('t', text)
    expect(it.started()).toEqual(starts)
  })

  test('/test-manual-required leaves jobs alone that look at files, and answers of before become obsolete', async () => {
    const docs = presubmit({ name: 'docs', skip_if_only_changed: '^docs/' })
    const it = play({ presubmits: [always, manual, go, docs, optional] })
    it.host.state.files.set('org/repo#1', ['a.go'])
    await it.says('t', '/test FOO')
    it.host.take()
    await it.says('t', '/test-manual-required')
    expect(it.started()).toEqual(['jib'])
    expect(it.host.take()).toEqual([expect.stringMatching(/^org\/repo delete comment: @t: The specified target/)])
  })

  test('drafts can be tested by command; closed pull requests, issues and the bot itself cannot', async () => {
    const it = play({ given: { draft: true } })
    await it.says('t', '/test all')
    expect(it.started()).toEqual(['job'])
    await it.says('k8s-ci-robot', '/test all')
    await it.saysOnIssue('t', '/test all')
    it.change({ state: 'closed' })
    await it.says('t', '/test all')
    expect(it.started()).toEqual([])
  })

  test('with conflicts nothing starts, and that is no error', async () => {
    const it = play({ given: { mergeable: false } })
    await it.says('t', '/test all')
    expect(it.started()).toEqual([])
    expect(await it.metrics.metrics()).not.toMatch(/prow_plugin_handle_errors\{/)
  })

  test('a job may be started by any words', async () => {
    const it = play({
      presubmits: [
        presubmit({
          name: 'sun',
          trigger: '(?m)^Nice weather outside, right\\?$',
          rerun_command: 'Nice weather outside, right?',
        }),
      ],
    })
    it.host.say(ref, 'k8s-ci-robot', 'The `/test` command needs one or more targets.\n')
    await it.says('t', 'Nice weather outside, right?')
    expect(it.started()).toEqual(['sun'])
    expect(it.host.take()).toEqual([])
  })

  test.each(['I like it', '/test-infra is down', '/retest-please', '/tests all', ' /test all', 'not /retest'])(
    '%j costs no call',
    async (text) => {
      const it = play({ by: 'u' })
      await it.says('v', text)
      expect(it.host.calls).toEqual([])
    },
  )

  describe('trust', () => {
    test('one who is not trusted cannot start jobs on a pull request that is not', async () => {
      const it = play({ by: 'u' })
      await it.says('v', '/test all')
      expect(it.started()).toEqual([])
      expect(answer(it)).toEqual([expect.stringMatching(/^org\/repo#1 comment: @v: .*`\/ok-to-test`/)])
    })
    test('but can where it is', async () => {
      const byTrusted = play()
      await byTrusted.says('v', '/test all')
      expect(byTrusted.started()).toEqual(['job'])
      const labelled = play({ by: 'u', given: { labels: ['ok-to-test', 'needs-ok-to-test'] } })
      await labelled.says('v', '/test all')
      expect(labelled.started()).toEqual(['job'])
      expect(labelled.pr().labels).toEqual(['ok-to-test'])
    })
    test('/ok-to-test swaps the labels', async () => {
      const it = play({ by: 'u', given: { labels: ['needs-ok-to-test'] } })
      await it.says('t', '/ok-to-test')
      expect(it.pr().labels).toEqual(['ok-to-test'])
      expect(it.started()).toEqual(['job'])
    })
    test('/ok-to-test with manual jobs only changes labels, silently', async () => {
      const it = play({ by: 'u', presubmits: [manual] })
      await it.says('t', '/ok-to-test')
      expect(it.host.take()).toEqual(['org/repo#1 +ok-to-test'])
      expect(it.started()).toEqual([])
    })
    test('/ok-to-test is not for strangers, and not where it is ignored', async () => {
      const stranger = play({ by: 'u' })
      await stranger.says('v', '/ok-to-test')
      expect(stranger.pr().labels).toEqual([])
      const ignored = play({ by: 'u', settings: { ignore_ok_to_test: true } })
      await ignored.says('t', '/ok-to-test')
      expect(ignored.pr().labels).toEqual([])
      expect(ignored.started()).toEqual([])
    })
    test.each([[['ok-to-test']], [['ok-to-test', 'needs-ok-to-test']], [[]]])(
      '/ok-to-test cancel leaves %j with needs-ok-to-test alone',
      async (labels) => {
        for (const text of ['/ok-to-test cancel', '/ok-to-test\ncancel', '/ok-to-test\n/ok-to-test cancel']) {
          const it = play({ by: 'u', given: { labels } })
          await it.says('t', text)
          expect(it.pr().labels).toEqual(['needs-ok-to-test'])
          expect(it.started()).toEqual([])
        }
      },
    )
    test('a stranger cannot cancel', async () => {
      const it = play({ by: 'u', given: { labels: ['ok-to-test'] } })
      await it.says('v', '/ok-to-test cancel')
      expect(answer(it)).toEqual([expect.stringMatching(/@v: only somebody trusted/)])
      expect(it.pr().labels).toEqual(['ok-to-test'])
    })
  })

  describe('help', () => {
    const notes = {
      A: 'The `/test` command needs one or more targets.',
      B: 'The `/retest` command does not accept any targets.',
      C: 'No jobs can be run with `/test all`.',
      D: 'The specified target(s) for `/test` were not found.',
      list: 'The following commands are available to trigger required jobs:',
    }
    test.each<[text: string, note: keyof typeof notes]>([
      ['/test ?', 'list'],
      ['/test?', 'list'],
      ['/test', 'A'],
      ['/test \r\n?', 'A'],
      ['/retest FOO', 'B'],
      ['/test FOO', 'D'],
      ['/test  all', 'D'],
      ['```\n/test BAR\n```\n/test FOO', 'D'],
      ['```\nnever closed\n/test ?', 'list'],
      ['```\nnot closed\n``` here\n/test ?', 'list'],
    ])('%j: %s', async (text, note) => {
      const it = play()
      await it.says('t', text)
      expect(answer(it)).toEqual([`org/repo#1 comment: @t: ${notes[note]}`])
      expect(it.started()).toEqual([])
    })

    test('/test all with nothing to start', async () => {
      const it = play({ presubmits: [go] })
      it.host.state.files.set('org/repo#1', ['a.md'])
      await it.says('t', '/test all')
      expect(answer(it)).toEqual([`org/repo#1 comment: @t: ${notes.C}`])
    })

    test('no job on this branch', async () => {
      const it = play({ presubmits: [presubmit({ name: 'x', branches: ['^other$'] })] })
      await it.says('t', '/test ?')
      expect(answer(it)).toEqual(['org/repo#1 comment: @t: No presubmit jobs available for org/repo@main'])
    })

    test.each([
      '```\n/test ?\n```',
      '~~~\n/test FOO\n~~~\nfine',
      '```sh\n/test ?\n```\n',
      '```\r\n/test ?\r\n```\r\nand then some text',
    ])('%j is only shown, not said', async (text) => {
      const it = play()
      await it.says('t', text)
      expect(it.host.calls).toEqual([])
    })

    test('a command in a code block does not run beside one outside', async () => {
      const it = play()
      await it.says('t', '```\n/test jib\n```\n/test job')
      expect(it.started()).toEqual(['job'])
    })

    test('goes when somebody asks for tests in earnest', async () => {
      const it = play()
      await it.says('t', '/test FOO')
      it.host.say(ref, 'somebody', 'The `/test` command needs one or more targets.\n')
      it.host.take()
      await it.says('t', '/test job')
      expect(it.host.take()).toEqual([expect.stringMatching(/^org\/repo delete comment: @t: The specified target/)])
    })
  })

  describe('workflows of the code host', () => {
    const workflows = { settings: { trigger_github_workflows: true } }
    const prepared = (options: Play) => {
      const it = play({ by: 'u', given: { labels: ['ok-to-test'] }, ...options })
      it.host.state.workflowRuns.set(`${head} failed`, [1, 2]).set(`${head} waiting`, [3])
      return it
    }
    const runs = (it: PluginScene) => it.host.take().filter((effect) => effect.includes('workflow'))
    test.each([
      ['/ok-to-test', ['org/repo workflow run 3: approve']],
      ['/retest', ['org/repo workflow run 1: rerun-failed', 'org/repo workflow run 2: rerun-failed']],
      ['/test all', ['org/repo workflow run 1: rerun-failed', 'org/repo workflow run 2: rerun-failed']],
      ['/test job', []],
    ])('%s: %j', async (text, want) => {
      const it = prepared(workflows)
      await it.says('t', text)
      expect(runs(it)).toEqual(want)
    })
    test('are left alone unless that is switched on', async () => {
      const off = prepared({})
      await off.says('t', '/retest')
      expect(runs(off)).toEqual([])
      const ignored = prepared({ settings: { trigger_github_workflows: true, ignore_ok_to_test: true } })
      await ignored.says('t', '/ok-to-test')
      expect(runs(ignored)).toEqual([])
    })
    test('never keep the jobs from starting', async () => {
      const it = prepared(workflows)
      it.host.before = (operation) => {
        if (operation === 'workflowRuns' || operation === 'rerunWorkflow')
          throw new CodeHostError('forbidden', 403, 'no')
      }
      await it.says('t', '/test all')
      expect(it.started()).toEqual(['job'])
    })
  })
})

describe('pushes', () => {
  const all = postsubmit({ name: 'all' })
  const go = postsubmit({ name: 'go', run_if_changed: '\\.go$' })
  const release = postsubmit({ name: 'release', branches: ['^release/v1\\.14$'] })
  const off = postsubmit({ name: 'off', always_run: false })
  const push = (changes: object = {}) => ({
    ref: 'refs/heads/main',
    after: 'cafe',
    compare: 'https://github.com/org/repo/compare/a...b',
    commits: [{ added: ['a.md'], removed: [], modified: [] }],
    ...changes,
  })
  test.each<[why: string, changes: object, starts: string[]]>([
    ['to a branch', {}, ['all']],
    ['that touches files', { commits: [{ added: ['b.md'] }, { removed: ['x.go'] }] }, ['all', 'go']],
    ['to a branch with a slash', { ref: 'refs/heads/release/v1.14' }, ['all', 'release']],
    ['of a tag', { ref: 'refs/tags/release/v1.14' }, ['all', 'release']],
    ['that deletes a branch', { deleted: true }, []],
    ['to nothing', { after: '0'.repeat(40) }, []],
    ['that renames a.go', { commits: [{ added: ['b.txt'], removed: [] }] }, ['all']],
  ])('%s', async (_why, changes, starts) => {
    const it = play({ config: { postsubmits: { 'org/repo': [all, go, release, off] } } })
    await it.deliver('push', push(changes))
    expect(it.started()).toEqual(starts)
  })
  test('a job that cannot be created does not keep the others from it, and is told', async () => {
    const it = play({ config: { postsubmits: { 'org/repo': [all, postsubmit({ name: 'second' })] } } })
    it.kube.onRequest(({ verb, body }) => {
      if (verb === 'create' && (body as ProwJob).spec.job === 'all') throw new KubeError(422, 'Invalid', 'no')
    })
    await it.deliver('push', push())
    expect(it.started()).toEqual(['second'])
    expect(await it.metrics.metrics()).toMatch(/prow_plugin_handle_errors\{event_type="push",action="none".*\} 1/)
  })
  test('a job knows its push', async () => {
    const it = play({ config: { postsubmits: { 'org/repo': [all] } } })
    await it.deliver('push', push())
    expect(it.jobs()[0]).toMatchObject({
      metadata: { labels: { 'event-GUID': 'delivery-1' } },
      spec: {
        type: 'postsubmit',
        refs: {
          base_ref: 'main',
          base_sha: 'cafe',
          base_link: 'https://github.com/org/repo/compare/a...b',
          repo_link: 'https://github.com/org/repo',
        },
      },
    })
  })
})
