// Services that answer JSON: what is sent, what is asked again, and what each failure is called.
import { expect, test } from 'vitest'
import { settle, testClock } from '../testing/clock.ts'
import { type Answers, fakeServices } from '../testing/fake-services.ts'
import { headerSecret, jsonService, ServiceError, type ServiceRequest } from './json-service.ts'

const get: ServiceRequest = { operation: 'Look', method: 'GET', path: 'a/b', query: [['x', '1 2']] }
const post: ServiceRequest = { operation: 'Make', method: 'POST', path: 'a', body: { b: 1 } }

function service(answers: Answers, retries = 0) {
  const net = fakeServices(answers)
  const clock = testClock()
  const observed: string[] = []
  const ask = jsonService({
    name: 'Thing',
    endpoint: 'https://thing.example/base/',
    proof: () => ({ headers: { authorization: 'Bearer s3cret' }, query: [['key', 's3cret']] }),
    userAgent: 'hook/1',
    retries,
    problemIn: (body) => (body as { problem?: { message: string; code: number } } | undefined)?.problem,
    observe: ({ operation }, status) => void observed.push(`${operation} ${status}`),
    fetch: net.fetch,
    clock,
  })
  return { ...net, ask, clock, observed }
}

test('a request goes below the endpoint, with what proves who asks', async () => {
  const { ask, asked, requests, observed } = service(() => ({ fine: true }))
  expect(await ask(get)).toEqual({ status: 200, body: { fine: true } })
  await ask(post)
  expect(asked).toEqual([
    'GET https://thing.example/base/a/b?x=1+2&key=s3cret',
    'POST https://thing.example/base/a?key=s3cret',
  ])
  const [first, second] = requests
  expect(Object.fromEntries(first?.headers ?? [])).toEqual({
    accept: 'application/json',
    authorization: 'Bearer s3cret',
    'user-agent': 'hook/1',
  })
  expect(second?.headers.get('content-type')).toBe('application/json')
  expect(await second?.json()).toEqual({ b: 1 })
  expect(second?.redirect).toBe('error')
  expect(observed).toEqual(['Look 200', 'Make 200'])
})

test.each<[what: string, answer: unknown, status: number, code: number, passes: boolean, says: string]>([
  ['a refusal', 403, 403, 0, false, 'HTTP 403'],
  ['a refusal with words', new Response('go away', { status: 400 }), 400, 0, false, 'HTTP 400: go away'],
  ['a problem beside status 200', { problem: { message: 'no', code: 7 } }, 200, 7, false, 'no'],
  ['a flood', 'x'.repeat(8 * 1024 * 1024 + 1), 200, 0, false, 'the answer is longer than 8388608 bytes'],
  ['a page', '<html>', 200, 0, false, 'the answer is no JSON'],
  ['too many requests', 429, 429, 0, true, 'HTTP 429'],
  ['an outage', 503, 503, 0, true, 'HTTP 503'],
  ['what it never can', 501, 501, 0, false, 'HTTP 501'],
  ['no network', undefined, 0, 0, true, 'fetch failed'],
])('%s is an error', async (_what, answer, status, code, passes, says) => {
  const error: unknown = await service(() => answer)
    .ask(get)
    .catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ServiceError)
  expect(error).toMatchObject({ status, code, passes, message: `Thing: Look: ${says}` })
  expect(JSON.stringify(error) + String(error)).not.toContain('s3cret')
})

test('an empty answer is one without JSON, and long words are cut', async () => {
  expect(await service(() => 204).ask(get)).toEqual({ status: 204, body: undefined })
  const error = await service(() => new Response('x'.repeat(9000), { status: 400 }))
    .ask(get)
    .catch((thrown: Error) => thrown.message)
  expect(error).toBe(`Thing: Look: HTTP 400: ${'x'.repeat(500)}…`)
})

test.each<[what: string, request: ServiceRequest, answer: unknown, attempts: number]>([
  ['a lost read', get, undefined, 3],
  ['a read in an outage', get, 500, 3],
  ['a refused read', get, 404, 1],
  ['something new in an outage', post, 500, 1],
  ['something new that may have been made', post, undefined, 1],
  ['something new that was put off', post, 429, 3],
  ['something new while the service is away', post, 503, 3],
])('%s is sent as often as is safe', async (_what, request, answer, attempts) => {
  const { ask, asked, clock } = service(() => answer, 2)
  const failed = ask(request).catch(() => 'failed')
  await clock.advance('3s')
  expect(await failed).toBe('failed')
  expect(asked).toHaveLength(attempts)
})

test('pauses double, or last as long as the service says, but half a minute at most', async () => {
  let retryAfter: string | undefined
  const { ask, asked, clock } = service(
    () => new Response(null, { status: 429, ...(retryAfter && { headers: { 'retry-after': retryAfter } }) }),
    3,
  )
  ask(get).catch(() => {})
  const attemptsAfter = async (time: string) => {
    await clock.advance(time)
    return asked.length
  }
  expect(await attemptsAfter('999ms')).toBe(1)
  expect(await attemptsAfter('1ms')).toBe(2)
  retryAfter = '5'
  expect(await attemptsAfter('2s')).toBe(3)
  expect(await attemptsAfter('4999ms')).toBe(3)
  retryAfter = new Date(clock.now() + 3_600_000).toUTCString()
  expect(await attemptsAfter('1ms')).toBe(4)

  const later = service(() => new Response(null, { status: 503, headers: { 'retry-after': '3600' } }), 1)
  later.ask(get).catch(() => {})
  await later.clock.advance('29s')
  expect(later.asked).toHaveLength(1)
  await later.clock.advance('1s')
  expect(later.asked).toHaveLength(2)
})

test('an answer that does not come is given up after half a minute', async () => {
  const clock = testClock()
  const ask = jsonService({
    name: 'Thing',
    endpoint: 'https://thing.example',
    proof: () => ({}),
    userAgent: 'x',
    retries: 0,
    problemIn: () => undefined,
    observe: () => {},
    clock,
    fetch: (_input, init) =>
      new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(new Error('aborted')))),
  })
  let ended: unknown
  ask(get).catch((error: unknown) => {
    ended = error
  })
  await clock.advance('29s')
  expect(ended).toBeUndefined()
  await clock.advance('1s')
  await settle()
  expect(ended).toMatchObject({ status: 0, passes: true, message: 'Thing: Look: no answer within 30 s' })
})

test('a secret that cannot stand in a header is not shown', () => {
  expect(headerSecret('abc-1')).toBe('abc-1')
  for (const bad of ['', 'two words', 'line\nbreak', 'ümlaut'])
    expect(() => headerSecret(bad)).toThrow(/^the secret must be one word of printable ASCII$/)
})
