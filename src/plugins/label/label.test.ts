// label, as the people on an issue see it. author wrote it, bob is a member.
import { describe, expect, test } from 'vitest'
import { CodeHostError } from '../../api/code-host.ts'
import type { PluginConfig } from '../../config/types.ts'
import { snapshot } from '../../testing/config.ts'
import { survivesInterruptions } from '../../testing/interrupted.ts'
import { scene } from '../../testing/plugin-scene.ts'
import label from './label.ts'
import { assigneesFor, restrictedFor } from './restricted.ts'

type Settings = NonNullable<PluginConfig['sections']['label']>
type Entry = NonNullable<Settings['restricted_labels']>[string][number]
const entry = (given: Partial<Entry> & { label: string }): Entry => ({
  ...{ allowed_teams: [], allowed_users: [], assign_on: [] },
  ...given,
})

describe('restricted labels', () => {
  const sections = {
    label: {
      restricted_labels: {
        '*': [entry({ label: 'Approved', allowed_users: ['bea'], allowed_teams: ['z', 'a'] })],
        org: [entry({ label: 'APPROVED', allowed_users: ['al', 'bea'], assign_on: [{ label: 'cherry' }] })],
        'org/repo': [entry({ label: 'tide', allowed_users: ['cy'], assign_on: [{ label: 'Cherry' }, { label: 'x' }] })],
        'org/other': [entry({ label: 'no', allowed_users: ['di'] })],
      },
    },
  }
  const { plugins } = snapshot({ plugins: { sections } })
  const here = restrictedFor(plugins, { org: 'org', repo: 'repo' })

  test('what is said in three places counts together', () => {
    expect([...here.keys()]).toEqual(['approved', 'tide'])
    expect(here.get('approved')).toMatchObject({ teams: ['a', 'z'], users: ['al', 'bea'], assignOn: ['cherry'] })
    expect([...restrictedFor(plugins, { org: 'org', repo: 'toString' }).keys()]).toEqual(['approved'])
    expect([...restrictedFor(plugins, { org: 'else', repo: 'repo' }).values()]).toMatchObject([{ users: ['bea'] }])
  })

  test.each([
    ['CHERRY', ['al', 'bea', 'cy']],
    ['x', ['cy']],
    ['tide', []],
  ])('%s brings in %j', (name, want) => expect(assigneesFor(name, here)).toEqual(want))
})

const known = [
  'area/infra',
  'area/api',
  'kind/bug',
  'triage/accepted',
  'triage/needs-information',
  'foo',
  'lgtm',
  'tide/merge-method-squash',
]

function play({ labels = [], settings = {} }: { labels?: readonly string[]; settings?: Settings } = {}) {
  const it = scene({ with: [label], issue: { labels, state: 'closed' }, plugins: { sections: { label: settings } } })
  prepare(it.host.state)
  return it
}
function prepare(state: ReturnType<typeof scene>['host']['state']) {
  state.members.add('org/bob')
  state.teams.set('org/releasers', ['ren'])
  state.repoLabels.set(
    'org/repo',
    known.map((name) => ({ name, color: 'ffffff', description: '' })),
  )
}
const reply = (text: string | RegExp) =>
  typeof text === 'string' ? expect.stringContaining(text) : expect.stringMatching(text)

test.each<[text: string, have: string[], want: string[]]>([
  ['/area api infra ', [], ['+area/api', '+area/infra']],
  ['/kind bug', ['kind/bug'], []],
  ['/remove-kind BUG', ['kind/bug'], ['-kind/bug']],
  ['Thanks!\r\n/kind bug\r\n/remove-area infra\r\n', ['area/infra'], ['+kind/bug', '-area/infra']],
  ['<!-- say /kind bug\n/kind bug\n-->/area infra', [], ['+area/infra']],
  ['/remove-kind bug\n/kind bug', ['kind/bug'], ['-kind/bug']],
])('%j on %j does %j, without a word', async (text, labels, want) => {
  const { says, host } = play({ labels })
  await says('casey', text)
  expect(host.take()).toEqual(want.map((effect) => `org/repo#1 ${effect}`))
})

test.each(['/kind', '/Area x', '  /area x', 'hello', '<!-- /kind bug -->', '/label', '/label a b'])(
  '%j costs nothing',
  async (text) => {
    const { says, host } = play()
    await says('casey', text)
    expect(host.calls).toEqual([])
  },
)

test('works in descriptions and on pull requests, not when something is edited', async () => {
  const it = scene({ with: [label], plugins: { sections: {} } })
  prepare(it.host.state)
  await it.says('casey', '/kind bug', { action: 'edited' })
  expect(it.host.calls).toEqual([])
  await it.opens({ body: '/kind bug' })
  expect(it.pr().labels).toEqual(['kind/bug'])
})

describe('answers', () => {
  const settings: Settings = { additional_labels: ['foo'], restricted_labels: { '*': [entry({ label: 'Secret' })] } }
  test.each<[text: string, answer: RegExp]>([
    ['/area lgtm', /@casey: The label\(s\) `area\/lgtm` cannot be applied, because the repository doesn't have them\./],
    ['/remove-area  infra', /@casey: Those labels are not set on the issue: `area\/`\n/],
    [
      '/label x\n/remove-label y',
      /@casey: The label\(s\) `\/label x`, `\/remove-label y` cannot be applied\. These labels are supported: `foo`, `secret`\. /,
    ],
    // Only the first of several problems.
    ['/label x\n/area y\n/remove-kind bug', /@casey: The label\(s\) `\/label x` cannot be applied\. These/],
    ['/area y\n/remove-kind bug', /@casey: The label\(s\) `area\/y` cannot be applied, because/],
    ['/area @org/team`x', /@casey: The label\(s\) `` area\/@org\/team`x `` cannot/],
  ])('%j is answered', async (text, answer) => {
    const { says, host } = play({ labels: ['area/infra'], settings })
    await says('casey', text)
    expect(host.take().filter((effect) => effect.includes('comment'))).toEqual([reply(answer)])
  })

  test('what is fine is done all the same', async () => {
    const { says, host } = play({ labels: ['area/infra'] })
    await says('casey', '/remove-area  infra\n/kind bug nonsense')
    expect(host.take()).toEqual([
      'org/repo#1 +kind/bug',
      'org/repo#1 -area/infra',
      reply('The label(s) `kind/nonsense` cannot'),
    ])
  })

  test('the comment is quoted without what is hidden in it, and thousands of words make no endless answer', async () => {
    const { says, host } = play()
    await says('casey', `/area ${Array.from({ length: 10_000 }, (_, index) => `w${index}`).join(' ')}`)
    const [answer = ''] = host.take()
    expect(answer).toContain('`area/w49` and 9950 more cannot')
    expect(answer.length).toBeLessThan(66_000)
    await says('casey', '/area x<!-- secret -->')
    const [other = ''] = host.take()
    expect(other).toContain('>/area x\n')
    expect(other).not.toContain('secret')
  })

  test('without any configured label the answer says so', async () => {
    const { says, host } = play()
    await says('casey', '/label x')
    expect(host.take()).toEqual([reply('These labels are supported: none.')])
  })
})

describe('triage/accepted', () => {
  test('is set by members only', async () => {
    const stranger = play()
    await stranger.says('casey', '/triage needs-information accepted')
    expect(stranger.host.take()).toEqual([
      'org/repo#1 +triage/needs-information',
      reply(
        '@casey: The label `triage/accepted` cannot be applied. Only GitHub organization members can add the label.',
      ),
    ])
    const member = play()
    await member.says('bob', '/triage accepted')
    expect(member.host.take()).toEqual(['org/repo#1 +triage/accepted'])
  })

  test('is removed by anybody', async () => {
    const { says, host } = play({ labels: ['triage/accepted'] })
    await says('casey', '/remove-triage accepted')
    expect(host.take()).toEqual(['org/repo#1 -triage/accepted'])
  })

  test('is neither set nor refused while membership cannot be found out', async () => {
    const { says, host } = play()
    host.before = (operation) => {
      if (operation === 'isMember') throw new CodeHostError('forbidden', 403, 'no')
    }
    await says('bob', '/triage accepted\n/kind bug')
    expect(host.take()).toEqual(['org/repo#1 +kind/bug'])
  })
})

describe('a restricted label', () => {
  const byTeam = { restricted_labels: { org: [entry({ label: 'foo', allowed_teams: ['releasers', 'gone'] })] } }
  const byUser = {
    restricted_labels: {
      'org/repo': [
        entry({ label: 'Kind/Bug', allowed_users: ['Ann', ...Array.from({ length: 30 }, (_, i) => `u${i}`)] }),
      ],
    },
  }
  test.each<[login: string, text: string, settings: Settings, labels: string[], want: string]>([
    ['ren', '/label foo', byTeam, [], '+foo'],
    ['ren', '/remove-label FOO', byTeam, ['foo'], '-foo'],
    ['ann', '/kind bug', byUser, [], '+kind/bug'],
  ])('%s may %s', async (login, text, settings, labels, want) => {
    const { says, host } = play({ settings, labels })
    await says(login, text)
    expect(host.take()).toEqual([`org/repo#1 ${want}`])
  })

  test.each(['/label foo', '/remove-label foo'])('outsiders are told who may: %s', async (text) => {
    const { says, host } = play({ settings: byTeam, labels: text.includes('remove') ? ['foo'] : [] })
    await says('bob', `${text}\n/area api`)
    expect(host.take().toSorted()).toEqual([
      'org/repo#1 +area/api',
      reply('@bob: Can not set label `foo`: Must be member in one of these teams: `gone`, `releasers`'),
    ])
  })

  test('without teams at most twenty people are named, and not mentioned', async () => {
    const { says, host } = play({ settings: byUser })
    await says('bob', '/kind bug')
    const [answer = ''] = host.take()
    expect(answer).toContain(
      '@bob: Can not set label `kind/bug`: Must be one of these people: `Ann`, `u0`, `u1`, `u10`',
    )
    expect(answer.match(/`u\d+`/g)).toHaveLength(19)
  })

  test('is left alone, without a word, while the team cannot be read', async () => {
    const { says, host } = play({ settings: byTeam })
    host.before = (operation) => {
      if (operation === 'isTeamMember') throw new CodeHostError('forbidden', 403, 'no')
    }
    await says('ren', '/label foo\n/area api')
    expect(host.take()).toEqual(['org/repo#1 +area/api'])
  })
})

describe('when a pull request is labelled', () => {
  const settings = {
    restricted_labels: {
      '*': [entry({ label: 'approved', allowed_users: ['ann', 'ben'], assign_on: [{ label: 'Cherry' }] })],
    },
  }
  function pull() {
    const it = scene({ with: [label], plugins: { sections: { label: settings } } })
    for (const login of ['ann', 'ben']) it.host.state.collaborators.add(`org/repo/${login}`)
    return it
  }

  test('those who may set the label that follows are assigned', async () => {
    const { labels, host } = pull()
    await labels('bob', 'cherry')
    expect(host.take()).toEqual(['org/repo#1 assign ann ben'])
  })

  test('other labels, and labels that go, assign nobody', async () => {
    const { labels, unlabels, acts, host } = pull()
    await labels('bob', 'approved')
    await unlabels('bob', 'cherry')
    await acts('synchronize')
    expect(host.calls).toEqual([])
  })
})

test.each<[text: string, labels: string[]]>([
  ['/kind bug x\n/area api\n/remove-area infra', ['area/infra']],
  ['/remove-area infra\n/triage accepted', ['area/infra']],
  ['/label tide/merge-method-squash\n/label foo', []],
])('interrupted, %j is done whole and answered once', (text, labels) =>
  survivesInterruptions(
    () =>
      play({
        labels,
        settings: {
          additional_labels: ['foo'],
          restricted_labels: { '*': [entry({ label: 'tide/merge-method-squash', allowed_teams: ['releasers'] })] },
        },
      }),
    ({ says }) => says('casey', text),
  ),
)

test('help tells for each repository what /label can set and who may', () => {
  const restricted_labels = { 'org/repo': [entry({ label: '<x>', allowed_teams: ['t'], allowed_users: ['u'] })] }
  const { plugins } = snapshot({ plugins: { sections: { label: { additional_labels: ['foo'], restricted_labels } } } })
  expect(label.help?.(plugins, ['org/repo', 'org/other']).config).toEqual({
    '': expect.stringContaining('kind/*'),
    'org/repo': '/label can set: foo. Only some may set:<ul><li>&lt;x&gt;: team t, u</li></ul>',
    'org/other': '/label can set: foo.',
  })
})
