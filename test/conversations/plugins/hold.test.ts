// hold, as the people on a pull request see it.
import { conversation } from '../../../src/testing/conversation.ts'

const held = 'do-not-merge/hold'

conversation(
  'comment: a hold lasts until anybody releases it, and approvals stay',
  { plugins: ['hold'], jobs: '' },
  async ({ alice, bob, casey }) => {
    const pr = await alice.opensPullRequest()
    await bob.labels(pr, 'lgtm')
    await casey.says(pr, 'Wait.\r\n/hold until the release is out\r\n')
    await pr.hasLabels('lgtm', held)
    await bob.says(pr, '/hold cancel')
    await pr.hasLabels('lgtm')
    await bob.says(pr, '/HOLD')
    await pr.hasLabels('lgtm', held)
    await casey.says(pr, '/unhold now')
    await pr.hasLabels('lgtm')
    await bob.reviews(pr, 'comment', '/hold')
    await pr.hasLabels('lgtm', held)
    await bob.says(pr, '/remove-hold')
    await pr.hasLabels('lgtm')
  },
)

conversation(
  'comment: what is no command, and where there is nothing to hold',
  { plugins: ['hold'], jobs: '' },
  async ({ alice, bob }) => {
    const pr = await alice.opensPullRequest({ body: '/hold' })
    await pr.hasLabels(held)
    await bob.says(pr, 'please /unhold\n> /unhold\n/removehold')
    await pr.hasLabels(held)
    await bob.editsLastComment(pr, '/unhold')
    await pr.hasLabels(held)
    const issue = await alice.opensIssue({ body: '/hold' })
    await issue.hasLabels()
  },
)
