// reward-owners, as new owners see it.
import { expect, test } from 'vitest'
import { CodeHostError } from '../api/code-host.ts'
import type { Owners } from '../owners/owners.ts'
import { memoryOwners } from '../owners/testing/memory-owners.ts'
import { scene } from '../testing/plugin-scene.ts'
import rewardOwners, { thanks } from './reward-owners.ts'

const before = memoryOwners({ OWNERS: 'approvers: [amy]\nreviewers: [ben]' })
const after = memoryOwners({ OWNERS: 'approvers: [amy, Zoe]\nreviewers: [yan, amy]' })

function play(files: readonly (string | { filename: string; status: string })[] = ['OWNERS']) {
  const asked: string[] = []
  const owners: Owners = {
    ...before,
    async loadCommit(at, commit) {
      asked.push(commit)
      return (commit.startsWith('ba5e') ? before : after).load(at, 'main')
    },
  }
  const it = scene({ with: [rewardOwners], owners })
  it.host.state.files.set('org/repo#1', files)
  return { ...it, asked }
}
const merged = { state: 'closed', merged: true } as const

test.each<[before: string[], after: string[], names: string | undefined]>([
  [['amy'], ['amy'], undefined],
  [['amy'], [], undefined],
  [[], ['zoe', 'amy'], 'responsibility, @amy, @zoe!'],
  [['amy'], ['amy', 'zoe'], 'responsibility, @zoe!'],
  [[], ['org/team', 'zoe', 'a b', '[x](y)'], 'responsibility, @zoe!'],
  [[], ['org/team'], undefined],
])('%j before and %j after: %s', (old, now, names) => {
  const comment = thanks(new Set(old), new Set(now))
  if (names === undefined) expect(comment).toBeUndefined()
  else expect(comment).toContain(names)
})

test('of very many people the first are mentioned', () => {
  const comment = thanks(new Set(), new Set(Array.from({ length: 5000 }, (_, index) => `user${index}`))) ?? ''
  expect(comment.match(/@/g)).toHaveLength(50)
  expect(comment).toContain('and 4950 more!')
})

test('who is new after the merge is thanked', async () => {
  const { acts, host, asked, pr } = play()
  await acts('closed', {}, merged)
  expect(host.take()).toEqual([
    expect.stringMatching(/^org\/repo#1 comment: Thank you for taking on more responsibility, @yan, @zoe!\n/),
  ])
  expect(asked).toEqual([pr().base.sha, pr().head.sha])
})

test('a repeated delivery, and a lost answer, thank nobody twice', async () => {
  const { acts, host, clock } = play()
  let lost = false
  host.after = (operation) => {
    if (operation !== 'comment' || lost) return
    lost = true
    throw new CodeHostError('unavailable', 0, 'connection lost')
  }
  await acts('closed', {}, merged)
  await clock.advance('10m')
  await acts('closed')
  expect(lost).toBe(true)
  expect(host.take()).toHaveLength(1)
})

test.each<[why: string, action: string, given: object, files: Parameters<typeof play>[0]]>([
  ['closed without a merge', 'closed', { state: 'closed' }, ['OWNERS']],
  ['another action', 'labeled', merged, ['OWNERS']],
  ['no owners in it', 'closed', merged, ['main.go']],
  [
    'only removed ones',
    'closed',
    merged,
    [
      { filename: 'a/OWNERS', status: 'removed' },
      { filename: 'OWNERS_ALIASES', status: 'removed' },
    ],
  ],
])('%s: nothing', async (_why, action, given, files) => {
  const { acts, host, asked } = play(files)
  await acts(action, {}, given)
  expect(host.take()).toEqual([])
  expect(asked).toEqual([])
})
