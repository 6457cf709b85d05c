// override: who may, what is written, and what people are told.
import { describe, expect, test } from 'vitest'
import { CodeHostError, type CommitStatus, type StatusState } from '../../api/code-host.ts'
import { descriptionOf } from '../../api/status-description.ts'
import { noInRepoJobs } from '../../config/in-repo/evaluate.ts'
import type { PluginConfig } from '../../config/types.ts'
import { memoryOwners } from '../../owners/testing/memory-owners.ts'
import { presubmit } from '../../testing/config.ts'
import { type PluginScene, type SceneOptions, scene } from '../../testing/plugin-scene.ts'
import override from './override.ts'

const head = 'bead000000000000000000000000000000000000'
const where = `org/repo@${head}`
const base = 'ba5e000000000000000000000000000000000000'
const reply = (who: string, text: string) =>
  expect.stringContaining(`org/repo#1 comment: @${who}: ${text}\n\n<details>`)

type Settings = NonNullable<PluginConfig['sections']['override']>
interface Play extends Partial<Omit<SceneOptions, 'config' | 'plugins'>> {
  readonly statuses?: Record<string, StatusState>
  readonly settings?: Settings
}

/** `root` is an admin, everybody else is not. */
function play({ statuses = {}, settings = {}, ...options }: Play = {}): PluginScene {
  const it = scene({
    with: [override],
    config: {
      presubmits: {
        'org/repo': [
          presubmit({ name: 'prow-job', context: 'ci/prow/pkg-job' }),
          presubmit({ name: 'unit', optional: true }),
        ],
      },
    },
    plugins: { sections: { override: settings } },
    ...options,
  })
  it.host.state.permissions.set('org/repo/root', 'admin').set('org/repo/writer', 'write')
  for (const [context, state] of Object.entries(statuses)) set(it, context, state)
  return it
}
const set = (it: PluginScene, context: string, state: StatusState, description = '') =>
  it.host.state.statuses.set(where, [
    ...(it.host.state.statuses.get(where) ?? []).filter((status) => status.context !== context),
    { context, state, description, target_url: `https://ci/${context}` },
  ])
const statusOf = (it: PluginScene, context: string): CommitStatus | undefined =>
  it.host.state.statuses.get(where)?.find((status) => status.context === context)
const answers = (it: PluginScene) => it.host.take().filter((effect) => effect.includes(' comment: '))
const answer = (it: PluginScene) => answers(it).map((effect) => effect.split('\n\n<details>')[0])
const done = (who: string, names: string) => [
  `org/repo#1 comment: @${who}: Overrode contexts on behalf of ${who}: ${names}`,
]

describe('/override', () => {
  test('makes a failed context green, with the base, and says so', async () => {
    const it = play({ statuses: { a: 'failure', b: 'success' } })
    await it.says('root', '/override a')
    expect(statusOf(it, 'a')).toEqual({
      ...{ context: 'a', state: 'success', target_url: 'https://ci/a' },
      description: descriptionOf('Overridden by root', base),
    })
    expect(it.host.take()).toEqual([
      expect.stringMatching(
        new RegExp(`^${where} status a: success Overridden by root.* BaseSHA:${base} https://ci/a$`),
      ),
      reply('root', 'Overrode contexts on behalf of root: a'),
    ])
    expect(it.jobs()).toEqual([])
  })

  test('of a job makes a run that has succeeded, before the status', async () => {
    const it = play({ statuses: { 'ci/prow/pkg-job': 'failure', unit: 'error' } })
    await it.says('root', '/override prow-job ci/prow/pkg-job\r\n/override unit')
    expect(answer(it)).toEqual(done('root', 'ci/prow/pkg-job, unit'))
    expect(it.jobs().map(({ spec }) => spec.job)).toEqual(['prow-job', 'unit'])
    expect(it.jobs()[0]).toMatchObject({
      metadata: { labels: { 'event-GUID': 'delivery-1', 'prow.k8s.io/is-optional': 'false' } },
      spec: {
        type: 'presubmit',
        context: 'ci/prow/pkg-job',
        refs: { base_sha: base, pulls: [{ number: 1, sha: head }] },
      },
      status: {
        state: 'success',
        description: 'Overridden by root',
        startTime: '2026-01-02T03:04:05Z',
        completionTime: '2026-01-02T03:04:05Z',
        url: expect.stringMatching(/^https:.*#issuecomment/),
      },
    })
  })

  test.each<[text: string, names: string]>([
    ['/override hung-test broken-test', 'broken-test, hung-test'],
    ['/override  broken-test \r\n', 'broken-test'],
    ['/override broken-test\r\nbecause flaky', 'broken-test'],
    ['/override broken-test\n\n/OVERRIDE hung-test', 'broken-test, hung-test'],
    ['```\n/override broken-test\n```', 'broken-test'],
  ])('%j', async (text, names) => {
    const it = play({ statuses: { 'broken-test': 'failure', 'hung-test': 'pending' } })
    await it.says('root', text)
    expect(answer(it)).toEqual(done('root', names))
  })

  test.each(['/override ', '/override\ta', '/override-a', 'text /override a', '> /override a'])(
    '%j says nothing',
    async (text) => {
      const it = play({ statuses: { a: 'failure' } })
      await it.says('root', text)
      expect(it.host.calls).toEqual([])
    },
  )

  test('nothing but blanks: nothing happens; nothing at all: a hint, to anybody', async () => {
    const it = play({ statuses: { a: 'failure' } })
    await it.says('root', '/override   ')
    expect([it.host.take(), it.host.calls]).toEqual([[], ['pullRequest', 'permission']])
    await it.says('stranger', '/override')
    await it.says('root', '/override-sticky\r\n')
    expect(answer(it)).toEqual([
      'org/repo#1 comment: @stranger: /override requires failed status contexts to operate on, but none was given',
      'org/repo#1 comment: @root: /override-sticky requires failed status contexts to operate on, but none was given',
    ])
  })

  test('is for open pull requests, and for new comments', async () => {
    const it = play({ statuses: { a: 'failure' } })
    await it.says('root', '/override a', { action: 'edited' })
    await it.saysOnIssue('root', '/override a')
    it.change({ state: 'closed' })
    await it.says('root', '/override a')
    expect(it.host.calls).toEqual([])
  })

  test('an unknown name: nothing is overridden, and all names are told', async () => {
    const it = play({ statuses: { a: 'failure', green: 'success', 'ci/prow/pkg-job': 'pending', '`x`': 'error' } })
    await it.says('root', '/override a green @team "<b>"')
    expect(statusOf(it, 'a')?.state).toBe('failure')
    const [text = ''] = answer(it)
    expect(text.match(/^- .*/gm)).toEqual([
      '- `<b>`',
      '- `@team`',
      '- `green`',
      '- `` `x` ``',
      '- `a`',
      '- `ci/prow/pkg-job`',
      '- `prow-job`',
    ])
    expect(text).toContain('double quotes')
  })

  test('a context that is no ordinary name calls nobody', async () => {
    const it = play({ statuses: { '@org/team': 'failure' } })
    await it.says('root', '/override @org/team')
    expect(answer(it)).toEqual(done('root', '`@org/team`'))
  })

  test('thousands of names fit into an answer', async () => {
    const it = play({ statuses: { a: 'failure' } })
    await it.says('root', `/override ${Array.from({ length: 8000 }, (_, index) => `n${index}`).join(' ')}`)
    expect(answers(it)[0]?.length).toBeLessThan(65_600)
  })

  test('what branch protection requires may be named, whether it never reported or is green', async () => {
    const it = play({ statuses: { green: 'success' } })
    it.host.state.requiredContexts.set('org/repo:main', ['green', 'silent'])
    await it.says('root', '/override green silent')
    expect(answer(it)).toEqual(done('root', 'green, silent'))
    expect(statusOf(it, 'silent')).toMatchObject({ state: 'success', target_url: '' })
    const without = play({ statuses: { green: 'success' } })
    await without.says('root', '/override silent')
    expect(answer(without)[0]).toContain('unknown contexts were given:\n- `silent`')
  })

  test('protection that may not be known matters only for names that nothing else knows', async () => {
    const it = play({ statuses: { a: 'failure' } })
    it.host.before = (operation) => {
      if (operation === 'requiredContexts') throw new CodeHostError('not-found', 404, 'Not Found')
    }
    await it.says('root', '/override a')
    await it.says('root', '/override b')
    expect(answer(it)).toEqual([
      ...done('root', 'a'),
      'org/repo#1 comment: @root: Cannot get branch protection for branch main in org/repo',
    ])
  })

  test('what was overridden can be overridden again', async () => {
    const it = play({ statuses: { a: 'failure' } })
    await it.says('root', '/override a')
    await it.says('root', '/override-sticky a')
    expect(statusOf(it, 'a')?.description).toContain('[prow:skip-retest]')
  })
})

describe('/override-sticky', () => {
  test('says with a word in the description that no base changes it', async () => {
    const login = 'l'.repeat(39)
    const it = play({ statuses: { unit: 'failure' } })
    it.host.state.permissions.set(`org/repo/${login}`, 'admin')
    await it.says(login, '/override-sticky unit')
    const { description = '' } = statusOf(it, 'unit') ?? {}
    expect(description).toContain(`Overridden by ${login} [prow:skip-retest]`)
    expect(description).toContain(`BaseSHA:${base}`)
    expect(Buffer.byteLength(description)).toBeLessThanOrEqual(140)
    expect(it.jobs()[0]?.status.description).toBe(`Overridden by ${login} [prow:skip-retest]`)
    expect(answer(it)[0]).toContain(`${done(login, 'unit')[0]}\n\nThese overrides persist`)
  })
})

describe('check runs', () => {
  const failed = (it: PluginScene, name: string, conclusion = 'failure') =>
    it.host.state.checkRuns.set(where, [
      ...(it.host.state.checkRuns.get(where) ?? []),
      { ...{ id: 1, name, head_sha: head, status: 'completed', html_url: '' }, conclusion, completed_at: 'then' },
    ])

  test('an app makes new ones that are green', async () => {
    const it = play({ isApp: true, statuses: { 'broken-test': 'failure', 'hung-test': 'pending' } })
    failed(it, 'test / Unit Tests')
    await it.says('root', '/override broken-test "test / Unit Tests" hung-test')
    const effects = it.host.take()
    expect(effects.filter((effect) => effect.includes(' status ')).length).toBe(2)
    expect(effects).toContain(`${where} check run test / Unit Tests: success`)
    expect(effects.at(-1)).toContain('on behalf of root: broken-test, hung-test, test / Unit Tests\n')
  })

  test('without an app nobody knows of them', async () => {
    const it = play({ statuses: { 'broken-test': 'failure' } })
    failed(it, 'test / Unit Tests')
    await it.says('root', '/override broken-test "test / Unit Tests"')
    expect(it.host.calls).not.toContain('checkRuns')
    expect(answer(it)[0]).toContain('unknown contexts were given:\n- `test / Unit Tests`\n')
    expect(statusOf(it, 'broken-test')?.state).toBe('failure')
  })

  test('one that is good is unknown', async () => {
    const it = play({ isApp: true })
    failed(it, 'a', 'success')
    await it.says('root', '/override a')
    expect(answer(it)[0]).toContain('unknown contexts were given:\n- `a`\n')
  })
})

describe('who may', () => {
  const teams = { allowed_github_teams: { 'org/repo': ['team-foo', 'bad-slug'], org: ['all'], other: ['others'] } }
  const owners = { allow_top_level_owners: true }
  const files = { OWNERS: 'approvers: [code_owner]\nreviewers: [reviewer]\n', 'sub/OWNERS': 'approvers: [deep]\n' }
  test.each<[login: string, settings: Settings, may: boolean]>([
    ['root', {}, true],
    ['writer', {}, false],
    ['stranger', {}, false],
    ['Foo-Member', teams, true],
    ['org-member', teams, true],
    ['other-member', teams, false],
    ['foo-member', {}, false],
    ['Code_owner', owners, true],
    ['Code_owner', {}, false],
    ['reviewer', owners, false],
    ['deep', owners, false],
  ])('%s under %j: %o', async (login, settings, may) => {
    const it = play({ statuses: { a: 'failure' }, settings, owners: memoryOwners(files) })
    it.host.state.teams.set('org/team-foo', ['foo-member']).set('org/all', ['org-member'])
    it.host.state.teams.set('org/others', ['other-member'])
    for (const text of ['/override a', '/override-sticky a', '/override-cancel a']) await it.says(login, text)
    if (may) expect(statusOf(it, 'a')?.description).toBe(`Override cancelled by ${login}`)
    else {
      expect(statusOf(it, 'a')?.state).toBe('failure')
      expect(answer(it).map((text) => text?.split(' restricted')[0])).toEqual(
        ['override', 'override-sticky', 'override-cancel'].map(
          (command) => `org/repo#1 comment: @${login}: ${login} unauthorized: /${command} is`,
        ),
      )
    }
  })

  test('what cannot be found out counts as no, and does not hide the other ways', async () => {
    const it = play({ statuses: { a: 'failure' }, settings: { ...teams, ...owners } })
    it.host.state.teams.set('org/team-foo', ['foo-member'])
    it.host.before = (operation) => {
      if (operation === 'permission') throw new CodeHostError('forbidden', 403, 'no')
    }
    await it.says('root', '/override a')
    await it.says('foo-member', '/override a')
    expect(answer(it)).toEqual([
      'org/repo#1 comment: @root: root unauthorized: /override is restricted to Repo administrators, approvers in top level OWNERS file, and the following github teams:org: all, org/repo: team-foo bad-slug.',
      ...done('foo-member', 'a'),
    ])
  })

  test('help tells it', () => {
    const settings = { allowed_github_teams: { 'org1/repo1': ['team-foo', 'team-bar'] } }
    const plugins = { sections: { override: settings } } as never
    expect(override.help?.(plugins, [])?.config?.['']).toContain(
      'Repo administrators, and the following github teams:org1/repo1: team-foo team-bar.',
    )
    expect(override.help?.({ sections: {} } as never, [])?.config?.['']).toMatch(/Repo administrators\.$/)
    expect(override.commands.map(({ usage, featured = false }) => [usage, featured])).toEqual([
      ['/override [context1] [context2]', false],
      ['/override-sticky [context1] [context2]', false],
      ['/override-cancel [context]', false],
    ])
  })
})

describe('/override-cancel', () => {
  const overridden = () => {
    const it = play({ statuses: { plain: 'success' } })
    set(it, 'a', 'success', 'Overridden by root BaseSHA:x')
    set(it, 'ci/prow/pkg-job', 'success', 'Overridden by root [prow:skip-retest]')
    return it
  }
  test.each<[text: string, names: string[]]>([
    ['/override-cancel', ['a', 'ci/prow/pkg-job']],
    ['/override-cancel a\n/override-cancel', ['a', 'ci/prow/pkg-job']],
    ['/override-cancel a', ['a']],
    ['/override-cancel prow-job', ['ci/prow/pkg-job']],
    ['/override-cancel "a" plain', ['a']],
  ])('%j', async (text, names) => {
    const it = overridden()
    await it.says('root', text)
    for (const name of names)
      expect(statusOf(it, name)).toEqual({
        ...{ context: name, state: 'failure', target_url: `https://ci/${name}` },
        description: 'Override cancelled by root',
      })
    expect(it.host.take().filter((effect) => effect.includes(' status ')).length).toBe(names.length)
    expect(it.host.state.comments.get('org/repo#1')?.at(-1)?.body).toContain(
      `@root: Cancelled overrides on behalf of root: ${names.join(', ')}\n`,
    )
    expect(it.jobs()).toEqual([])
  })

  test.each(['/override-cancel', '/override-cancel plain', '/override-cancel unknown', '/override-cancel   '])(
    '%j finds none',
    async (text) => {
      const it = play({ statuses: { plain: 'success', failed: 'failure' } })
      await it.says('root', text)
      expect(answer(it)).toEqual(['org/repo#1 comment: @root: No overrides found to cancel'])
    },
  )

  test('goes before the others in one comment', async () => {
    const it = overridden()
    set(it, 'b', 'failure')
    await it.says('root', '/override b\n/override-sticky a\n/override-cancel')
    expect(
      it.host.take().flatMap((effect) => effect.match(/status (\S+): (\S+) (Over\S+ \S+ \S+)/)?.slice(1, 3) ?? []),
    ).toEqual(['a', 'failure', 'ci/prow/pkg-job', 'failure', 'a', 'success', 'b', 'success'])
  })
})

describe('failures', () => {
  const failing = (it: PluginScene, wanted: string, at = '') => {
    it.host.before = (operation) => {
      if (operation === wanted) throw new CodeHostError('forbidden', 403, `no ${at}`)
    }
    return it
  }
  test.each<[operation: string, text: string]>([
    ['pullRequest', 'Cannot get PR #1 in org/repo'],
    ['statuses', 'Cannot get commit statuses for PR #1 in org/repo'],
    ['checkRuns', 'Cannot get commit checkruns for PR #1 in org/repo'],
    ['branchSha', 'Cannot get base ref of PR'],
    ['setStatus', 'Cannot update PR status for context a'],
  ])('of %s are told', async (operation, text) => {
    const it = failing(play({ isApp: true, statuses: { a: 'failure' } }), operation)
    await it.says('root', '/override a')
    expect(answer(it)).toEqual([`org/repo#1 comment: @root: ${text}`])
    expect(await it.metrics.metrics()).not.toMatch(/prow_plugin_handle_errors\{/)
  })

  test("of the repository's own jobs are told", async () => {
    const problem = { code: 'X', field: 'f', message: 'm' }
    for (const jobs of [
      async () => Promise.reject(new Error('no')),
      async () => ({ ...noInRepoJobs, problems: [problem] }),
    ]) {
      const it = play({ statuses: { a: 'failure' }, inRepo: { jobs, canMatch: async () => true } })
      await it.says('root', '/override a')
      expect(answer(it)).toEqual(['org/repo#1 comment: @root: Failed to get presubmits'])
    }
  })

  test("the repository's own jobs count", async () => {
    const own = presubmit({ name: 'own', context: 'c' })
    const inRepo = { jobs: async () => ({ ...noInRepoJobs, presubmits: [own] }), canMatch: async () => true }
    const it = play({ statuses: { c: 'failure' }, inRepo })
    await it.says('root', '/override own')
    expect(it.started()).toEqual(['own'])
  })

  test('of a run leave the status as it is; what was done before is told', async () => {
    const it = play({ statuses: { a: 'failure', unit: 'failure' } })
    it.kube.onRequest(({ verb }) => {
      if (verb === 'create') throw new Error('no')
    })
    await it.says('root', '/override a unit')
    expect(answer(it)).toEqual([
      'org/repo#1 comment: @root: Failed to create override job for unit',
      ...done('root', 'a'),
    ])
    expect(statusOf(it, 'unit')?.state).toBe('failure')
  })

  test('of a check run are told', async () => {
    const it = failing(play({ isApp: true }), 'createCheckRun')
    it.host.state.checkRuns.set(where, [
      {
        ...{ id: 1, name: 'x', head_sha: head, status: 'completed', html_url: '' },
        conclusion: 'failure',
        completed_at: 'then',
      },
    ])
    await it.says('root', '/override x')
    expect(answer(it)).toEqual(['org/repo#1 comment: @root: cannot create prow-override CheckRun x'])
  })

  test.each(['/override a unit x', '/override-cancel'])(
    '%s: an answer that gets lost repeats the work, and says it once',
    async (text) => {
      const it = play({ isApp: true, statuses: { a: 'failure', unit: 'failure' } })
      it.host.state.checkRuns.set(where, [
        {
          ...{ id: 1, name: 'x', head_sha: head, status: 'completed', html_url: '' },
          conclusion: 'failure',
          completed_at: 'then',
        },
      ])
      if (text === '/override-cancel')
        for (const context of ['a', 'unit']) set(it, context, 'success', 'Overridden by root')
      let left = 1
      it.host.after = (operation) => {
        if (operation === 'comment' && left-- > 0) throw new CodeHostError('unavailable', 503, 'no')
      }
      await it.says('root', text)
      await it.clock.advance('1s')
      expect(answer(it)).toEqual(
        text === '/override-cancel'
          ? ['org/repo#1 comment: @root: Cancelled overrides on behalf of root: a, unit']
          : done('root', 'a, unit, x'),
      )
      expect(it.jobs().length).toBe(text === '/override-cancel' ? 0 : 1)
    },
  )
})
