// What the client makes of GitHub's refusals: the simulator knows who may do what, a code host in memory does not.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CodeHost } from '../../api/code-host.ts'
import { at, elsewhere } from './cast.ts'
import { startWorld } from './on-simulator.ts'

let world: Awaited<ReturnType<typeof startWorld>>
let casey: CodeHost
let bob: CodeHost
let sha = ''
const issue = { ...at, number: 1 }
const pull = { ...at, number: 2 }

beforeAll(async () => {
  world = await startWorld()
  const repo = `${at.org}/${at.repo}`
  const { openIssue, openPullRequest } = world.simulator.world
  openIssue({ repo, author: 'alice', title: 'Not yours' })
  sha = (await openPullRequest({ repo, author: 'alice', title: 'Not yours either' })).head.sha
  casey = world.hostOf('casey')
  bob = world.hostOf('bob')
})
afterAll(() => world.stop())

const status = { context: 'c', state: 'success', description: '', target_url: '' } as const
const run = { name: 'n', head_sha: '', conclusion: 'success', title: 't', summary: 's' } as const

test.each<[string, (host: CodeHost) => Promise<unknown>]>([
  ['edit', (host) => host.edit(issue, { title: 'mine' })],
  ['close', (host) => host.close(issue)],
  ['lock', (host) => host.lock(issue, true)],
  ['addLabel', (host) => host.addLabel(issue, 'x')],
  ['setMilestone', (host) => host.setMilestone(issue, 1)],
  ['assign', (host) => host.assign(issue, ['casey'])],
  ['pinIssue', (host) => host.pinIssue(issue, true)],
  ['transferIssue', (host) => host.transferIssue(issue, elsewhere)],
  ['requestReview', (host) => host.requestReview(pull, ['bob'])],
  ['updateBranch', (host) => host.updateBranch(pull, sha)],
  ['createLabel', (host) => host.createLabel(at, { name: 'x', color: 'ffffff', description: '' })],
  ['createRef', (host) => host.createRef(at, 'heads/x', sha)],
  ['deleteRef', (host) => host.deleteRef(at, 'heads/main')],
  ['collaborators', (host) => host.collaborators(at)],
  ['setStatus', (host) => host.setStatus(at, sha, status)],
  ['createCheckRun', (host) => host.createCheckRun(at, { ...run, head_sha: sha })],
])('%s by a stranger is forbidden', async (_name, act) => {
  await expect(act(casey)).rejects.toMatchObject({ name: 'CodeHostError', kind: 'forbidden' })
})

test('what only admins know of is not found by others', async () => {
  await expect(bob.requiredContexts(at, 'main')).rejects.toMatchObject({ kind: 'not-found' })
})

test('a stranger sees none but public members', async () => {
  expect(await casey.isMember(at.org, 'bob')).toBe(false)
})

test('a pull request of two files that conflict cannot be updated', async () => {
  const repo = `${at.org}/${at.repo}`
  const { world: people } = world.simulator
  const { number, head } = await people.openPullRequest({
    repo,
    author: 'bob',
    title: 'Mine',
    files: { 'a.txt': '1\n' },
  })
  await people.push({ repo, author: 'alice', files: { 'a.txt': '2\n' } })
  await expect(bob.updateBranch({ ...at, number }, head.sha)).rejects.toMatchObject({ kind: 'invalid' })
  await people.push({ repo, author: 'bob', number, files: { 'a.txt': '2\n' }, force: true })
  const now = people.pullRequest(repo, number)
  await people.push({ repo, author: 'alice', files: { 'b.txt': '2\n' } })
  await bob.updateBranch({ ...at, number }, now.head.sha)
  expect(people.pullRequest(repo, number).head.sha).not.toBe(now.head.sha)
})

test('a file of more than a megabyte is fetched whole', async () => {
  const large = Buffer.alloc(1_200_000, 'lighthouse ')
  await world.simulator.world.push({ repo: `${at.org}/${at.repo}`, author: 'alice', files: { 'large.bin': large } })
  expect(Buffer.compare(Buffer.from((await bob.file(at, 'large.bin', 'main')) ?? []), large)).toBe(0)
  await expect(bob.file(at, 'large.bin', 'main', 1_000_000)).rejects.toMatchObject({ kind: 'invalid' })
})

test('lists come whole, however many pages they have', async () => {
  const { number } = issue
  for (let count = 0; count < 103; count++)
    world.simulator.world.comment({ repo: `${at.org}/${at.repo}`, number, author: 'bob', body: `${count}` })
  expect((await bob.comments(issue)).map(({ body }) => body)).toEqual(Array.from({ length: 103 }, (_, n) => `${n}`))
  for (let count = 0; count < 101; count++)
    world.simulator.world.openIssue({
      repo: `${elsewhere.org}/${elsewhere.repo}`,
      author: 'bob',
      title: `walrus ${count}`,
    })
  const scope = `repo:${elsewhere.org}/${elsewhere.repo} walrus`
  expect(await bob.searchIssues(at.org, scope)).toHaveLength(101)
  expect(await bob.searchIssues(at.org, scope, 100)).toHaveLength(100)
  expect(await bob.searchIssues(at.org, scope, 1)).toHaveLength(1)
})
