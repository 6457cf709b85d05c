// refresh, as people see it: a status that is not true any more is set right.
import { conversation } from '../../../src/testing/conversation.ts'

conversation(
  'issue_comment: a status that somebody has overwritten is set as the job ended',
  { plugins: ['trigger', 'refresh'] },
  async ({ bob, casey, jobs }) => {
    const pr = await bob.opensPullRequest()
    await pr.hasStatus('unit', 'success')
    await jobs('unit').is('success')
    await bob.setsStatus(pr, 'unit', 'failure', 'by hand')
    await pr.hasStatus('unit', 'failure', 'by hand')
    await casey.says(pr, '/refresh please')
    await pr.hasStatus('unit', 'failure', 'by hand')
    await casey.says(pr, '/refresh')
    await pr.hasStatus('unit', 'success')
    await jobs('unit').count(1)
  },
)
