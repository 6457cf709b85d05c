// cat, as people see it, and what the service must not get it to do.
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { fakeServices, pictureOf } from '../testing/fake-services.ts'
import { scene } from '../testing/plugin-scene.ts'
import cat, { searchFor } from './cat.ts'

const picture = 'https://cdn2.thecatapi.com/images/abc.jpg'
const search = 'https://api.thecatapi.com/v1/images/search?format=json&results_per_page=1'
const grumpy = 'https://upload.wikimedia.org/wikipedia/commons/e/ee/Grumpy_Cat_by_Gage_Skidmore.jpg'

/** A service that offers this, and says that pictures are so large. */
const service = (offer: unknown, size = 1000) => fakeServices((method) => (method === 'HEAD' ? pictureOf(size) : offer))

test.each<[text: string, asked: string]>([
  ['/meow', search],
  ['/MEOW \r\n', search],
  ['hm\n/meow caturday\r\nok', `${search}&category=caturday`],
  ['/meow hats & ties', `${search}&category=hats+%26+ties`],
  ['/meowvie', `${search}&mime_types=gif`],
  ['/meowvie space', `${search}&category=space&mime_types=gif`],
  ['/meow nope', `${search}&category=nope`],
])('%j asks for %s and shows what comes', async (text, asked) => {
  const net = service([{ url: picture }])
  const { says, host } = scene({ with: [cat], fetch: net.fetch })
  await says('bob', text)
  expect(net.asked).toEqual([`GET ${asked}`, `HEAD ${picture}`])
  expect(net.requests.map(({ redirect }) => redirect)).toEqual(['error', 'manual'])
  expect(host.take()).toEqual([
    expect.stringMatching(/^org\/repo#1 comment: @bob: !\[cat image\]\(https:\/\/cdn2\.the/),
  ])
})

test.each(['/meow no', '/meow GRUMPY \r', '/meowvie grumpy'])('%j is the grumpy cat', async (text) => {
  const net = service([])
  const { says, host } = scene({ with: [cat], fetch: net.fetch })
  await says('bob', text)
  expect(net.asked).toEqual([`HEAD ${grumpy}`])
  expect(host.take()[0]).toContain(`![cat image](${grumpy})`)
})

test.each(['/meows', ' /meow', 'meow', '/meowviecat', '> /meow'])('%j says nothing', async (text) => {
  const net = service([{ url: picture }])
  const { says, host } = scene({ with: [cat], fetch: net.fetch })
  await says('bob', text)
  expect([net.asked, host.calls]).toEqual([[], []])
})

test.each<[what: string, offer: unknown, size?: number]>([
  ['no list', {}],
  ['an empty list', []],
  ['no text', [{ url: 7 }]],
  ['not JSON', 'oops'],
  ['an error', 503],
  ['plain HTTP', [{ url: 'http://cdn2.thecatapi.com/a.jpg' }]],
  ['Markdown', [{ url: 'https://cats.example.com/a.jpg)\n\n@everybody [x](https://y' }]],
  ['a machine of ours by number', [{ url: 'https://10.0.0.1/latest/meta-data' }]],
  ['a machine of ours by name', [{ url: 'https://metadata.google.internal/a.jpg' }]],
  ['a script', [{ url: 'javascript:alert(1)' }]],
  ['a password', [{ url: 'https://me:secret@cats.example.com/a.jpg' }]],
  ['another port', [{ url: 'https://cats.example.com:8443/a.jpg' }]],
  ['a very long address', [{ url: `https://cats.example.com/${'a'.repeat(500)}.jpg` }]],
  ['a picture that is too large', [{ url: picture }], 5 * 1024 * 1024 + 1],
])('a service that offers %s is asked three times, and then it counts as down', async (_what, offer, size) => {
  const net = service(offer, size)
  const { says, host, metrics } = scene({ with: [cat], fetch: net.fetch })
  await says('bob', '/meow')
  expect(net.asked.filter((one) => one.startsWith('GET'))).toHaveLength(3)
  expect(host.take()).toEqual([
    expect.stringMatching(/^org\/repo#1 comment: @bob: https:\/\/thecatapi\.com appears to be down\n/),
  ])
  expect(await metrics.metrics()).toMatch(/prow_plugin_handle_errors\{.*plugin="cat".*\} 1\n/)
})

test.each([
  ['is exactly as large as may be', () => pictureOf(5 * 1024 * 1024), true],
  ['has no length', () => new Response(null), true],
  ['is elsewhere', () => new Response(null, { status: 302, headers: { location: 'https://x.example.com/a' } }), false],
  ['is gone', () => 404, false],
])('a picture that %s', async (_what, head, shown) => {
  const net = fakeServices((method) => (method === 'HEAD' ? head() : [{ url: picture }]))
  const { says, host } = scene({ with: [cat], fetch: net.fetch })
  await says('bob', '/meow')
  expect(host.take()[0]?.includes(picture)).toBe(shown)
})

test('the second cat will do, and a category that has none is named', async () => {
  const urls = ['https://cats.example.com/huge.jpg', picture]
  const net = fakeServices((method, address) =>
    method === 'HEAD' ? pictureOf(address.includes('huge') ? 6_000_000 : 1) : [{ url: urls.shift() }],
  )
  const { says, host } = scene({ with: [cat], fetch: net.fetch })
  await says('bob', '/meow')
  expect(host.take()[0]).toContain(picture)
  await says('bob', '/meow unicorns')
  expect(host.take()[0]).toContain('Bad category. Please see https://api.thecatapi.com/api/categories/list')
})

test('a repeated task does not show a second cat', async () => {
  const urls = ['https://cats.example.com/1.jpg', 'https://cats.example.com/2.jpg', 'https://cats.example.com/3.jpg']
  const net = fakeServices((method) => (method === 'HEAD' ? pictureOf(1) : [{ url: urls.shift() }]))
  const { says, host, clock } = scene({ with: [cat], fetch: net.fetch })
  let failures = 1
  host.after = (operation) => {
    if (operation === 'comment' && failures-- > 0) throw Object.assign(new Error('lost'), { code: 'ECONNRESET' })
  }
  await says('bob', '/meow')
  await clock.advance('1m')
  expect(host.take().filter((effect) => effect.includes('cat image'))).toHaveLength(1)
  expect(host.calls.filter((call) => call === 'comment')).toHaveLength(1)
  // Another comment gets one of its own.
  await says('bob', '/meow')
  expect(host.take()[0]).toContain('/2.jpg')
})

test('what another plugin has answered to the same text is no cat', async () => {
  const net = service([{ url: picture }])
  const { says, host, clock } = scene({ with: [cat], fetch: net.fetch })
  const at = { org: 'org', repo: 'repo', number: 1 }
  let failures = 1
  host.before = (operation) => {
    if (operation !== 'comment' || failures-- <= 0) return
    const [asked] = host.state.comments.get('org/repo#1') ?? []
    host.say(at, 'k8s-ci-robot', `@bob: no.\n\nIn response to [this](${asked?.html_url}):`)
    throw Object.assign(new Error('lost'), { code: 'ECONNRESET' })
  }
  await says('bob', '/meow')
  await clock.advance('1m')
  expect(host.take()).toEqual([expect.stringContaining(picture)])
})

test('a key goes to the service in a header, and is read anew each time', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'cat-'))
  onTestFinished(() => rm(dir, { recursive: true }))
  const key_path = join(dir, 'key')
  const net = service([{ url: picture }])
  const settings = { key_path }
  const { says, dispatch } = scene({ with: [cat], fetch: net.fetch, plugins: { sections: { cat: settings } } })
  const meow = () => says('bob', '/meow').then(() => dispatch.settled())
  const keys = () => net.requests.splice(0).map(({ headers }) => headers.get('x-api-key'))
  await meow()
  expect(keys()).toEqual([null, null])
  await writeFile(key_path, 'secret-1\n')
  await meow()
  expect(keys()).toEqual(['secret-1', null])
  for (const bad of ['two words', '', 'a\nb', 'x'.repeat(5000)]) {
    await writeFile(key_path, bad)
    await meow()
    expect(keys()).toEqual([null, null])
  }
  await promisify(execFile)('mkfifo', [join(dir, 'pipe')])
  for (const path of ['/dev/zero', join(dir, 'pipe'), dir, join(dir, 'gone')]) {
    settings.key_path = path
    await meow()
    expect(keys()).toEqual([null, null])
  }
  expect(net.asked.join()).not.toContain('secret')
})

test('searchFor leaves out what is not wanted', () => expect(searchFor('', false)).toBe(search))
