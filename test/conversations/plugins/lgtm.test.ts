// lgtm, from what people say and push to what GitHub shows.
import { conversation } from '../../../src/testing/conversation.ts'

const lgtm = { plugins: ['lgtm'], jobs: '' }
const removed = 'New changes are detected. LGTM label has been removed.'

conversation('comment: collaborators add and remove the label', lgtm, async ({ alice, bob, casey }) => {
  const pr = await casey.opensPullRequest()
  await casey.says(pr, '/lgtm')
  await pr.botSays('@casey: you cannot LGTM your own PR.')
  await bob.says(pr, 'Nice.\r\n/lgtm\r\n')
  await pr.hasLabels('lgtm')
  await pr.hasAssignees('bob')
  await alice.says(pr, '/remove-lgtm')
  await pr.hasLabels()
  await alice.says(pr, '/LGTM no-issue')
  await pr.hasLabels('lgtm')
  await casey.says(pr, '/lgtm cancel')
  await pr.hasLabels()
  await alice.says(pr, '/lgtm great')
  await pr.hasLabels()

  const other = await bob.opensPullRequest()
  await casey.says(other, '/lgtm')
  await other.botSays('@casey: changing LGTM is restricted to collaborators')
  await other.hasLabels()
})

conversation(
  'comment: where OWNERS decide, reviewers of the changed files add the label',
  {
    ...lgtm,
    pluginConfig: 'owners: {skip_collaborators: [harbor]}',
    files: { 'hull/OWNERS': 'reviewers: [casey]\n', 'sails/OWNERS': 'approvers: [bob]\n' },
  },
  async ({ alice, bob, casey }) => {
    const pr = await alice.opensPullRequest({ files: { 'hull/plank.txt': 'oak\n' } })
    await bob.says(pr, '/lgtm')
    await pr.botSays('@bob: adding LGTM is restricted to approvers and reviewers in OWNERS files.')
    await casey.says(pr, '/lgtm')
    await pr.hasLabels('lgtm')
    await pr.hasAssignees()
  },
)

conversation('pull_request: a push takes the label off', lgtm, async ({ alice, bob, casey }) => {
  const pr = await casey.opensPullRequest()
  await bob.says(pr, '/lgtm')
  await pr.hasLabels('lgtm')
  await casey.pushes(pr)
  await pr.botSays(removed)
  await pr.hasLabels()
  await alice.says(pr, '/lgtm')
  await pr.hasLabels('lgtm')
  await pr.hasNoComment(removed)
})

conversation(
  'pull_request: a push that leaves the tree as it was keeps the label, another one asks for a new review',
  { ...lgtm, pluginConfig: 'lgtm: [{repos: [harbor], store_tree_hash: true}]' },
  async ({ bob, casey }) => {
    const pr = await casey.opensPullRequest({ files: { 'plank.txt': 'oak\n' } })
    await bob.says(pr, '/lgtm')
    await pr.botSays(/^LGTM label has been added\. {2}<details>Git tree hash: [0-9a-f]{40}<\/details>$/)
    await casey.pushes(pr, { 'plank.txt': 'oak\n' }, { force: true, message: 'In other words' })
    await pr.hasLabels('lgtm')
    await casey.pushes(pr, { 'plank.txt': 'pine\n' })
    await pr.botSays(removed)
    await pr.hasLabels()
    await pr.hasReviewers('bob')
  },
)

conversation(
  'pull_request: those of a trusted team keep the label',
  { ...lgtm, pluginConfig: 'lgtm: [{repos: [harbor], trusted_team_for_sticky_lgtm: Old Hands}]' },
  async ({ alice, bob }) => {
    alice.makesTeam('Old Hands', ['bob'])
    const pr = await bob.opensPullRequest()
    await alice.says(pr, '/lgtm')
    await pr.hasLabels('lgtm')
    await bob.pushes(pr)
    await pr.hasLabels('lgtm')
  },
)

conversation(
  'pull_request_review: reviews act where the configuration says so',
  { ...lgtm, pluginConfig: 'lgtm: [{repos: [harbor], review_acts_as_lgtm: true}]' },
  async ({ alice, bob, casey }) => {
    const pr = await bob.opensPullRequest()
    await casey.reviews(pr, 'approve')
    await pr.botSays('@casey: changing LGTM is restricted to collaborators')
    await alice.reviews(pr, 'approve')
    await pr.hasLabels('lgtm')
    await alice.reviews(pr, 'comment', 'hm')
    await pr.hasLabels('lgtm')
    await alice.reviews(pr, 'request changes', 'on second thoughts')
    await pr.hasLabels()
  },
)
