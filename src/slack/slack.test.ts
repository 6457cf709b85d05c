// Slack's client: what is sent, and what each answer means.
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { testClock } from '../testing/clock.ts'
import { type Answers, fakeServices } from '../testing/fake-services.ts'
import { plainText, SlackError, slackClient } from './slack.ts'

function client(answers: Answers) {
  const net = fakeServices(answers)
  return { ...net, slack: slackClient({ token: () => 'xoxb-secret', fetch: net.fetch, clock: testClock() }) }
}

test('a message is a form, under the name of prow', async () => {
  const { slack, asked, requests } = client(() => ({ ok: true }))
  await slack.post('#news', 'hello <@alice> & all')
  expect(asked).toEqual(['POST https://slack.com/api/chat.postMessage'])
  expect(requests[0]?.headers.get('content-type')).toMatch(/^application\/x-www-form-urlencoded/)
  expect(Object.fromEntries(await (requests[0] as Request).formData())).toEqual({
    username: 'prow',
    icon_emoji: ':prow:',
    token: 'xoxb-secret',
    channel: '#news',
    text: 'hello <@alice> & all',
  })
  expect(requests[0]?.redirect).toBe('error')
})

test.each<[what: string, answer: unknown, kind: SlackError['kind'], says: string]>([
  ['a refusal', { ok: false, error: 'channel_not_found' }, 'refused', 'request failed: channel_not_found'],
  ['a refusal without a reason', { ok: false }, 'refused', 'does not say why'],
  ['something else', 'hello', 'unknown', 'no JSON'],
  ['nothing', null, 'refused', 'does not say why'],
  ['too many messages', 429, 'unavailable', 'HTTP 429'],
  ['an outage', 503, 'unavailable', 'HTTP 503'],
  ['another address', 404, 'refused', 'HTTP 404'],
  ['a flood', 'x'.repeat(64 * 1024 + 1), 'unknown', 'longer than 65536 bytes'],
  ['no network', undefined, 'unavailable', 'fetch failed'],
])('%s is an error', async (_what, answer, kind, says) => {
  const { slack } = client(() => answer)
  const error = await slack.post('#news', 'hi').catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(SlackError)
  expect(error).toMatchObject({ kind, message: expect.stringContaining(says) })
  expect(String(error)).toContain('message to #news')
  expect(JSON.stringify(error) + String(error)).not.toContain('secret')
})

test('an answer that does not come is given up after ten seconds', async () => {
  const clock = testClock()
  const slack = slackClient({
    token: () => 't',
    clock,
    fetch: (_input, init) =>
      new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(new Error('aborted')))),
  })
  let ended: unknown
  slack.post('#news', 'hi').catch((error: unknown) => {
    ended = error
  })
  await clock.advance('9s')
  await setImmediate()
  expect(ended).toBeUndefined()
  await clock.advance('1s')
  await setImmediate()
  expect(ended).toMatchObject({ kind: 'unknown', message: 'message to #news: no answer within 10 s' })
})

test('what is too long is cut, and what others wrote calls nobody', async () => {
  const { slack, requests } = client(() => ({ ok: true }))
  await slack.post('c', 'x'.repeat(50_000))
  const { text } = Object.fromEntries(await (requests[0] as Request).formData())
  expect(text).toBe(`${'x'.repeat(39_999)}…`)
  expect(plainText('<!channel> a & b')).toBe('&lt;!channel&gt; a &amp; b')
})
