// cherry-pick-unapproved, as the people on a pull request see it.
import { conversation } from '../../../src/testing/conversation.ts'

const yes = 'cherry-pick-approved'
const no = 'do-not-merge/cherry-pick-not-approved'

conversation(
  'pull_request: what goes to a release branch has to be approved for it',
  { jobs: '', plugins: ['cherry-pick-unapproved'] },
  async ({ alice, bob }) => {
    await alice.makesBranch('release-1.0')
    const pr = await bob.opensPullRequest({ base: 'release-1.0' })
    await pr.botSays('does not have the `cherry-pick-approved`  label.')
    await pr.hasLabels(no)
    await alice.labels(pr, yes)
    await pr.hasLabels(yes)
    await pr.hasNoComment('cherry-pick-approved')
    await alice.unlabels(pr, yes)
    await pr.botSays('cherry-pick-approved')
    await pr.hasLabels(no)
    await bob.edits(pr, { base: 'main' })
    await pr.hasLabels()
    await pr.hasNoComment('cherry-pick-approved')
    await bob.edits(pr, { title: 'For release-1.0' })
    await pr.hasLabels()
    await bob.edits(pr, { base: 'release-1.0' })
    await pr.botSays('cherry-pick-approved')
    await pr.hasLabels(no)
  },
)
