// milestonestatus, as the people on an issue see it.
import { conversation } from '../../../src/testing/conversation.ts'

const pluginConfig = 'repo_milestone:\n  harbor/lighthouse:\n    maintainers_team: planners\n'

conversation(
  'comment: those who plan say how far something is',
  { plugins: ['milestonestatus'], jobs: '', pluginConfig },
  async ({ alice, bob, casey }) => {
    alice.makesTeam('Planners', ['bob'])
    const issue = await casey.opensIssue()
    await casey.says(issue, '/status in-progress')
    await issue.botSays('You must be a member of the [harbor/planners]')
    await issue.hasLabels()
    await bob.says(issue, '/status approved-for-milestone')
    await issue.hasLabels('status/approved-for-milestone')
    await bob.says(issue, 'Soon.\r\n/status in-progress\r\n/status in-review\r\n/status in-valid\r\n')
    await issue.hasLabels('status/approved-for-milestone', 'status/in-progress', 'status/in-review')
  },
)
