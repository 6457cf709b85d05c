// rifle, as the people on a pull request see it. What it shares with blunderbuss is tested there.
import { expect, test } from 'vitest'
import { CodeHostError } from '../../api/code-host.ts'
import { type ReviewersConfig, reviewersDefaults } from '../../config/sections/plugins/reviews.ts'
import { memoryOwners } from '../../owners/testing/memory-owners.ts'
import { userNamed } from '../../testing/memory-code-host.ts'
import { scene } from '../../testing/plugin-scene.ts'
import rifle from './rifle.ts'

const base = 'ba5e000000000000000000000000000000000000'
const owners = memoryOwners({
  'a/OWNERS': 'reviewers: [al, ann, arne]',
  'b/OWNERS': 'reviewers: [bea, zoe]',
})
const patch = '@@ -10,5 +10,7 @@\n…'
const change = { filename: 'a/x.go', patch }
const blame = (login: string, days = 1) => [
  { start: 1, end: 20, login, date: new Date(Date.parse('2026-01-01T00:00:00Z') - days * 86_400_000).toISOString() },
]

function play(settings: Partial<ReviewersConfig> = {}, files: readonly object[] = [change]) {
  const sections = { rifle: { ...reviewersDefaults, request_count: 1, ...settings } }
  const it = scene({ with: [rifle], owners, plugins: { sections } })
  it.host.state.files.set('org/repo#1', files as (typeof change)[])
  it.host.state.mergeBases.set(`org/repo:main...${it.pr().head.sha}`, base)
  for (const login of ['al', 'ann', 'arne', 'bea', 'zoe']) it.host.state.members.add(`org/${login}`)
  const asked: string[] = []
  it.host.before = (operation, at) => {
    if (operation === 'blame') asked.push(at)
  }
  return { ...it, asked }
}

test('who last changed the lines is asked', async () => {
  const { opens, host, asked } = play()
  host.state.blames.set('org/repo:a/x.go', blame('Arne'))
  await opens()
  expect(host.take()).toEqual(['org/repo#1 request review arne'])
  expect(asked).toEqual([`org/repo@${base}:a/x.go`])
})

test('who knows nothing of them is asked by chance, and who owns nothing is not asked', async () => {
  const { opens, host } = play()
  host.state.blames.set('org/repo:a/x.go', blame('somebody'))
  await opens()
  expect(host.take()).toEqual(['org/repo#1 request review al'])
})

test('without a merge base the base branch is looked at', async () => {
  const { opens, host, asked } = play()
  host.state.mergeBases.clear()
  host.state.blames.set('org/repo:a/x.go', blame('arne'))
  await opens()
  expect(host.take()).toEqual(['org/repo#1 request review arne'])
  expect(asked).toEqual(['org/repo@main:a/x.go'])
})

test('a renamed file is looked up where it was; new, removed and binary files are not', async () => {
  const { opens, host, asked } = play({}, [
    { filename: 'a/new.go', patch: '@@ -0,0 +1 @@\n+a', status: 'added' },
    { filename: 'a/gone.go', patch, status: 'removed' },
    { filename: 'a/picture.png' },
    { filename: 'a/here.go', previous_filename: 'old/there.go', status: 'renamed', patch },
  ])
  host.state.blames.set('org/repo:old/there.go', blame('ann'))
  await opens()
  expect(host.take()).toEqual(['org/repo#1 request review ann'])
  expect(asked).toEqual([`org/repo@${base}:old/there.go`])
})

test('a file whose blame fails counts for nobody', async () => {
  const { opens, host } = play({}, [{ ...change, filename: 'a/broken.go' }, change])
  host.state.blames.set('org/repo:a/x.go', blame('arne'))
  host.before = (operation, at) => {
    if (operation === 'blame' && at.endsWith('broken.go')) throw new CodeHostError('failed', 200, 'too large')
  }
  await opens()
  expect(host.take()).toEqual(['org/repo#1 request review arne'])
})

test('too few owners of the files: others of the repository, the best first, and no busy ones', async () => {
  const { opens, host } = play({ request_count: 5, use_status_availability: true }, [{ ...change, filename: 'b/x.go' }])
  host.state.blames.set('org/repo:b/x.go', blame('ann'))
  host.state.busy.add('al')
  await opens()
  expect(host.take()).toEqual(['org/repo#1 request review ann bea zoe arne'])
})

test('the maximum keeps those who know most', async () => {
  const { opens, host } = play({ max_request_count: 1 }, [change, { filename: 'b/x.go', patch }])
  host.state.blames.set('org/repo:b/x.go', blame('zoe'))
  await opens()
  expect(host.take()).toEqual(['org/repo#1 request review zoe'])
})

test('on command nobody new is asked, and the settings are its own', async () => {
  const { says, change: set, host } = play({ ignore_authors: ['author'] })
  set({ requested_reviewers: [userNamed('Ann')] })
  await says('stranger', '/auto-cc')
  expect(host.take()).toEqual([])
  set({ requested_reviewers: [] })
  await says('stranger', '/auto-cc')
  expect(host.take()).toEqual(['org/repo#1 request review al'])
})
