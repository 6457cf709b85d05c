// trick-or-treat, from the comment to the picture. The service is a fake one.
import { conversation } from '../../../src/testing/conversation.ts'
import { fakeServices, pictureOf } from '../../../src/testing/fake-services.ts'

const service = fakeServices(() => pictureOf(1000))

conversation(
  'comment: sweets for those who ask',
  { plugins: ['trick-or-treat'], jobs: '', fetch: service.fetch },
  async ({ bob, casey }) => {
    const issue = await bob.opensIssue()
    await casey.says(issue, '/trick-or-treat')
    await issue.botSays('@casey: ![candy image](https://upload.wikimedia.org/')
    await casey.says(issue, '/trick or treat')
  },
)
