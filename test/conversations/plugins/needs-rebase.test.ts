// needs-rebase, as people see it: pull requests that begin to conflict because others merge.
import { conversation, type Pull, type Talk } from '../../../src/testing/conversation.ts'

const options = { jobs: '', plugins: ['needs-rebase'], files: { lamp: 'one\n' } }

/** GitHub is given its seconds until the label is there, or gone. */
const label = ({ town }: Talk, pr: Pull, wanted: boolean) =>
  town.until(`the label to be ${wanted ? 'there' : 'gone'}`, async () => {
    await town.clock.advance('5s')
    return pr.view().labels.includes('needs-rebase') === wanted
  })

conversation('push: another merge makes a pull request conflict, and its own push mends it', options, async (talk) => {
  const { alice, bob } = talk
  const pr = await bob.opensPullRequest({ files: { lamp: 'two\n' } })
  const other = await alice.opensPullRequest({ files: { lamp: 'three\n' } })
  await alice.merges(other)
  await label(talk, pr, true)
  await pr.botSays('PR needs rebase.')
  await bob.pushes(pr, { lamp: 'two and three\n' }, { force: true })
  await label(talk, pr, false)
  await pr.hasNoComment('PR needs rebase.')
  await other.hasLabels()
})

conversation('issue_comment: a comment makes it look again, and every start does', options, async (talk) => {
  const { alice, bob, casey, town } = talk
  const pr = await casey.opensPullRequest({ files: { lamp: 'two\n' } })
  await alice.pushesTo('main', { lamp: 'three\n' })
  await label(talk, pr, true)
  await pr.botSays('PR needs rebase.')
  await bob.unlabels(pr, 'needs-rebase')
  await town.quiet()
  await bob.says(pr, 'Is it mended?')
  await pr.hasLabels('needs-rebase')
  await bob.unlabels(pr, 'needs-rebase')
  await town.quiet()
  await town.restart()
  await pr.hasLabels('needs-rebase')
})

conversation('pull_request: one that conflicts from the start is told so when it is opened', options, async (talk) => {
  const { alice, casey } = talk
  await alice.pushesTo('main', { lamp: 'three\n' })
  await talk.town.quiet()
  const pr = await casey.opensPullRequest({ files: { lamp: 'two\n' } })
  await label(talk, pr, true)
  await pr.botSays('PR needs rebase.')
  await alice.pushesTo('main', { lamp: 'one\n' })
  await label(talk, pr, false)
  await pr.hasNoComment('PR needs rebase.')
})
