// shrug, from the comment to the label.
import { conversation } from '../../../src/testing/conversation.ts'

conversation('comment: the label comes and goes', { plugins: ['shrug'], jobs: '' }, async ({ bob, casey }) => {
  const pr = await bob.opensPullRequest()
  await casey.says(pr, 'who knows\r\n/shrug\r\n')
  await pr.hasLabels('¯\\_(ツ)_/¯')
  await bob.says(pr, '/shrug it off')
  await bob.says(pr, '/unshrug')
  await pr.botSays('@bob: ¯\\\\\\_(ツ)\\_/¯')
  await pr.hasLabels()
  await bob.says(pr, '/unshrug')
  await pr.hasLabels()
})
