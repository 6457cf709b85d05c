// cat, from the comment to the picture. The service is a fake one.
import { conversation } from '../../../src/testing/conversation.ts'
import { fakeServices, pictureOf } from '../../../src/testing/fake-services.ts'

const service = fakeServices((method, address) => {
  if (method === 'HEAD') return pictureOf(address.includes('huge') ? 6_000_000 : 1000)
  if (address.includes('category=huge')) return [{ url: 'https://cats.example.com/huge.gif' }]
  return [{ url: `https://cats.example.com/${address.includes('mime_types=gif') ? 'film.gif' : 'cat.jpg'}` }]
})
const cats = { plugins: ['cat'], jobs: '', fetch: service.fetch }

conversation('comment: cats on pull requests and issues, for anybody', cats, async ({ bob, casey }) => {
  const pr = await bob.opensPullRequest()
  await casey.says(pr, 'nice\r\n/meow\r\n')
  await pr.botSays('@casey: ![cat image](https://cats.example.com/cat.jpg)')
  await bob.says(pr, '/meowvie clothes')
  await pr.botSays('![cat image](https://cats.example.com/film.gif)')
  const issue = await casey.opensIssue({ body: '/meow caturday' })
  await issue.botSays('![cat image](https://cats.example.com/cat.jpg)')
  await bob.says(issue, '/meow no')
  await issue.botSays('Grumpy_Cat')
  await bob.says(issue, '/meows')
  await bob.says(issue, '/meow huge')
  await issue.botSays('Bad category.')
})
