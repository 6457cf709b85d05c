// yuks, from the comment to the joke. The service is a fake one.
import { conversation } from '../../../src/testing/conversation.ts'
import { fakeServices } from '../../../src/testing/fake-services.ts'

const service = fakeServices(() => ({ joke: 'What is [brown](x)?' }))

conversation(
  'comment: a joke, and nothing in it is markup',
  { plugins: ['yuks'], jobs: '', fetch: service.fetch },
  async ({ bob, casey }) => {
    const issue = await bob.opensIssue()
    await casey.says(issue, '/joke')
    await issue.botSays('@casey: What is &#91;brown&#93;&#40;x&#41;?')
    await casey.says(issue, '/jokes')
  },
)
