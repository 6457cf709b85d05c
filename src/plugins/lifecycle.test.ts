// lifecycle, as the people on an issue see it. author wrote it, collab is a collaborator.
import { describe, expect, test } from 'vitest'
import { CodeHostError, type Issue } from '../api/code-host.ts'
import { survivesInterruptions } from '../testing/interrupted.ts'
import { scene } from '../testing/plugin-scene.ts'
import lifecycle, { refusal } from './lifecycle.ts'

const [active, frozen, stale, rotten] = ['active', 'frozen', 'stale', 'rotten'].map((state) => `lifecycle/${state}`)

function onIssue(given: Partial<Issue> = {}) {
  const it = scene({ with: [lifecycle], issue: given })
  it.host.state.collaborators.add('org/repo/collab')
  return it
}
function onPull() {
  const it = scene({ with: [lifecycle] })
  it.host.state.collaborators.add('org/repo/collab')
  return it
}

const nobody = { isAuthor: false, isCollaborator: false, isForgotten: false }
test.each([
  ['close', { ...nobody, isAuthor: true }, true],
  ['close', { ...nobody, isCollaborator: true }, true],
  ['close', { ...nobody, isForgotten: true }, true],
  ['close', nobody, false],
  ['reopen', { ...nobody, isAuthor: true }, true],
  ['reopen', { ...nobody, isCollaborator: true }, true],
  ['reopen', { ...nobody, isForgotten: true }, false],
] as const)('%s by %j: %s', (wants, asker, may) => {
  expect(refusal(wants, asker) === undefined).toBe(may)
})

describe('labels', () => {
  test.each<[have: (string | undefined)[], text: string, want: (string | undefined)[]]>([
    [[], '/lifecycle frozen', [frozen]],
    [[], '/lifecycle active', [active]],
    [[stale, rotten], '/lifecycle frozen', [frozen]],
    [[stale, rotten], '/remove-lifecycle stale\n/remove-lifecycle rotten\n/lifecycle frozen', [frozen]],
    [[stale], '/lifecycle rotten\r', [rotten]],
    // What is there already takes no place.
    [[stale, rotten], '/lifecycle stale', [stale, rotten]],
    [[frozen], '/remove-lifecycle frozen', []],
    [[stale], '/remove-lifecycle frozen', [stale]],
    [[], '/lifecycle Frozen', [frozen]],
    [[], '/LIFECYCLE STALE ', [stale]],
    [[], '/lifecycle frozen stale', []],
    [[], '/lifecycle', []],
    [[], '/lifecycle  frozen', []],
    [[], '/lifecycle thawed', []],
    [[], 'say /lifecycle stale', []],
  ])('%j and %j gives %j', async (have, text, want) => {
    const { says, issue, host } = onIssue({ labels: have.map(String), state: 'closed' })
    await says('casey', text)
    expect(issue().labels).toEqual(want)
    expect(host.take().some((effect) => effect.includes('comment'))).toBe(false)
  })

  test.each(['/lifecycle frozen', '/lifecycle FROZEN'])('pull requests are not frozen by %s', async (text) => {
    const { says, pr, host } = onPull()
    await says('alice', `${text}\n${text}\n/lifecycle stale`)
    expect(pr().labels).toEqual([stale])
    expect(host.take()).toEqual([
      expect.stringMatching(/@alice: The `lifecycle\/frozen` label cannot be applied to Pull Requests\./),
      'org/repo#1 +lifecycle/stale',
    ])
  })

  test('a frozen pull request can be thawed', async () => {
    const { says, change, pr } = onPull()
    change({ labels: ['lifecycle/frozen'] })
    await says('alice', '/remove-lifecycle frozen')
    expect(pr().labels).toEqual([])
  })

  test('a label that cannot be taken off does not keep the new one away', async () => {
    const { says, issue, host } = onIssue({ labels: ['lifecycle/stale', 'lifecycle/active'] })
    host.before = (operation) => {
      if (operation === 'removeLabel') throw new CodeHostError('forbidden', 403, 'no')
    }
    await says('bob', '/lifecycle rotten')
    expect(issue().labels).toContain(rotten)
  })
})

describe('/close', () => {
  test.each<[login: string, text: string, want: RegExp[]]>([
    ['author', '/close', [/#1 close completed$/, /comment: @author: Closing this issue\./]],
    ['collab', '/CLOSE \r', [/#1 close completed$/, /comment: @collab: Closing this issue\./]],
    ['author', '/close not-planned', [/#1 close not_planned$/, /Closing this issue, marking it as "Not Planned"\./]],
    ['author', '/close\n/close not-planned', [/#1 close not_planned$/, /Not Planned/]],
    [
      'casey',
      '/close',
      [/comment: @casey: You can't close an active issue\/PR unless you authored it or you are a collaborator\./],
    ],
    ['author', '/close please', []],
    ['author', '/close not planned', []],
    ['author', 'I /close', []],
  ])('by %s: %j', async (login, text, want) => {
    const { says, host } = onIssue()
    await says(login, text)
    expect(host.take()).toEqual(want.map((effect) => expect.stringMatching(effect)))
  })

  test.each([stale, rotten])('anybody may close what is labelled %s', async (label) => {
    const { says, issue } = onIssue({ labels: [String(label)] })
    await says('casey', '/close')
    expect(issue().state).toBe('closed')
  })

  test.each(['labels', 'isCollaborator'] as const)('what cannot be found out (%s) counts as no', async (broken) => {
    const { says, issue, host } = onIssue({ labels: broken === 'labels' ? ['lifecycle/stale'] : [] })
    host.before = (operation) => {
      if (operation === broken) throw new CodeHostError('unavailable', 503, 'no')
    }
    await says(broken === 'labels' ? 'casey' : 'collab', '/close')
    expect(issue().state).toBe('open')
    expect(host.take()).toEqual([expect.stringContaining("You can't close an active issue/PR")])
  })

  test('a pull request is closed, but not as not planned', async () => {
    const { says, pr, host } = onPull()
    await says('author', '/close not-planned')
    expect(host.take()).toEqual([expect.stringContaining('@author: PRs cannot be closed as "not planned"')])
    await says('author', '/close')
    expect(pr().state).toBe('closed')
    expect(host.take()).toEqual(['org/repo#1 close', expect.stringContaining('@author: Closed this PR.')])
  })

  test('what needs not be known is not asked', async () => {
    const byAuthor = onIssue()
    await byAuthor.says('author', '/close')
    expect(byAuthor.host.calls).toEqual(['close', 'comment'])
    const byCollaborator = onIssue()
    await byCollaborator.says('collab', '/close')
    expect(byCollaborator.host.calls).toEqual(['isCollaborator', 'close', 'comment'])
  })

  test('what is closed is not closed again', async () => {
    const { says, host } = onIssue({ state: 'closed' })
    await says('author', '/close')
    expect(host.calls).toEqual([])
  })
})

describe('/reopen', () => {
  test.each<[login: string, want: RegExp[]]>([
    ['author', [/#1 reopen$/, /@author: Reopened this issue\./]],
    ['collab', [/#1 reopen$/, /@collab: Reopened this issue\./]],
    ['casey', [/@casey: You can't reopen an issue\/PR unless you authored it or you are a collaborator\./]],
  ])('by %s', async (login, want) => {
    const { says, host } = onIssue({ state: 'closed', labels: ['lifecycle/rotten'] })
    await says(login, '/reopen\r\n')
    expect(host.take()).toEqual(want.map((effect) => expect.stringMatching(effect)))
  })

  test('what is open is not reopened', async () => {
    const { says, host } = onIssue()
    await says('author', '/reopen')
    expect(host.calls).toEqual([])
  })

  test('what the host does not allow is told', async () => {
    const { says, change, host } = onPull()
    change({ state: 'closed', merged: true })
    await says('author', '/reopen')
    expect(host.take()).toEqual([
      expect.stringContaining('@author: Failed to re-open PR: state cannot be changed. The pull request cannot'),
    ])
  })

  test('of both commands the one that changes something counts', async () => {
    const closed = onIssue({ state: 'closed' })
    await closed.says('author', '/close\n/reopen')
    expect(closed.issue().state).toBe('open')
    const open = onIssue()
    await open.says('author', '/reopen\n/close')
    expect(open.issue().state).toBe('closed')
  })

  test('a refusal does not hold up the labels', async () => {
    const { says, issue } = onIssue({ state: 'closed' })
    await says('casey', '/reopen\n/remove-lifecycle rotten\n/lifecycle active')
    expect(issue().labels).toEqual([active])
  })
})

test('an edited comment says nothing', async () => {
  const { says, host } = onIssue()
  await says('author', '/close', { action: 'edited' })
  expect(host.calls).toEqual([])
})

test.each<[text: string, given: Partial<Issue>]>([
  ['/close\n/lifecycle frozen', { labels: ['lifecycle/stale'] }],
  ['/reopen', { state: 'closed' }],
])('interrupted, %j is carried out whole and answered once', (text, given) =>
  survivesInterruptions(
    () => onIssue(given),
    ({ says }) => says('author', text),
  ),
)
