// help, as the people on an issue see it.
import { conversation } from '../../../src/testing/conversation.ts'

conversation(
  'comment: an issue looks for help, then for newcomers, then for nobody',
  { plugins: ['help'], jobs: '' },
  async ({ alice, casey }) => {
    const issue = await alice.opensIssue()
    await casey.says(issue, 'I could use a hand.\r\n/help\r\n')
    await issue.botSays('This request has been marked as needing help from a contributor.')
    await issue.hasLabels('help wanted')
    await casey.says(issue, '/help')
    await issue.hasLabels('help wanted')
    await alice.says(issue, '/good-first-issue')
    await issue.botSays('This request has been marked as suitable for new contributors.')
    await issue.hasLabels('help wanted', 'good first issue')
    await alice.says(issue, '/remove-good-first-issue')
    await issue.hasLabels('help wanted')
    await issue.hasNoComment('suitable for new contributors')
    await casey.says(issue, '/remove-help')
    await issue.hasLabels()
    await issue.hasNoComment('needing help from a contributor')
  },
)

conversation(
  'comment: pull requests and closed issues get no help, and other words are no command',
  { plugins: ['help'], jobs: '' },
  async ({ alice }) => {
    const pr = await alice.opensPullRequest({ body: '/help' })
    await pr.hasLabels()
    const issue = await alice.opensIssue({ body: '/good-first-issue please\n/help me' })
    await issue.hasLabels()
    await alice.closes(issue)
    await alice.says(issue, '/help')
    await issue.hasLabels()
  },
)
