// lifecycle, as the people on an issue see it.
import { conversation } from '../../../src/testing/conversation.ts'

const options = { plugins: ['lifecycle'], jobs: '' }

conversation('comment: an issue is forgotten, closed and found again', options, async ({ bob, casey }) => {
  const issue = await bob.opensIssue()
  await casey.says(issue, '/close')
  await issue.botSays("@casey: You can't close an active issue/PR unless you authored it or you are a collaborator.")
  await casey.says(issue, '/lifecycle active')
  await issue.hasLabels('lifecycle/active')
  await casey.says(issue, '/lifecycle stale\r\n')
  await issue.hasLabels('lifecycle/stale')
  await casey.says(issue, '/lifecycle rotten')
  await issue.hasLabels('lifecycle/rotten')
  await casey.says(issue, '/close')
  await issue.botSays('Closing this issue.')
  await issue.isClosed('completed')
  await casey.says(issue, '/reopen')
  await issue.botSays("@casey: You can't reopen an issue/PR unless you authored it or you are a collaborator.")
  await bob.says(issue, 'It is back.\r\n/reopen\r\n/remove-lifecycle rotten\r\n/lifecycle frozen')
  await issue.botSays('@bob: Reopened this issue.')
  await issue.isOpen()
  await issue.hasLabels('lifecycle/frozen')
  await bob.says(issue, '/remove-lifecycle frozen\n/remove-lifecycle stale\n/remove-lifecycle active\n/lifecycle soon')
  await issue.hasLabels()
  await bob.says(issue, '/close not-planned')
  await issue.botSays('Closing this issue, marking it as "Not Planned".')
  await issue.isClosed('not_planned')
})

conversation(
  'comment: pull requests are neither frozen nor closed as not planned',
  options,
  async ({ alice, casey }) => {
    const pr = await casey.opensPullRequest()
    await alice.says(pr, '/lifecycle frozen')
    await pr.botSays('The `lifecycle/frozen` label cannot be applied to Pull Requests.')
    await casey.says(pr, '/close not-planned')
    await pr.botSays('PRs cannot be closed as "not planned"')
    await pr.isOpen()
    await casey.says(pr, '/close')
    await pr.botSays('Closed this PR.')
    await pr.isClosed()
    await casey.says(pr, '/reopen')
    await pr.botSays('Reopened this PR.')
    await pr.isOpen()
    await pr.hasLabels()
    await alice.merges(pr)
    await alice.says(pr, '/reopen')
    await pr.botSays('Failed to re-open PR: state cannot be changed.')
  },
)
