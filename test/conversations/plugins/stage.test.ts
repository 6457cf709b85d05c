// stage, as the people on an issue see it.
import { conversation } from '../../../src/testing/conversation.ts'

conversation(
  'comment: a feature has one stage at a time',
  { plugins: ['stage'], jobs: '' },
  async ({ alice, casey }) => {
    const issue = await alice.opensIssue({ body: '/stage alpha' })
    await issue.hasLabels('stage/alpha')
    await casey.says(issue, 'Next:\r\n/stage beta\r\n')
    await issue.hasLabels('stage/beta')
    await casey.says(issue, '/stage gamma\n/stage alpha beta')
    await issue.hasLabels('stage/beta')
    await alice.labels(issue, 'stage/alpha')
    await casey.says(issue, '/remove-stage alpha\n/remove-stage beta\n/stage stable')
    await issue.hasLabels('stage/stable')
    await casey.says(issue, '/remove-stage stable')
    await issue.hasLabels()
  },
)
