// dog, as people see it.
import { expect, test } from 'vitest'
import { fakeServices, pictureOf } from '../testing/fake-services.ts'
import { scene } from '../testing/plugin-scene.ts'
import dog from './dog.ts'

const service = 'https://random.dog/woof.json'
const drawings = 'https://storage.googleapis.com/this-is-fine-images'

/** A service that offers these one after the other, the last one for ever. */
function kennel(offers: readonly unknown[], size = 1000) {
  const left = [...offers]
  return fakeServices((method) =>
    method === 'HEAD' ? pictureOf(size) : { url: left.length > 1 ? left.shift() : left[0] },
  )
}

test.each(['/woof', '/BARK\r\n', 'well:\n/bark  '])('%j shows a dog that leads to itself', async (text) => {
  const net = kennel(['https://random.dog/a-B_1.JPG'])
  const { says, host } = scene({ with: [dog], fetch: net.fetch })
  await says('bob', text)
  expect(net.asked).toEqual([`GET ${service}`, 'HEAD https://random.dog/a-B_1.JPG'])
  expect(net.requests[0]?.headers.get('accept')).toBe('application/json')
  const shown = '[![dog image](https://random.dog/a-B_1.JPG)](https://random.dog/a-B_1.JPG)'
  expect(host.take()[0]?.startsWith(`org/repo#1 comment: @bob: ${shown}\n`)).toBe(true)
})

test.each([
  ['/this-is-fine', 'this_is_fine.png'],
  ['/This-Is-Not-Fine', 'this_is_not_fine.png'],
  ['/this-is-unbearable\r', 'this_is_unbearable.jpg'],
])('%j shows %s, and asks no service for it', async (text, file) => {
  const net = kennel([])
  const { says, host } = scene({ with: [dog], fetch: net.fetch })
  await says('bob', text)
  expect(net.asked).toEqual([`HEAD ${drawings}/${file}`])
  expect(host.take()[0]).toContain(`[![dog image](${drawings}/${file})](${drawings}/${file})`)
})

test('of several commands the dog comes first', async () => {
  const net = kennel(['https://random.dog/a.gif'])
  const { says } = scene({ with: [dog], fetch: net.fetch })
  await says('bob', '/this-is-fine\n/woof')
  expect(net.asked[0]).toBe(`GET ${service}`)
})

test.each(['/woofs', ' /woof', '/this-is-finer', '/bark loud'])('%j says nothing', async (text) => {
  const net = kennel(['https://random.dog/a.gif'])
  const { says, host } = scene({ with: [dog], fetch: net.fetch })
  await says('bob', text)
  expect([net.asked, host.calls]).toEqual([[], []])
})

test('a film is no picture, the next one may be', async () => {
  const net = kennel(['https://random.dog/a.mp4', 'https://random.dog/b.webm', 'https://random.dog/c.png'])
  const { says, host } = scene({ with: [dog], fetch: net.fetch })
  await says('bob', '/woof')
  expect(host.take()[0]).toContain('c.png')
})

test.each([
  ['films', ['https://random.dog/a.mp4'], 1, 0],
  ['too large ones', ['https://random.dog/a.png'], 5_242_881, 5],
  ['nothing', [undefined], 1, 0],
  ['foreign Markdown', ['https://random.dog/a)](x)[.png'], 1, 0],
])('when there are only %s, five attempts fail without a comment', async (_what, offers, size, heads) => {
  const net = kennel(offers, size)
  const { says, host, metrics } = scene({ with: [dog], fetch: net.fetch })
  await says('bob', '/woof')
  expect(net.asked.filter((one) => one.startsWith('GET'))).toHaveLength(5)
  expect(net.asked.filter((one) => one.startsWith('HEAD'))).toHaveLength(heads)
  expect(host.take()).toEqual([])
  expect(await metrics.metrics()).toMatch(/prow_plugin_handle_errors\{.*plugin="dog".*\} 1\n/)
})

test('works on issues, and closed ones, and does nothing twice', async () => {
  const net = kennel(['https://random.dog/1.gif', 'https://random.dog/2.gif', 'https://random.dog/3.gif'])
  const { saysOnIssue, host, clock } = scene({ with: [dog], fetch: net.fetch, issue: { state: 'closed' } })
  let failures = 1
  host.after = (operation) => {
    if (operation === 'comment' && failures-- > 0) throw Object.assign(new Error('lost'), { code: 'ECONNRESET' })
  }
  await saysOnIssue('casey', '/woof')
  await clock.advance('1m')
  expect(host.take()).toHaveLength(1)
})
