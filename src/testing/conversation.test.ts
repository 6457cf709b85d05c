// What people can do in a conversation, and that a plugin hears of it and can answer.
import { expect } from 'vitest'
import { plugin } from '../hook/plugin.ts'
import { conversation } from './conversation.ts'
import { fullName, org, repo } from './town.ts'

const at = { org, repo }

/** Writes down what it hears. */
function listener() {
  const heard: string[] = []
  const hear = async ({ event }: { event: { type: string; action?: string } }) =>
    void heard.push(`${event.type} ${event.action ?? ''}`.trim())
  const kinds = [
    'issues',
    'pull_request',
    'push',
    'pull_request_review',
    'pull_request_review_comment',
    'status',
  ] as const
  const handlers = Object.fromEntries([...kinds, 'issue_comment'].map((kind) => [kind, hear]))
  return { heard, listener: plugin({ name: 'listener', about: 'Listens.', handlers }) }
}

const { heard, listener: ears } = listener()

conversation(
  'what people do reaches plugins',
  { plugins: [], with: [ears], jobs: '' },
  async ({ alice, bob, casey, town }) => {
    const told = async () => {
      await town.quiet()
      return heard.splice(0).sort()
    }
    await alice.makesBranch('release-1')
    alice.makesMilestone('v1')
    alice.makesLabels('kind/bug')
    alice.makesTeam('Leads', ['bob'])
    alice.protects('main', 'unit')
    expect(await told()).toEqual(['push'])

    const pr = await casey.opensPullRequest({
      title: 'Lamp',
      files: { OWNERS: 'approvers: [bob]\n', bin: new Uint8Array([0, 255]) },
    })
    await bob.labels(pr, 'kind/bug')
    await bob.unlabels(pr, 'kind/bug')
    await bob.assigns(pr, 'alice')
    await bob.asksForReview(pr, 'alice')
    await pr.hasReviewers('alice')
    await alice.reviews(pr, 'request changes', 'brighter', [{ path: 'OWNERS', position: 1, body: 'who?' }])
    await bob.setsStatus(pr, 'unit', 'failure', 'broken')
    await bob.checks(pr, 'lint', 'success')
    await bob.plans(pr, 'v1')
    await casey.edits(pr, { title: 'Bright lamp', body: 'very', base: 'release-1' })
    await casey.convertsToDraft(pr)
    await casey.marksReady(pr)
    await casey.closes(pr)
    await casey.reopens(pr)
    await pr.hasTitle('Bright lamp')
    await pr.hasBody('very')
    await pr.hasAssignees('alice')
    await pr.hasMilestone('v1')
    await pr.hasStatus('unit', 'failure', 'broken')
    expect(await told()).toEqual([
      'pull_request assigned',
      'pull_request closed',
      'pull_request converted_to_draft',
      'pull_request edited',
      'pull_request edited',
      'pull_request labeled',
      'pull_request milestoned',
      'pull_request opened',
      'pull_request ready_for_review',
      'pull_request reopened',
      'pull_request review_requested',
      'pull_request unlabeled',
      'pull_request_review submitted',
      'pull_request_review_comment created',
      'status',
    ])

    const issue = await casey.opensIssue({ title: 'Dark', body: 'here' })
    await casey.says(issue, 'why?')
    await casey.editsLastComment(issue, 'why, please?')
    await alice.plans(issue, 'v1')
    await alice.plans(issue, undefined)
    await alice.closes(issue)
    await issue.isClosed('completed')
    await casey.reopens(issue)
    await issue.isOpen()
    await issue.hasMilestone(undefined)
    expect(await told()).toEqual([
      'issue_comment created',
      'issue_comment edited',
      'issues closed',
      'issues demilestoned',
      'issues milestoned',
      'issues opened',
      'issues reopened',
    ])
  },
)

conversation(
  'commits say who wrote them, and a branch can be rewritten',
  { plugins: [], jobs: '' },
  async ({ bob, alice, town }) => {
    const { host } = town.installation()
    const pr = await bob.opensPullRequest({ message: 'Add a lamp\n\nSigned-off-by: Bob <bob@harbor.example>' })
    const on = { ...at, number: pr.number }
    await bob.pushes(
      pr,
      { 'a.txt': 'a\n' },
      {
        message: 'fixup! Add a lamp',
        as: { name: 'Casey', email: 'casey@users.noreply.github.com' },
        committer: { name: 'A robot', email: 'robot@nowhere.example' },
      },
    )
    await alice.pushesTo('main', { 'b.txt': 'b\n' })
    await bob.mergesBaseInto(pr)
    const commits = await host.pullRequestCommits(on)
    expect(
      commits.map(({ message, author, committer, parents }) => [
        message,
        author.login,
        committer.login,
        parents.length,
      ]),
    ).toEqual([
      ['Add a lamp\n\nSigned-off-by: Bob <bob@harbor.example>', 'bob', 'bob', 1],
      ['fixup! Add a lamp', 'casey', undefined, 1],
      [expect.stringMatching(/^Merge branch 'main'/), 'bob', undefined, 2],
    ])
    await bob.pushes(pr, { 'c.txt': 'c\n' }, { force: true, message: 'All in one' })
    expect((await host.pullRequestCommits(on)).map(({ message }) => message)).toEqual(['All in one'])
    expect((await host.changedFiles(on)).map(({ filename }) => filename)).toEqual(['c.txt'])
  },
)

const clerk = plugin({
  name: 'clerk',
  about: 'Does what it is told.',
  on: 'comment created',
  commands: [],
  handlers: {
    async issue_comment({ event, host, issue }) {
      if (event.comment.body !== '/tidy') return
      await host.edit(issue, { title: 'Tidy' })
      await host.setMilestone(issue, 1)
      await host.assign(issue, ['bob'])
      await host.close(issue, 'not_planned')
      await issue.comment('done')
    },
    async pull_request({ event, host, pr }) {
      if (event.action !== 'opened') return
      await host.requestReview(pr, [...((await host.teamMembersBySlug(org, 'leads')) ?? [])])
      await host.createReview(pr, {
        event: 'COMMENT',
        body: `${(await host.file(at, 'OWNERS', 'main'))?.length} bytes`,
      })
    },
  },
})

conversation(
  'what a plugin does is seen by people',
  { plugins: [], with: [clerk], jobs: '', files: { OWNERS: 'approvers: [bob]\n' } },
  async ({ alice, bob, casey }) => {
    alice.makesMilestone('v1')
    alice.makesTeam('Leads', ['bob'])
    const issue = await casey.opensIssue({ title: 'Untidy' })
    await casey.says(issue, '/tidy')
    await issue.hasTitle('Tidy')
    await issue.hasMilestone('v1')
    await issue.hasAssignees('bob')
    await issue.isClosed('not_planned')
    await issue.botSays('done')
    await issue.hasNoComment('undone')
    const pr = await casey.opensPullRequest()
    await pr.hasReviewers('bob')
    expect(await pr.botReviews('bytes')).toBe('17 bytes')
    bob.becomesBusy()
  },
)

conversation('GitHub refuses in conversations, too', { plugins: [], jobs: '' }, async ({ casey, town }) => {
  const issue = await casey.opensIssue()
  await expect(casey.labels(issue, 'x')).rejects.toThrow('Must have admin rights')
  expect(() => town.simulator.world.milestoneNumber(fullName, 'v9')).toThrow('no milestone v9')
})
