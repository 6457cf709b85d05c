// milestone, as the people on an issue see it.
import { conversation } from '../../../src/testing/conversation.ts'

const pluginConfig = 'repo_milestone:\n  "":\n    maintainers_team: planners\n'

conversation(
  'comment: those who plan set the milestone',
  { plugins: ['milestone'], jobs: '', pluginConfig },
  async ({ alice, bob, casey }) => {
    alice.makesTeam('Planners', ['bob'])
    alice.makesMilestone('v1.0')
    alice.makesMilestone('v0.9', 'closed')
    const issue = await casey.opensIssue()
    await casey.says(issue, '/milestone v1.0')
    await issue.botSays('@casey: You must be a member of the [harbor/planners]')
    await issue.hasMilestone(undefined)
    await bob.says(issue, 'Yes.\r\n/milestone v1.0\r\n')
    await issue.hasMilestone('v1.0')
    await bob.says(issue, '/milestone v0.9')
    await issue.botSays('Milestones in this repository: [`v1.0`]')
    await issue.hasMilestone('v1.0')
    await bob.says(issue, '/milestone clear')
    await issue.hasMilestone(undefined)
    const pr = await casey.opensPullRequest()
    await bob.says(pr, '/milestone v1.0')
    await pr.hasMilestone('v1.0')
  },
)
