// dco, as the people on a pull request see it.
import { conversation } from '../../../src/testing/conversation.ts'

const marker = "you'll need to add a 'DCO signoff' to your commits."
const pluginConfig = `dco:
  '*': {skip_dco_check_for_members: true}
`

conversation(
  'pull_request: commits need a sign-off; /check-dco looks again',
  { jobs: '', plugins: ['dco'], pluginConfig },
  async ({ alice, bob, casey }) => {
    const pr = await casey.opensPullRequest({ message: 'Mend it' })
    await pr.botSays(/add a 'DCO signoff'(.|\n)*`Mend it`/)
    await pr.hasLabels('dco-signoff: no')
    await pr.hasStatus('dco', 'failure', 'Commits in PR missing Signed-off-by')
    await casey.says(pr, 'is it fine now?\r\n/check-dco anyway')
    await casey.pushes(pr, { 'a.txt': 'a\n' }, { force: true, message: 'Mend it\n\nSigned-off-by: Casey <c@d.e>' })
    await pr.hasStatus('dco', 'success', 'All commits have Signed-off-by')
    await pr.hasLabels('dco-signoff: yes')
    await pr.hasNoComment(marker)

    await alice.unlabels(pr, 'dco-signoff: yes')
    await bob.says(pr, '/check-dco')
    await pr.hasLabels('dco-signoff: yes')
    await casey.closes(pr)
    await alice.unlabels(pr, 'dco-signoff: yes')
    await bob.says(pr, '/check-dco')
    await pr.hasLabels()
    await casey.reopens(pr)
    await pr.hasLabels('dco-signoff: yes')

    const excused = await bob.opensPullRequest()
    await excused.hasLabels('dco-signoff: yes')
    await excused.hasStatus('dco', 'success')
  },
)
