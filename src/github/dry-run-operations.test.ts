// Dry run over the whole code host: every operation is known to read or to write; what writes reaches GitHub only outside of a dry run.
import { pino } from 'pino'
import { expect, test } from 'vitest'
import type { CodeHost } from '../api/code-host.ts'
import { dryRunHost } from './dry-run.ts'
import { client, passTime, pr, scripted } from './testing/client.ts'

/** A new operation does not compile before somebody has said here what it is. */
const operations: Readonly<Record<keyof CodeHost, 'reads' | 'writes'>> = {
  bot: 'reads',
  isBot: 'reads',
  isMember: 'reads',
  orgMembers: 'reads',
  isCollaborator: 'reads',
  collaborators: 'reads',
  permission: 'reads',
  teams: 'reads',
  teamMembers: 'reads',
  teamMembersBySlug: 'reads',
  isTeamMember: 'reads',
  isBusy: 'reads',
  loginsByEmail: 'reads',
  issue: 'reads',
  createIssue: 'writes',
  edit: 'writes',
  close: 'writes',
  reopen: 'writes',
  lock: 'writes',
  labels: 'reads',
  addLabel: 'writes',
  removeLabel: 'writes',
  setMilestone: 'writes',
  assign: 'writes',
  unassign: 'writes',
  comments: 'reads',
  comment: 'writes',
  editComment: 'writes',
  deleteComment: 'writes',
  react: 'writes',
  reactToComment: 'writes',
  issueEvents: 'reads',
  searchIssues: 'reads',
  pinIssue: 'writes',
  transferIssue: 'writes',
  pullRequest: 'reads',
  pullRequests: 'reads',
  createPullRequest: 'writes',
  updateBranch: 'writes',
  changedFiles: 'reads',
  pullRequestCommits: 'reads',
  pullRequestPatch: 'reads',
  reviews: 'reads',
  createReview: 'writes',
  dismissReview: 'writes',
  reviewComments: 'reads',
  editReviewComment: 'writes',
  requestReview: 'writes',
  unrequestReview: 'writes',
  searchPullRequests: 'reads',
  countMerged: 'reads',
  repository: 'reads',
  repositories: 'reads',
  repoLabels: 'reads',
  createLabel: 'writes',
  milestones: 'reads',
  createFork: 'writes',
  branchSha: 'reads',
  refs: 'reads',
  createRef: 'writes',
  deleteRef: 'writes',
  treeSha: 'reads',
  commit: 'reads',
  mergeBase: 'reads',
  file: 'reads',
  directory: 'reads',
  blame: 'reads',
  requiredContexts: 'reads',
  setStatus: 'writes',
  statuses: 'reads',
  statusHistory: 'reads',
  checkRuns: 'reads',
  createCheckRun: 'writes',
  workflowRuns: 'reads',
  rerunWorkflow: 'writes',
}

// The same for all: an org, an issue or a repository, then whatever an operation may take for its further arguments.
const something = {
  body: 'x',
  title: 'x',
  event: 'COMMENT',
  state: 'success',
  context: 'c',
  ref: 'x',
  org: 'o',
  repo: 's',
  name: 'x',
  color: 'ffffff',
  description: '',
  head: 'x',
  base: 'x',
  commit_id: 'x',
  head_sha: 'x',
  branch: 'x',
  sha: 'x',
  target_url: '',
}

async function called(name: keyof CodeHost, wrap: (host: CodeHost) => CodeHost): Promise<readonly string[]> {
  const changes: string[] = []
  const { url } = await scripted((request) => {
    const asks = request.method === 'GET' || (request.url === '/graphql' && !request.said.includes('mutation'))
    if (!asks) changes.push(`${request.method} ${request.url}`)
    if (request.url === '/user') return [200, { login: 'robot' }]
    if (request.url === '/graphql') return [200, { data: { repository: { issue: { id: 'I_1' }, id: 'R_1' } } }]
    return [
      200,
      request.method === 'GET' && /\?per_page|&per_page/.test(request.url ?? '')
        ? []
        : { object: { sha: 'x' }, node_id: 'N', repository_url: 'http://x/repos/o/r' },
    ]
  })
  const { host, clock } = client(url)
  const operation = wrap(host)[name] as (...args: unknown[]) => Promise<unknown>
  // What it makes of such answers does not matter here.
  for (const args of [
    ['o', 'x', 'x'],
    [pr, something, something],
    [pr, ['x'], 'x'],
    [pr, 'x', 'x'],
    [pr, 1, 'x'],
    [pr, 'x', something],
  ])
    await passTime(
      clock,
      Promise.resolve()
        .then(() => operation(...args))
        .catch(() => {}),
    )
  return changes
}

const log = pino({ enabled: false })
test.each(Object.entries(operations) as [keyof CodeHost, 'reads' | 'writes'][])('%s %s', async (name, what) => {
  const changes = await called(name, (host) => host)
  expect(changes.length > 0 ? 'writes' : 'reads').toBe(what)
  expect(await called(name, (host) => dryRunHost(host, log))).toEqual([])
})
