// A plugin's view of an issue or pull request: repeating does nothing twice, and nothing is asked twice.
import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import { testClock } from '../testing/clock.ts'
import { memoryCodeHost, userNamed } from '../testing/memory-code-host.ts'
import { thread } from './thread.ts'

const at = { org: 'o', repo: 'r', number: 1 }
const said = { login: 'al', body: '/cmd', html_url: 'https://github.com/o/r/pull/1#c' }

function scene({ attempt = 1, labels = [] }: { attempt?: number; labels?: string[] } = {}) {
  const clock = testClock()
  const host = memoryCodeHost(clock, 'ci-bot')
  host.open(at, { labels })
  const receivedAt = clock.now()
  const about = thread({ host, at, said, delivery: { attempt, receivedAt }, log: pino({ level: 'silent' }) })
  const time = (seconds: number) => new Date(receivedAt + seconds * 1000).toISOString()
  return { host, about, time }
}

describe('labels', () => {
  test('are compared without regard to case, and removed as the host writes them', async () => {
    const { host, about } = scene({ labels: ['Do-Not-Merge/Hold', 'lgtm'] })
    expect(await about.hasLabel('do-not-merge/hold')).toBe(true)
    expect(await about.hasLabel('do-not-merge')).toBe(false)
    expect(await about.setLabel('do-not-merge/hold', true)).toBe(false)
    expect(await about.setLabel('do-not-merge/hold', false)).toBe(true)
    expect(await about.setLabel('do-not-merge/hold', false)).toBe(false)
    expect(await about.labels()).toEqual(['lgtm'])
    expect(await about.setLabel('approved', true)).toBe(true)
    expect(await about.hasLabel('Approved')).toBe(true)
    expect(host.effects).toEqual(['o/r#1 -Do-Not-Merge/Hold', 'o/r#1 +approved'])
    expect(host.calls.filter((call) => call === 'labels')).toHaveLength(1)
  })
})

describe('a comment', () => {
  test.each<[why: string, attempt: number, login: string, body: string, seconds: number, posted: boolean]>([
    ['that an earlier attempt posted', 2, 'ci-bot', 'hi\n\nyou', 1, false],
    ['with line ends and blanks as the host keeps them', 2, 'ci-bot', 'hi\r\n\r\nyou \n', 1, false],
    ['within what the clocks may differ', 2, 'ci-bot', 'hi\n\nyou', -60, false],
    ['older than the delivery', 2, 'ci-bot', 'hi\n\nyou', -61, true],
    ['of somebody else', 2, 'mallory', 'hi\n\nyou', 1, true],
    ['that differs', 2, 'ci-bot', 'hi\n\nthem', 1, true],
    ['that is alike, in the first attempt', 1, 'ci-bot', 'hi\n\nyou', 1, true],
  ])('%s', async (_why, attempt, login, body, seconds, posted) => {
    const { host, about, time } = scene({ attempt })
    host.say(at, login, body, { created_at: time(seconds) })
    await about.comment('hi\n\nyou')
    expect(host.effects).toEqual(posted ? ['o/r#1 comment: hi\n\nyou'] : [])
  })

  test('the first attempt asks nothing', async () => {
    const { host, about } = scene()
    await about.comment('hi')
    expect(host.calls).toEqual(['comment'])
  })

  test('a reply quotes, an answer to one person does not', async () => {
    const { host, about } = scene()
    await about.reply('no')
    await about.respond('bo', 'welcome', 'because')
    const [reply = '', answer = ''] = host.take()
    expect(reply).toMatch(/^o\/r#1 comment: @al: no\n.*\[this\]\(https:\/\/github.com\/o\/r\/pull\/1#c\).*\n>\/cmd\n/s)
    expect(answer).toMatch(/^o\/r#1 comment: @bo: welcome\n.*\nbecause\n/s)
    expect(answer).not.toContain('/cmd')
  })
})

test('an announcement mentions nobody and folds away who is talking', async () => {
  const { host, about } = scene()
  await about.announce('The branch is frozen.')
  expect(host.effects.join()).toMatch(/^o\/r#1 comment: The branch is frozen\.\n\n<details>\n\n.+\n<\/details>$/)
})

describe('one comment of a kind', () => {
  const isNotice = ({ body }: { body: string }) => body.startsWith('NOTICE')
  test.each<[why: string, there: [login: string, body: string][], want: string | undefined, effects: string[]]>([
    ['is posted', [], 'NOTICE 1', ['o/r#1 comment: NOTICE 1']],
    ['stays', [['ci-bot', 'NOTICE 1']], 'NOTICE 1', []],
    ['stays when the host has changed its line ends', [['ci-bot', 'NOTICE\r\n1 ']], 'NOTICE\n1', []],
    ['is renewed', [['ci-bot', 'NOTICE 1']], 'NOTICE 2', ['o/r delete comment: NOTICE 1', 'o/r#1 comment: NOTICE 2']],
    [
      'takes the place of several',
      [
        ['ci-bot', 'NOTICE 2'],
        ['ci-bot', 'NOTICE 1'],
      ],
      'NOTICE 2',
      ['o/r delete comment: NOTICE 2', 'o/r delete comment: NOTICE 1', 'o/r#1 comment: NOTICE 2'],
    ],
    [
      'is not what others wrote',
      [
        ['mallory', 'NOTICE 1'],
        ['ci-bot', 'hi'],
      ],
      'NOTICE 1',
      ['o/r#1 comment: NOTICE 1'],
    ],
    ['goes', [['ci-bot', 'NOTICE 1']], undefined, ['o/r delete comment: NOTICE 1']],
    ['need not go when there is none', [['ci-bot', 'hi']], undefined, []],
  ])('%s', async (_why, there, want, effects) => {
    const { host, about } = scene()
    for (const [login, body] of there) host.say(at, login, body)
    await about.keepOne(isNotice, want)
    expect(host.effects).toEqual(effects)
  })
})

describe('obsolete comments', () => {
  test('go if they are the bot’s, and nobody sees them any more', async () => {
    const { host, about } = scene()
    for (const [login, body] of [
      ['ci-bot', 'old'],
      ['mallory', 'old'],
      ['ci-bot', 'new'],
    ] as const) {
      host.say(at, login, body)
    }
    await about.prune(({ body }) => body === 'old')
    expect(host.effects).toEqual(['o/r delete comment: old'])
    expect((await about.comments()).map(({ user, body }) => `${user.login} ${body}`)).toEqual([
      'mallory old',
      'ci-bot new',
    ])
    expect(host.calls.filter((call) => call === 'comments')).toHaveLength(1)
  })

  test('that cannot be deleted are left, the others go', async () => {
    const { host, about } = scene()
    for (const body of ['1', '2', '3']) host.say(at, 'ci-bot', body)
    let asked = 0
    host.before = (operation) => {
      if (operation === 'deleteComment' && ++asked === 2) throw new Error('unwell')
    }
    await about.prune(() => true)
    expect((await about.comments()).map(({ body }) => body)).toEqual(['2'])
    await about.prune(() => true)
    expect(await about.comments()).toEqual([])
    expect(host.effects).toHaveLength(3)
  })

  test.each(['comments', 'isBot'] as const)('stay when %s cannot be asked', async (broken) => {
    const { host, about } = scene()
    host.say(at, 'ci-bot', 'old')
    host.before = (operation) => {
      if (operation === broken) throw new Error('unwell')
    }
    await about.prune(() => true)
    expect(host.effects).toEqual([])
    host.before = undefined
    expect(await about.comments()).toHaveLength(1)
  })
})

test('what was asked once is not asked again', async () => {
  const { host, about } = scene()
  for (const _ of [1, 2]) await Promise.all([about.fetch(), about.changedFiles(), about.comments(), about.labels()])
  expect(host.calls.toSorted()).toEqual(['changedFiles', 'comments', 'labels', 'pullRequest'])
})

test('people', async () => {
  const { host, about } = scene()
  for (const login of ['bo', 'cy', 'di']) host.state.members.add(`o/${login}`)
  await about.assign(['bo'])
  await about.requestReview(['cy', 'di'])
  expect(host.effects).toEqual(['o/r#1 assign bo', 'o/r#1 request review cy di'])
  expect(host.state.pulls.get('o/r#1')?.assignees).toEqual([userNamed('bo')])
})
