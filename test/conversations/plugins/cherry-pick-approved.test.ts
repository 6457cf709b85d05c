// cherry-pick-approved, as the people on a pull request see it.
import { conversation } from '../../../src/testing/conversation.ts'
import { org, repo } from '../../../src/testing/town.ts'

const yes = 'cherry-pick-approved'
const no = 'do-not-merge/cherry-pick-not-approved'
const pluginConfig = `cherry_pick_approved:
- {org: ${org}, repo: ${repo}, approvers: [alice]}
lgtm:
- {repos: [${org}], review_acts_as_lgtm: true}
`

conversation(
  'pull_request_review: an approval by somebody who is named lets it merge, once everything else is there',
  { jobs: '', plugins: ['cherry-pick-approved', 'cherry-pick-unapproved', 'lgtm', 'hold'], pluginConfig },
  async ({ alice, bob, casey }) => {
    await alice.makesBranch('release-1.0')
    const pr = await casey.opensPullRequest({ base: 'release-1.0' })
    await pr.botSays('cherry-pick-approved')
    await bob.reviews(pr, 'approve')
    await bob.labels(pr, 'approved')
    await pr.hasLabels('approved', 'lgtm', no)
    await bob.unlabels(pr, 'lgtm')
    await pr.hasLabels('approved', no)

    // The review brings lgtm, too, and whichever comes first: both count.
    await alice.reviews(pr, 'approve')
    await pr.hasLabels('approved', 'lgtm', yes)
  },
)

conversation(
  'pull_request: what held an approval back goes, and it counts; other branches are left alone',
  { jobs: '', plugins: ['cherry-pick-approved', 'lgtm', 'hold'], pluginConfig },
  async ({ alice, bob, casey }) => {
    await alice.makesBranch('release-1.0')
    const pr = await casey.opensPullRequest({ base: 'release-1.0' })
    await bob.says(pr, '/hold')
    await bob.labels(pr, 'approved')
    await pr.hasLabels('approved', 'do-not-merge/hold')
    await alice.reviews(pr, 'approve')
    await pr.hasLabels('approved', 'do-not-merge/hold', 'lgtm')
    await bob.says(pr, '/unhold')
    await pr.hasLabels('approved', 'lgtm', yes)

    const elsewhere = await casey.opensPullRequest()
    await bob.labels(elsewhere, 'approved')
    await alice.reviews(elsewhere, 'approve')
    await elsewhere.hasLabels('approved', 'lgtm')
  },
)
