// assign, from the comment to what GitHub shows.
import { conversation } from '../../../src/testing/conversation.ts'

const assign = { plugins: ['assign'], jobs: '' }

conversation(
  'comment: people are assigned and taken off, on issues and pull requests',
  assign,
  async ({ alice, bob }) => {
    const issue = await bob.opensIssue()
    await alice.says(issue, '/assign @bob')
    await issue.hasAssignees('bob')
    await alice.says(issue, 'I take it.\r\n/assign\r\n/unassign bob\r\n')
    await issue.hasAssignees('alice')
    await alice.says(issue, '/unassign')
    await issue.hasAssignees()

    const pr = await bob.opensPullRequest()
    await bob.says(pr, '/assign alice bob\n/cc')
    await pr.hasAssignees('alice', 'bob')
    await pr.botSays("GitHub didn't allow me to request PR reviews from the following users: bob.")
    await bob.says(pr, '/cc @alice')
    await pr.hasReviewers('alice')
    await bob.says(pr, '/uncc alice')
    await pr.hasReviewers()
    await alice.says(pr, '/cc')
    await pr.hasReviewers('alice')
    await alice.says(pr, '/uncc')
    await pr.hasReviewers()
  },
)

conversation('comment: who cannot be assigned or asked is named', assign, async ({ alice, bob }) => {
  alice.makesTeam('keepers', ['alice'])
  const pr = await bob.opensPullRequest()
  await alice.says(pr, '/assign bob nobody-here')
  await pr.botSays("@alice: GitHub didn't allow me to assign the following users: nobody-here.")
  await pr.hasAssignees('bob')
  await alice.says(pr, '/assign @harbor/keepers')
  await pr.botSays('Teams cannot: ask them for a review with `/cc`.')
  await alice.says(pr, '/cc @harbor/keepers @bob @elsewhere/keepers')
  await pr.botSays('following users: bob, elsewhere/keepers.')
  await alice.says(pr, '/assign @Invalid$User')
  await pr.hasAssignees('bob')
})
