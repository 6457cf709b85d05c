// yuks, as people see it.
import { expect, test } from 'vitest'
import { fakeServices } from '../testing/fake-services.ts'
import { scene } from '../testing/plugin-scene.ts'
import yuks, { harmless } from './yuks.ts'

test.each([
  ['Why? Because!', 'Why? Because!'],
  ["It's 1, 2 and 3.", "It's 1, 2 and 3."],
  ['[hello](url)', '&#91;hello&#93;&#40;url&#41;'],
  ['a\nb\r', 'a&#10;b&#13;'],
  ['é 🚢', '&#233; &#128674;'],
  ['<b>&amp;</b>', '&#60;b&#62;&#38;amp&#59;&#60;&#47;b&#62;'],
  ['ask @bob', 'ask &#64;&#8203;bob'],
  ['\ud800', '&#55296;'],
])('%j is told as %j', (joke, told) => expect(harmless(joke)).toBe(told))

test.each(['/joke', '/JOKE \r\n', 'please\n/joke'])('%j tells a joke', async (text) => {
  const net = fakeServices(() => ({ id: '1', joke: 'What is *brown*?' }))
  const { says, host } = scene({ with: [yuks], fetch: net.fetch })
  await says('bob', text)
  expect(net.asked).toEqual(['GET https://icanhazdadjoke.com/'])
  expect(net.requests[0]?.headers.get('accept')).toBe('application/json')
  expect(host.take()[0]?.startsWith('org/repo#1 comment: @bob: What is &#42;brown&#42;?\n')).toBe(true)
})

test.each(['/jokes', ' /joke', '/joke again'])('%j says nothing', async (text) => {
  const net = fakeServices(() => ({ joke: 'x' }))
  const { says, host } = scene({ with: [yuks], fetch: net.fetch })
  await says('bob', text)
  expect([net.asked, host.calls]).toEqual([[], []])
})

test.each([[503], [{ joke: '' }], [{ joke: 7 }], [{}], [null], ['no JSON'], [{ joke: 'x'.repeat(2001) }], [undefined]])(
  'after five times %j nothing is said',
  async (answer) => {
    const net = fakeServices(() => answer)
    const { says, host, metrics } = scene({ with: [yuks], fetch: net.fetch })
    await says('bob', '/joke')
    expect(net.asked).toHaveLength(5)
    expect(host.take()).toEqual([])
    expect(await metrics.metrics()).toMatch(/prow_plugin_handle_errors\{.*plugin="yuks".*\} 1\n/)
  },
)

test('the fifth attempt counts, and a repeated task tells no second joke', async () => {
  let asked = 0
  const net = fakeServices(() => (asked++ < 4 ? 500 : { joke: `number ${asked}` }))
  const { says, host, clock } = scene({ with: [yuks], fetch: net.fetch })
  let failures = 1
  host.after = (operation) => {
    if (operation === 'comment' && failures-- > 0) throw Object.assign(new Error('lost'), { code: 'ECONNRESET' })
  }
  await says('bob', '/joke')
  await clock.advance('1m')
  expect(host.take()).toEqual([expect.stringContaining('@bob: number 5\n')])
  // What another plugin answered to the same text is no joke.
  expect(host.calls.filter((call) => call === 'comment')).toHaveLength(1)
})
