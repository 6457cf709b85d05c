// approve, from what people say to the label and the one comment that GitHub shows.
import { expect } from 'vitest'
import { conversation, type Pull } from '../../../src/testing/conversation.ts'
import { bot } from '../../../src/testing/town.ts'

const files = {
  'hull/OWNERS': 'approvers: [alice]\n',
  'sails/OWNERS': 'approvers: [bob]\n',
}
const ship = { plugins: ['approve'], jobs: '', files }
const both = { 'hull/plank.txt': 'oak\n', 'sails/jib.txt': 'white\n' }
const approved = '[APPROVALNOTIFIER] This PR is **APPROVED**'
const notApproved = '[APPROVALNOTIFIER] This PR is **NOT APPROVED**'

/** However often it was replaced, there is one. */
const hasOneNotice = (pr: Pull) =>
  expect(
    pr.view().comments.filter(({ user, body }) => user === bot && body.startsWith('[APPROVALNOTIFIER]')),
  ).toHaveLength(1)

conversation('comment: owners approve part by part, and take it back', ship, async ({ alice, bob, casey }) => {
  const pr = await casey.opensPullRequest({ files: both })
  const first = await pr.botSays(notApproved)
  expect(first).toContain('<!-- META={"approvers":["alice","bob"]} -->')
  await casey.says(pr, '/approve')
  await alice.says(pr, 'The hull is fine.\r\n/approve\r\n')
  const half = await pr.botSays(/- ~~\[hull\/OWNERS\].*\[alice\]/)
  expect(half).toContain('- **[sails/OWNERS]')
  expect(half).toContain('<!-- META={"approvers":["bob"]} -->')
  await pr.hasLabels()
  await bob.says(pr, '/APPROVE')
  await pr.botSays(approved)
  await pr.hasLabels('approved')
  await alice.says(pr, '/approve cancel')
  await pr.botSays(notApproved)
  await pr.hasLabels()
  await alice.says(pr, '/approve')
  await pr.botSays(approved)
  await bob.says(pr, '/remove-approve')
  await pr.botSays(notApproved)
  await pr.hasLabels()
  hasOneNotice(pr)
})

conversation(
  'comment: an issue, or somebody who says that none is needed; /lgtm where it counts',
  { ...ship, pluginConfig: 'approve: [{repos: [harbor], issue_required: true, lgtm_acts_as_approve: true}]' },
  async ({ alice, bob, casey }) => {
    const pr = await casey.opensPullRequest({ files: { 'hull/plank.txt': 'oak\n' } })
    await pr.botSays(notApproved)
    await bob.says(pr, '/approve no-issue')
    await alice.says(pr, '/lgtm')
    expect(await pr.botSays('title="LGTM">alice</a>')).toContain('*No associated issue*')
    await pr.hasLabels()
    await alice.says(pr, '/approve no-issue')
    await pr.botSays(approved)
    await pr.hasLabels('approved')
    await alice.says(pr, '/lgtm cancel')
    await pr.botSays(notApproved)
    await pr.hasLabels()

    const fix = await casey.opensPullRequest({ title: 'A fix', body: 'Fixes #1', files: { 'hull/nail.txt': 'iron\n' } })
    await fix.botSays('Associated issue: *#1*')
    await alice.says(fix, '/approve')
    await fix.botSays(approved)
  },
)

conversation(
  'pull_request: owners approve by proposing, pushes and labels are looked at',
  ship,
  async ({ alice, bob }) => {
    const pr = await alice.opensPullRequest({ files: { 'hull/plank.txt': 'oak\n' } })
    await pr.botSays('title="Author self-approved">alice</a>')
    await pr.hasLabels('approved')
    await alice.pushes(pr, { 'sails/jib.txt': 'red\n' })
    await pr.botSays(notApproved)
    await pr.hasLabels()
    await bob.labels(pr, 'approved')
    await pr.botSays('The label `approved` was added by hand')
    await pr.hasLabels('approved')
    await alice.closes(pr)
    await bob.unlabels(pr, 'approved')
    await alice.reopens(pr)
    await pr.botSays(notApproved)
    await pr.hasLabels()
    hasOneNotice(pr)
  },
)

conversation('pull_request_review: approvals and wishes for changes count', ship, async ({ alice, bob, casey }) => {
  const pr = await casey.opensPullRequest({ files: { 'hull/plank.txt': 'oak\n' } })
  await pr.botSays(notApproved)
  await bob.reviews(pr, 'approve')
  await pr.botSays('title="Approved">bob</a>')
  await pr.hasLabels()
  await alice.reviews(pr, 'comment', 'hm')
  await alice.reviews(pr, 'approve')
  await pr.botSays(approved)
  await pr.hasLabels('approved')
  await alice.reviews(pr, 'request changes', 'on second thoughts')
  await pr.botSays(notApproved)
  await pr.hasLabels()
  await alice.reviews(pr, 'comment', '/approve')
  await pr.botSays(approved)
  await pr.hasLabels('approved')
})
