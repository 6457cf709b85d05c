// sigmention, as the people on an issue see it.
import { conversation } from '../../../src/testing/conversation.ts'

const pluginConfig = `sigmention:\n  regexp: '(?m)@harbor/sig-([\\w-]*)-(misc|bugs)'\n`

conversation(
  'comment: who mentions a SIG labels for it',
  { plugins: ['sigmention'], jobs: '', pluginConfig },
  async ({ alice, bob, casey }) => {
    alice.makesLabels('sig/Node', 'sig/cli')
    const issue = await bob.opensIssue({ body: 'For @harbor/sig-node-misc.' })
    await issue.hasLabels('sig/Node')
    await casey.says(issue, 'Or @harbor/sig-cli-bugs? Not @harbor/sig-moon-misc.')
    await issue.botSays('@casey: Reiterating the mentions to trigger a notification:\n@harbor/sig-cli-bugs\n')
    await issue.hasLabels('sig/Node', 'sig/cli', 'kind/bug')
  },
)
