// goose, as people see it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { fakeServices, pictureOf } from '../testing/fake-services.ts'
import { scene } from '../testing/plugin-scene.ts'
import goose from './goose.ts'

const search = 'https://api.unsplash.com/photos/random?query=goose'
const picture = 'https://images.unsplash.com/photo-1?crop=entropy&cs=tinysrgb&fit=max&ixlib=rb-4.0.3&w=400'
const service = (offer: unknown, size = 1000) => fakeServices((method) => (method === 'HEAD' ? pictureOf(size) : offer))

test.each(['/honk', '/HONK \r\n'])('%j shows a goose, on a line of its own', async (text) => {
  const net = service({ urls: { small: picture } })
  const { says, host } = scene({ with: [goose], fetch: net.fetch })
  await says('bob', text)
  expect(net.asked).toEqual([`GET ${search}`, `HEAD ${picture}`])
  expect(host.take()[0]?.startsWith(`org/repo#1 comment: @bob: \n![goose image](${picture})\n`)).toBe(true)
})

test.each(['/honks', ' /honk', '/honk twice'])('%j says nothing', async (text) => {
  const net = service({ urls: { small: picture } })
  const { says, host } = scene({ with: [goose], fetch: net.fetch })
  await says('bob', text)
  expect([net.asked, host.calls]).toEqual([[], []])
})

test.each<[what: string, offer: unknown, size?: number]>([
  ['no picture', { urls: {} }],
  ['a picture of ours', { urls: { small: 'https://127.0.0.1/goose.jpg' } }],
  ['one that is too large', { urls: { small: picture } }, 5_242_881],
  ['nothing without a key', 401],
])('a service that has %s is asked three times, and people are told', async (_what, offer, size) => {
  const net = service(offer, size)
  const { says, host, metrics } = scene({ with: [goose], fetch: net.fetch })
  await says('bob', '/honk')
  expect(net.asked.filter((one) => one.startsWith('GET'))).toHaveLength(3)
  expect(host.take()).toEqual([expect.stringContaining('@bob: Unable to find goose. Have you checked the garden?')])
  expect(await metrics.metrics()).toMatch(/prow_plugin_handle_errors\{.*plugin="goose".*\} 1\n/)
})

test('the key goes into a header, to this service only', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'goose-'))
  onTestFinished(() => rm(dir, { recursive: true }))
  const key_path = join(dir, 'key')
  await writeFile(key_path, 'secret\n')
  const net = service({ urls: { small: picture } })
  const { says, dispatch } = scene({ with: [goose], fetch: net.fetch, plugins: { sections: { goose: { key_path } } } })
  await says('bob', '/honk')
  await dispatch.settled()
  expect(net.requests.map(({ headers }) => headers.get('authorization'))).toEqual(['Client-ID secret', null])
  expect(net.asked.join()).not.toContain('secret')
})

test('a repeated task does not show a second goose', async () => {
  let goslings = 0
  const net = fakeServices((method) =>
    method === 'HEAD' ? pictureOf(1) : { urls: { small: `https://images.unsplash.com/${goslings++}` } },
  )
  const { says, host, clock } = scene({ with: [goose], fetch: net.fetch })
  let failures = 1
  host.after = (operation) => {
    if (operation === 'comment' && failures-- > 0) throw Object.assign(new Error('lost'), { code: 'ECONNRESET' })
  }
  await says('bob', '/honk')
  await clock.advance('1m')
  expect(host.take()).toHaveLength(1)
})
