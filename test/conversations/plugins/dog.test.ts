// dog, from the comment to the picture. The service is a fake one.
import { conversation } from '../../../src/testing/conversation.ts'
import { fakeServices, pictureOf } from '../../../src/testing/fake-services.ts'

const service = fakeServices((method) => (method === 'HEAD' ? pictureOf(1000) : { url: 'https://random.dog/a.jpg' }))
const dogs = { plugins: ['dog'], jobs: '', fetch: service.fetch }

conversation('comment: dogs, and how things are', dogs, async ({ bob, casey }) => {
  const issue = await bob.opensIssue()
  for (const text of ['/woof', '/bark']) {
    await casey.says(issue, text)
    await issue.botSays('@casey: [![dog image](https://random.dog/a.jpg)](https://random.dog/a.jpg)')
  }
  for (const text of ['/this-is-fine', '/this-is-not-fine', '/this-is-unbearable']) {
    await casey.says(issue, `${text}\r\n`)
    await issue.botSays(text.slice(1).replaceAll('-', '_'))
  }
  await casey.says(issue, '/woofs')
})
