// cla, as the people on a pull request see it.
import { conversation } from '../../../src/testing/conversation.ts'

conversation(
  'status: the labels say whether the agreement is signed; /check-cla looks again',
  { jobs: '', plugins: ['cla'] },
  async ({ alice, casey }) => {
    const pr = await casey.opensPullRequest()
    await alice.setsStatus(pr, 'EasyCLA', 'pending')
    await pr.hasLabels()
    await alice.setsStatus(pr, 'EasyCLA', 'failure')
    await pr.hasLabels('cncf-cla: no')
    await alice.setsStatus(pr, 'EasyCLA', 'success')
    await pr.hasLabels('cncf-cla: yes')
    await alice.setsStatus(pr, 'something else', 'failure')
    await pr.hasLabels('cncf-cla: yes')

    await alice.labels(pr, 'cncf-cla: no')
    await casey.says(pr, '/check-cla, please')
    await pr.hasLabels('cncf-cla: no', 'cncf-cla: yes')
    await casey.says(pr, '/check-cla')
    await pr.hasLabels('cncf-cla: yes')

    await casey.pushes(pr)
    await alice.unlabels(pr, 'cncf-cla: yes')
    await casey.says(pr, '/check-cla')
    await pr.hasLabels()
    const issue = await casey.opensIssue()
    await casey.says(issue, '/check-cla')
    await issue.hasLabels()
  },
)
