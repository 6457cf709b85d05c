// Who is trusted: one row per rule.
import { expect, test } from 'vitest'
import { testClock } from '../../testing/clock.ts'
import { memoryCodeHost } from '../../testing/memory-code-host.ts'
import { trustOf } from './trust.ts'

const rules = { trusted_apps: ['github-app'], trusted_org: '', only_org_members: false }
const must = 'Satisfy at least one of these conditions to make the user trusted.'

test.each<[why: string, login: string, rules: Partial<typeof rules>, trusted: boolean]>([
  ['a member', 'member', {}, true],
  ['a collaborator', 'collaborator', {}, true],
  ['a collaborator where only members count', 'collaborator', { only_org_members: true }, false],
  ['a stranger', 'stranger', {}, false],
  ['the bot', 'k8s-ci-robot', {}, true],
  ['the bot as an app', 'k8s-ci-robot[bot]', {}, true],
  ['a trusted app', 'github-app[bot]', {}, true],
  ['the name of an app without its suffix', 'github-app', {}, false],
  ['the name of an app with more behind it', 'github-app[bot]suffix', {}, false],
  ['a member of the second organisation', 'second-member', { trusted_org: 'second' }, true],
  ['a member of an organisation that is not asked', 'second-member', {}, false],
])('%s', async (_why, login, changes, trusted) => {
  const host = memoryCodeHost(testClock())
  host.state.members.add('org/member').add('second/second-member')
  host.state.collaborators.add('org/repo/collaborator')
  expect((await trustOf(login, { org: 'org', repo: 'repo' }, { ...rules, ...changes }, host)).trusted).toBe(trusted)
})

test.each<[changes: Partial<typeof rules>, reason: string, memberships: number]>([
  [{}, `User is not a member of the org. User is not a collaborator. ${must}`, 1],
  [{ only_org_members: true }, `User is not a member of the org. ${must}`, 1],
  [{ trusted_org: 'org' }, `User is not a member of the org. User is not a collaborator. ${must}`, 1],
  [
    { trusted_org: 'x' },
    `User is not a member of the org. User is not a collaborator. User is not a member of the trusted secondary org. ${must}`,
    2,
  ],
])('the reason under %j', async (changes, reason, memberships) => {
  const host = memoryCodeHost(testClock())
  expect(await trustOf('stranger', { org: 'org', repo: 'repo' }, { ...rules, ...changes }, host)).toEqual({
    trusted: false,
    reason,
  })
  expect(host.calls.filter((call) => call === 'isMember')).toHaveLength(memberships)
})
