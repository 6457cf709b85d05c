// Bugzilla's client against a server: what is sent, what is read, and what each answer means.
import { Registry } from 'prom-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testClock } from '../testing/clock.ts'
import { type ServedService, serveFetch } from '../testing/serve-fetch.ts'
import { pullOf } from './bug.ts'
import { type BugzillaSettings, bugzillaClient } from './bugzilla.ts'
import { cloneOf } from './clone.ts'
import { type MemoryBugzilla, memoryBugzilla } from './testing/memory-bugzilla.ts'

let memory: MemoryBugzilla
let server: ServedService
beforeAll(async () => {
  server = await serveFetch((request) => memory.fetch(request))
})
afterAll(() => server.close())

function client(settings: Partial<BugzillaSettings> = {}, bugs: Readonly<Record<number, object>> = {}) {
  memory = memoryBugzilla()
  for (const [id, fields] of Object.entries(bugs)) memory.file(Number(id), { ...fields })
  const metrics = new Registry()
  const needs = { endpoint: `${server.url}/`, userAgent: 'hook.bugzilla/1', fetch, clock: testClock(), metrics }
  return { memory, metrics, bugzilla: bugzillaClient({ ...needs, ...settings }) }
}

const pull = { org: 'o', repo: 'r', number: 7 }

test.each<[given: Partial<BugzillaSettings>, header: string | null, key: string | null, query: string | null]>([
  [{}, null, null, null],
  [{ apiKey: () => 'k' }, null, 'k', 'k'],
  [{ apiKey: () => 'k', authMethod: 'bearer' }, 'Bearer k', null, null],
  [{ apiKey: () => 'k', authMethod: 'query' }, null, null, 'k'],
  [{ apiKey: () => 'k', authMethod: 'x-bugzilla-api-key' }, null, 'k', null],
])('%o proves who asks', async (given, header, key, query) => {
  const { bugzilla } = client(given, { 1: {} })
  await bugzilla.bug(1)
  const { headers, url } = memory.last()
  expect(headers.get('authorization')).toBe(header)
  expect(headers.get('x-bugzilla-api-key')).toBe(key)
  expect(new URL(url).searchParams.get('api_key')).toBe(query)
  expect(headers.get('user-agent')).toBe('hook.bugzilla/1')
})

test('the key is asked for at each request', async () => {
  let key = 'old'
  const { bugzilla } = client({ apiKey: () => key, authMethod: 'bearer' }, { 1: {} })
  await bugzilla.bug(1)
  key = 'new'
  await bugzilla.bug(1)
  expect(memory.last().headers.get('authorization')).toBe('Bearer new')
})

test('a bug, as it is read', async () => {
  const { bugzilla, metrics } = client(
    {},
    { 1: { qa_contact_detail: { email: 'qa@example.com' }, target_release: '1.0' } },
  )
  expect(await bugzilla.bug(1)).toEqual({
    id: 1,
    summary: 'it leaks',
    status: 'NEW',
    resolution: '',
    is_open: true,
    severity: 'high',
    creation_time: '1970-01-01T00:00:00Z',
    target_release: ['1.0'],
    groups: [],
    depends_on: [],
    blocks: [],
    qa_contact_email: 'qa@example.com',
  })
  expect(new URL(memory.last().url).search).toBe('?include_fields=_default&include_fields=flags')
  expect(await bugzilla.bug(2)).toBeUndefined()
  const shown = await metrics.metrics()
  expect(shown).toContain('bugzilla_request_duration_count{method="GetBug",status="200"} 1')
  expect(shown).toContain('bugzilla_request_duration_count{method="GetBug",status="404"} 1')
  expect(shown).toContain('bugzilla_request_duration_bucket{le="0.005",method="GetBug",status="200"}')
})

test('an error is one, whatever its status', async () => {
  const { bugzilla } = client({}, { 1: {} })
  memory.before = () => Response.json({ error: true, code: 102, message: 'You are not authorized.' })
  await expect(bugzilla.bug(1)).rejects.toMatchObject({
    code: 102,
    status: 200,
    message: 'Bugzilla: GetBug: code 102: You are not authorized.',
  })
  memory.before = () => Response.json({ error: true, code: 101, message: 'Invalid id' })
  expect(await bugzilla.bug(1)).toBeUndefined()
  memory.before = () => Response.json({ bugs: 'none' })
  expect(await bugzilla.bug(1)).toBeUndefined()
})

test('changes and private comments', async () => {
  const { bugzilla } = client({}, { 1: {} })
  await bugzilla.update(1, { status: 'POST', target_release: ['2.0'] })
  await bugzilla.commentPrivately(1, 'closed')
  expect(memory.bugs.get(1)).toMatchObject({ status: 'POST', target_release: ['2.0'], severity: 'high' })
  expect(memory.comments.get(1)).toMatchObject([{ text: 'closed', is_private: true }])
  expect(memory.asked).toEqual(['PUT /rest/bug/1', 'POST /rest/bug/1/comment'])
})

test('links to pull requests: each once, and told by what they are', async () => {
  const { bugzilla } = client({}, { 1: {} })
  expect(await bugzilla.addPull(1, pull)).toBe(true)
  expect(await memory.last().json()).toEqual({
    jsonrpc: '1.0',
    method: 'ExternalBugs.add_external_bug',
    params: [{ bug_ids: [1], external_bugs: [{ ext_type_url: 'https://github.com/', ext_bz_bug_id: 'o/r/pull/7' }] }],
    id: 'identifier',
  })
  expect(await bugzilla.addPull(1, pull)).toBe(false)
  memory.links.set(1, [...(memory.links.get(1) ?? []), 'o/r/issues/3', 'https://elsewhere/1', 'o/q/pull/8/files/'])
  expect(await bugzilla.pulls(1)).toEqual([pull, { org: 'o', repo: 'q', number: 8 }])
  expect(new URL(memory.last().url).search).toBe('?include_fields=external_bugs')
  expect(await bugzilla.removePull(1, pull)).toBe(true)
  expect(await memory.last().json()).toMatchObject({
    method: 'ExternalBugs.remove_external_bug',
    params: [{ bug_ids: [1], ext_type_url: 'https://github.com/', ext_bz_bug_id: 'o/r/pull/7' }],
  })
  expect(await bugzilla.removePull(1, pull)).toBe(false)
  await expect(bugzilla.addPull(2, pull)).rejects.toMatchObject({ code: 101 })
})

test('a tracker with a number is named by it, but not when a link is taken away', async () => {
  const { bugzilla } = client({ trackerId: 131 }, { 1: {} })
  await bugzilla.addPull(1, pull)
  expect(await memory.last().json()).toMatchObject({ params: [{ external_bugs: [{ ext_type_id: 131 }] }] })
  await bugzilla.removePull(1, pull)
  expect(await memory.last().json()).toMatchObject({ params: [{ ext_type_url: 'https://github.com/' }] })
})

test.each([
  ['another mishap with the same number', { error: { code: 100_500, message: 'GitHub REST call' }, id: 'identifier' }],
  ['the answer to another request', { error: null, id: 'x', result: {} }],
])('%s is no link', async (_what, answer) => {
  const { bugzilla } = client({}, { 1: {} })
  memory.before = () => Response.json(answer)
  await expect(bugzilla.addPull(1, pull)).rejects.toThrow('Bugzilla: AddPullRequestAsExternalBug')
})

test.each<[name: string, pull: object | undefined | string]>([
  ['o/r/pull/7', pull],
  ['o/r/pull/7/', pull],
  ['o/r/pull/7/files', pull],
  ['o/r/pull/7/files/', pull],
  ['o/r/issues/7', undefined],
  ['o/r/pull/x', 'no number'],
  ['o/r/pull', 'not of the form'],
  ['o/r/pull/7/commits/1', 'not of the form'],
  ['', 'not of the form'],
])('an external bug %j', (name, want) => {
  if (typeof want === 'string') expect(() => pullOf(name)).toThrow(want)
  else expect(pullOf(name)).toEqual(want)
})

test('a clone has what the original has, its talk, and depends on it', async () => {
  const original = {
    alias: 'leak',
    assigned_to: 'dev@example.com',
    cc: ['a@example.com'],
    groups: ['private'],
    keywords: ['Bug'],
    op_sys: 'Linux',
    platform: 'All',
    priority: 'low',
    qa_contact: 'qa@example.com',
    target_milestone: '---',
    version: ['1.0', '1.1'],
    sub_components: { lamp: ['bulb'] },
    flags: [{ id: 4, name: 'release', status: '?', setter: 'x' }],
    whiteboard: 'urgent',
    blocks: [9],
  }
  const { bugzilla } = client({}, { 1: original, 9: {} })
  const say = (text: string, is_private: boolean) => ({
    creator: 'a@x',
    time: '2020-01-02T03:04:05Z',
    text,
    is_private,
  })
  memory.comments.set(1, [say('first', false), say('second', true)])
  const bug = await bugzilla.bug(1)
  if (!bug) throw new Error('no bug')
  expect(await bugzilla.clone(bug)).toBe(10)
  const { alias: _, blocks: __, whiteboard: ___, flags: ____, ...same } = original
  expect(memory.bugs.get(10)).toMatchObject({
    ...same,
    severity: 'high',
    summary: 'it leaks',
    product: 'Lighthouse',
    component: ['lamp'],
    flags: [{ name: 'release', status: '?' }],
    depends_on: [1],
  })
  expect(memory.bugs.get(10)).not.toHaveProperty('alias')
  expect(memory.comments.get(10)).toMatchObject([
    {
      text: '+++ This bug was initially created as a clone of Bug #1 +++\n\n--- Comment from a@x at 2020-01-02 03:04:05 UTC ---\n\nfirst\n\n--- Comment from a@x at 2020-01-02 03:04:05 UTC ---\n\nsecond',
      is_private: true,
    },
  ])
  await bugzilla.completeClone(10, bug, '2.0')
  await bugzilla.completeClone(10, bug, '2.0')
  expect(memory.bugs.get(10)).toMatchObject({
    whiteboard: 'urgent',
    blocks: [9],
    depends_on: [1],
    target_release: ['2.0'],
  })
  const now = await bugzilla.bug(1)
  expect(now?.blocks).toEqual([9, 10])
  memory.file(9, { summary: 'another' })
  expect((await bugzilla.clones(now ?? bug)).map(({ id }) => id)).toEqual([10])
})

test('a long description is cut between characters', () => {
  const comment = { creator: 'a', time: '', text: 'ü'.repeat(40_000), is_private: false }
  const { description } = cloneOf({ id: 1 }, undefined, [comment]) as { description: string }
  expect(description).toMatch(/at an unknown time ---\n\nü+\.\.\.$/)
  const bytes = Buffer.byteLength(description)
  expect(bytes).toBeLessThanOrEqual(65_535)
  expect(bytes).toBeGreaterThan(65_530)
})

test('what is too much to look at is refused', async () => {
  const { bugzilla } = client({}, { 1: { blocks: Array.from({ length: 101 }, (_, index) => index + 2) } })
  const bug = await bugzilla.bug(1)
  if (!bug) throw new Error('no bug')
  await expect(bugzilla.clones(bug)).rejects.toThrow('more than 100')
})
