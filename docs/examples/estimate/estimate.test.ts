// estimate, as the people on a pull request see it.
import { conversation } from '../../../src/testing/conversation.ts'
import estimate from './estimate.ts'

conversation('the newest estimate counts, until it is taken back', { with: [estimate] }, async ({ alice, bob }) => {
  const pr = await alice.opensPullRequest()
  await bob.says(pr, 'I had a look.\r\n/estimate Large\r\n')
  await pr.hasLabels('estimate/large')
  await alice.says(pr, '/estimate small')
  await pr.hasLabels('estimate/small')
  await alice.says(pr, '/estimate cancel')
  await pr.hasLabels()
})

conversation('who may not estimate, and what is no estimate', { with: [estimate] }, async ({ bob, casey }) => {
  const pr = await bob.opensPullRequest()
  await casey.says(pr, '/estimate small')
  await pr.botSays('@casey: only members can estimate.')
  await bob.says(pr, '/estimate huge')
  await pr.botSays('@bob: there is no estimate "huge": say small, medium, large.')
  await pr.hasLabels()
})
