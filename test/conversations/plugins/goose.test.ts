// goose, from the comment to the picture. The service is a fake one.
import { conversation } from '../../../src/testing/conversation.ts'
import { fakeServices, pictureOf } from '../../../src/testing/fake-services.ts'

let isDown = false
const service = fakeServices((method) => {
  if (isDown) return 503
  return method === 'HEAD' ? pictureOf(1000) : { urls: { small: 'https://images.example.com/goose' } }
})
const geese = { plugins: ['goose'], jobs: '', fetch: service.fetch }

conversation('comment: a goose, as long as there are any', geese, async ({ bob, casey }) => {
  const pr = await bob.opensPullRequest()
  await casey.says(pr, '/honk')
  await pr.botSays('@casey: \n![goose image](https://images.example.com/goose)')
  await casey.says(pr, '/honk twice')
  isDown = true
  await bob.says(pr, '/honk')
  await pr.botSays('@bob: Unable to find goose.')
})
