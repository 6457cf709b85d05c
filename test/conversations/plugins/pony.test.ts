// pony, from the comment to the picture. The service is a fake one.
import { conversation } from '../../../src/testing/conversation.ts'
import { fakeServices, pictureOf } from '../../../src/testing/fake-services.ts'

const picture = (size: string) => `https://cdn.example.com/${size}.png`
const service = fakeServices((method, address) => {
  if (method === 'HEAD') return pictureOf(1000)
  if (address.includes('nobody')) return 404
  return { pony: { representations: { full: picture('full'), small: picture('small') } } }
})
const ponies = { plugins: ['pony'], jobs: '', fetch: service.fetch }

conversation('comment: ponies by name or by chance', ponies, async ({ bob, casey }) => {
  const pr = await bob.opensPullRequest()
  await casey.says(pr, '/pony\r\n/pony Twilight Sparkle\r\n')
  const one = `[![pony image](${picture('small')})](${picture('full')})`
  await pr.botSays(`@casey: ${one}\n${one}\n`)
  await casey.says(pr, '/ponies')
  await bob.says(pr, '/pony nobody')
  await pr.botSays("@bob: Couldn't find a pony matching given tag(s).")
})
