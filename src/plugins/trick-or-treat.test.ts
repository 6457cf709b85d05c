// trick-or-treat, as people see it.
import { expect, test } from 'vitest'
import { systemIds } from '../system/ids.ts'
import { fakeServices, pictureOf } from '../testing/fake-services.ts'
import { scene } from '../testing/plugin-scene.ts'
import treat from './trick-or-treat.ts'

test.each(['/trick-or-treat', '/TrickOrTreat', '/trick-ortreat', '/trickor-treat\r\n', '/trick-or-treat please'])(
  '%j gives sweets',
  async (text) => {
    const net = fakeServices(() => pictureOf(1))
    const { says, host } = scene({ with: [treat], fetch: net.fetch })
    await says('bob', text)
    const address = net.asked[0]?.replace('HEAD ', '')
    expect(address).toMatch(/^https:\/\/upload\.wikimedia\.org\//)
    expect(host.take()[0]?.startsWith(`org/repo#1 comment: @bob: ![candy image](${address})\n`)).toBe(true)
  },
)

test.each(['/trick', '/treat', ' /trick-or-treat', '/trick or treat'])('%j says nothing', async (text) => {
  const net = fakeServices(() => pictureOf(1))
  const { says, host } = scene({ with: [treat], fetch: net.fetch })
  await says('bob', text)
  expect([net.asked, host.calls]).toEqual([[], []])
})

test('chance decides, every one of the sweets can come, and one that cannot be had is another', async () => {
  let chance = 0
  const gone = new Set<string>()
  const net = fakeServices((_method, address) => (gone.has(address) ? 404 : pictureOf(1)))
  const ids = { ...systemIds, fraction: () => chance }
  const { says, host } = scene({ with: [treat], fetch: net.fetch, ids })
  const given = new Set<string>()
  for (; chance < 1; chance += 0.09) {
    await says('bob', '/trick-or-treat')
    given.add(host.take()[0]?.match(/\((https:[^)]*)\)/)?.[1] ?? '')
  }
  expect(given.size).toBeGreaterThan(3)
  expect([...given].every((address) => address.startsWith('https://'))).toBe(true)
  chance = 0
  await says('bob', '/trick-or-treat')
  gone.add(host.take()[0]?.match(/\((https:[^)]*)\)/)?.[1] ?? '')
  net.asked.splice(0)
  await says('bob', '/trick-or-treat')
  expect([net.asked.length, host.take()]).toEqual([9, []])
})

test('a repeated task gives nothing more', async () => {
  let calls = 0
  const ids = { ...systemIds, fraction: () => (calls++ % 2) / 2 }
  const net = fakeServices(() => pictureOf(1))
  const { says, host, clock } = scene({ with: [treat], fetch: net.fetch, ids })
  let failures = 1
  host.after = (operation) => {
    if (operation === 'comment' && failures-- > 0) throw Object.assign(new Error('lost'), { code: 'ECONNRESET' })
  }
  await says('bob', '/trick-or-treat')
  await clock.advance('1m')
  expect(host.take()).toHaveLength(1)
})
