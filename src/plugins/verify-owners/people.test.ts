// Who is new in OWNERS files: whom to trust, and what is said of the others.
import { expect, test } from 'vitest'
import { CodeHostError } from '../../api/code-host.ts'
import { testClock } from '../../testing/clock.ts'
import { snapshot } from '../../testing/config.ts'
import { memoryCodeHost } from '../../testing/memory-code-host.ts'
import { settingsFor } from '../trigger/settings.ts'
import { isAboutUntrusted, untrustedAmong, untrustedComment } from './people.ts'

const at = { org: 'org', repo: 'repo' }
const rules = settingsFor(snapshot().plugins, at)

function people(...logins: string[]) {
  const host = memoryCodeHost(testClock())
  host.open({ ...at, number: 1 })
  host.state.members.add('org/Amy').add('second/sue')
  host.state.collaborators.add('org/repo/Colin')
  return { host, newcomers: new Map(logins.map((login) => [login, [`${login}/OWNERS`]])) }
}
const many = Array.from({ length: 30 }, (_, index) => `user${index}`)

test.each([[[]], [many]])('members, collaborators and the bot are trusted, among %j', async (others) => {
  const { host, newcomers } = people('amy', 'colin', 'k8s-ci-robot', 'org', 'zee', ...others)
  const untrusted = await untrustedAmong(newcomers, at, rules, host)
  expect(untrusted.map(({ login }) => login)).toEqual(['zee', ...others])
  expect(untrusted[0]).toEqual({
    login: 'zee',
    reason: expect.stringMatching(/^User is not a member of the org\. User is not a collaborator\. /),
    files: ['zee/OWNERS'],
  })
})

test.each([[[]], [many]])('the rules of trigger hold, among %j', async (others) => {
  const { host, newcomers } = people('sue', 'colin', 'app[bot]', ...others)
  const special = { ...rules, trusted_org: 'second', only_org_members: true, trusted_apps: ['app'] }
  const untrusted = await untrustedAmong(newcomers, at, special, host)
  expect(untrusted.map(({ login }) => login)).toEqual(['colin', ...others])
})

test('very many people cost no more calls than a list of members and one of collaborators', async () => {
  const { host, newcomers } = people(...Array.from({ length: 5000 }, (_, index) => `user${index}`))
  expect(await untrustedAmong(newcomers, at, rules, host)).toHaveLength(5000)
  expect(host.calls.filter((call) => call !== 'isBot')).toEqual(['orgMembers', 'collaborators'])
})

test('a person who owns the repository has no members', async () => {
  const { host, newcomers } = people('org', ...many)
  host.before = (operation) => {
    if (operation === 'orgMembers') throw new CodeHostError('not-found', 404, 'no organisation')
  }
  expect(await untrustedAmong(newcomers, at, rules, host)).toHaveLength(30)
  host.before = (operation) => {
    if (operation === 'orgMembers') throw new CodeHostError('unavailable', 503, 'no')
  }
  await expect(untrustedAmong(newcomers, at, rules, host)).rejects.toThrow('no')
})

test.each(['org/team', '', 'a b', '../../user', '<img src=x>', 'x'.repeat(200), '-a', 'ä'])(
  'nobody is asked about %j, which is no login',
  async (name) => {
    const { host, newcomers } = people(name)
    expect(await untrustedAmong(newcomers, at, rules, host)).toMatchObject([
      { login: name, reason: 'This is no login.' },
    ])
    expect(host.calls).toEqual([])
  },
)

test('the comment lists everybody with the reason and the files', () => {
  const comment = untrustedComment(
    [
      { login: 'zee', reason: 'Not known.', files: ['OWNERS', 'a/OWNERS'] },
      {
        login: '@org/team',
        reason: 'This is no login.',
        files: ['@all/OWNERS', 'www.example.com/OWNERS', 'GH-1/OWNERS'],
      },
    ],
    'https://join.us',
  )
  expect(comment).toMatch(
    /^The OWNERS file contains untrusted users, which makes it INVALID\. .*\[members\]\(https:\/\/join\.us\).*`\/verify-owners`/,
  )
  expect(comment.split('\n\n')[1]).toBe(
    [
      '- zee',
      '  - Not known.',
      '  - OWNERS',
      '  - a/OWNERS',
      '- `@org/team`',
      '  - This is no login.',
      '  - `@all/OWNERS`',
      '  - `www.example.com/OWNERS`',
      '  - `GH-1/OWNERS`',
    ].join('\n'),
  )
  expect(isAboutUntrusted({ body: `> quoted\n${comment}` })).toBe(true)
  expect(isAboutUntrusted({ body: 'The OWNERS file is fine.' })).toBe(false)
})

test('a comment has room for what it says', () => {
  const crowd = Array.from({ length: 5000 }, (_, index) => ({
    login: `user${index}`,
    reason: 'No.',
    files: ['x'.repeat(4000)],
  }))
  expect(untrustedComment(crowd, '').length).toBeLessThan(55_000)
})
