// pony, as people see it.
import { expect, test } from 'vitest'
import { fakeServices, pictureOf } from '../testing/fake-services.ts'
import { scene } from '../testing/plugin-scene.ts'
import pony from './pony.ts'

const search = 'https://theponyapi.com/api/v1/pony/random?q='
const cdn = 'https://cdn.theponyapi.com/pony'
const representations = (id: number | string) => ({ full: `${cdn}/${id}/full.png`, small: `${cdn}/${id}/small.png` })
const shown = (id: number | string) => `[![pony image](${cdn}/${id}/small.png)](${cdn}/${id}/full.png)`

/** A stable of ponies with numbers; `none` has none, and number 3 is too large. */
function stable() {
  let next = 1
  return fakeServices((method, address) => {
    if (method === 'HEAD') return pictureOf(address.includes('/3/') ? 5_242_881 : 1)
    return address.endsWith('q=none') ? 404 : { pony: { representations: representations(next++) } }
  })
}

test.each([
  ['/pony', ''],
  ['/PONY \r\n', ''],
  ['/pony  Twilight Sparkle \r', 'Twilight+Sparkle'],
  ['/pony a&b=c', 'a%26b%3Dc'],
])('%j asks for "%s"', async (text, query) => {
  const net = stable()
  const { says, host } = scene({ with: [pony], fetch: net.fetch })
  await says('bob', text)
  expect(net.asked).toEqual([`GET ${search}${query}`, `HEAD ${cdn}/1/small.png`])
  expect(host.take()[0]?.startsWith(`org/repo#1 comment: @bob: ${shown(1)}\n`)).toBe(true)
})

test.each(['/ponyo', ' /pony', '/pony-ride', 'a /pony'])('%j says nothing', async (text) => {
  const net = stable()
  const { says, host } = scene({ with: [pony], fetch: net.fetch })
  await says('bob', text)
  expect([net.asked, host.calls]).toEqual([[], []])
})

test('six commands give five ponies, and one that is too large is another', async () => {
  const net = stable()
  const { says, host } = scene({ with: [pony], fetch: net.fetch })
  await says('bob', Array(6).fill('/pony').join('\n'))
  const [comment = ''] = host.take()
  expect(comment.split('\n').slice(0, 5)).toEqual([`org/repo#1 comment: @bob: ${shown(1)}`, ...[2, 4, 5, 6].map(shown)])
  expect(comment.split('\n')[5]).toBe('')
})

test('those that are found are shown', async () => {
  const net = stable()
  const { says, host } = scene({ with: [pony], fetch: net.fetch })
  await says('bob', '/pony none\n/pony')
  expect(host.take()[0]).toContain(`@bob: ${shown(1)}\n`)
})

test.each([
  ['/pony none', 404, "Couldn't find a pony matching given tag(s)."],
  ['/pony\n/pony none', 404, "Couldn't find a pony matching given tag(s)."],
  ['/pony', 503, 'https://theponyapi.com appears to be down'],
  ['/pony', { pony: { representations: { full: `${cdn}/1/full.png` } } }, 'appears to be down'],
  ['/pony', { pony: { representations: { ...representations(1), full: 'javascript:1' } } }, 'appears to be down'],
  ['/pony', { pony: { representations: { ...representations(1), small: `${cdn}/1 2.png)\n# ` } } }, 'to be down'],
])('%j, answered with %j each time', async (text, answer, says_) => {
  const net = fakeServices((method) => (method === 'HEAD' ? pictureOf(1) : answer))
  const { says, host, metrics } = scene({ with: [pony], fetch: net.fetch })
  await says('bob', text)
  expect(net.asked.filter((one) => one.startsWith('GET'))).toHaveLength(5 * text.split('\n').length)
  const effects = host.take()
  expect(effects).toEqual([expect.stringContaining(says_)])
  expect(effects[0]).not.toContain('# ')
  expect(await metrics.metrics()).toMatch(/prow_plugin_handle_errors\{.*plugin="pony".*\} 1\n/)
})

test('a repeated task does not show a second pony', async () => {
  const net = stable()
  const { says, host, clock } = scene({ with: [pony], fetch: net.fetch })
  let failures = 1
  host.after = (operation) => {
    if (operation === 'comment' && failures-- > 0) throw Object.assign(new Error('lost'), { code: 'ECONNRESET' })
  }
  await says('bob', '/pony')
  await clock.advance('1m')
  expect(host.take()).toHaveLength(1)
})
