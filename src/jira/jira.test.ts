// Jira's client against a server: what is sent, what is read, and what each answer means.
import { Registry } from 'prom-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testClock } from '../testing/clock.ts'
import { type ServedService, serveFetch } from '../testing/serve-fetch.ts'
import { type JiraSettings, jiraClient } from './jira.ts'
import { type MemoryJira, memoryJira } from './testing/memory-jira.ts'

let memory: MemoryJira
let server: ServedService
beforeAll(async () => {
  server = await serveFetch((request) => memory.fetch(request))
})
afterAll(() => server.close())

function client(settings: Partial<JiraSettings> = {}) {
  memory = memoryJira({ 'ABC-1': '1001' })
  const metrics = new Registry()
  const clock = testClock()
  const needs = { endpoint: `${server.url}/`, userAgent: 'hook.jira/1', fetch, clock, metrics }
  return { memory, metrics, clock, jira: jiraClient({ ...needs, ...settings }) }
}

const object = { url: 'https://github.com/o/r/pull/1', title: 'o/r#1: a' }

test.each<[what: string, credentials: JiraSettings['credentials'], header: string | null]>([
  ['nobody', undefined, null],
  ['a token', { bearerToken: () => 'tok' }, 'Bearer tok'],
  ['an account', { username: 'bot', password: () => 'p w:ü' }, `Basic ${Buffer.from('bot:p w:ü').toString('base64')}`],
])('%s asks', async (_what, credentials, header) => {
  const { jira } = client(credentials && { credentials })
  expect(await jira.issueId('ABC-1')).toBe('1001')
  expect(memory.last().headers.get('authorization')).toBe(header)
  expect(memory.last().headers.get('user-agent')).toBe('hook.jira/1')
})

test('projects are listed once an hour, and as long as there are none', async () => {
  const { jira, clock } = client()
  memory.projects.clear()
  expect([...(await jira.projects())]).toEqual([])
  memory.projects.add('ABC').add('XYZ')
  expect([...(await jira.projects())]).toEqual(['abc', 'xyz'])
  memory.projects.add('NEW')
  expect((await jira.projects()).has('new')).toBe(false)
  await clock.advance('1h')
  expect((await jira.projects()).has('new')).toBe(true)
  expect(memory.asked).toHaveLength(3)
})

test('a list that cannot be had is an error, but an old one will do', async () => {
  const { jira, clock } = client()
  memory.before = () => new Response('{"errorMessages":["no"]}', { status: 403 })
  await expect(jira.projects()).rejects.toThrow('Jira: ListProjects: HTTP 403: {"errorMessages":["no"]}')
  memory.before = undefined
  await jira.projects()
  await clock.advance('2h')
  memory.before = () => Response.json({})
  expect((await jira.projects()).has('abc')).toBe(true)
  expect((await jira.projects()).has('abc')).toBe(true)
  expect(memory.asked).toHaveLength(3)
})

test('issues are found by key, as it is written', async () => {
  const { jira } = client()
  expect(await jira.issueId('abc-1')).toBe('1001')
  expect(await jira.issueId('ABC-2')).toBeUndefined()
  expect(memory.asked).toEqual(['GET /rest/api/2/issue/abc-1', 'GET /rest/api/2/issue/ABC-2'])
  for (const strange of [{ id: 1 }, { id: '../x' }, null, []]) {
    memory.before = () => Response.json(strange)
    await expect(jira.issueId('ABC-1')).rejects.toThrow('the answer names no issue')
  }
})

test('links of an issue', async () => {
  const { jira, metrics } = client()
  await jira.addRemoteLink('1001', object)
  expect(await memory.last().json()).toEqual({ object })
  expect(await jira.remoteLinks('1001')).toEqual([{ id: 10_000, object }])
  await jira.updateRemoteLink('1001', { id: 10_000, object: { ...object, title: 'b' } })
  expect(await memory.last().json()).toEqual({ id: 10_000, object: { ...object, title: 'b' } })
  expect(await jira.remoteLinks('1001')).toMatchObject([{ object: { title: 'b' } }])
  const shown = await metrics.metrics()
  for (const labels of [
    'method="POST",path="/rest/api/2/issue/:issueID/remotelink",status="201"',
    'method="PUT",path="/rest/api/2/issue/:issueID/remotelink/:linkID",status="204"',
  ])
    expect(shown).toContain(`jira_request_duration_seconds_count{${labels}} 1`)
  expect(shown).toContain('jira_request_duration_seconds_bucket{le="20",')
})

test('only 204 says that a link was changed, and what is no link is left out', async () => {
  const { jira } = client()
  memory.before = () => Response.json([null, { id: 'x' }, { id: 1 }, { id: 2, object }])
  await expect(jira.updateRemoteLink('1001', { id: 1, object })).rejects.toThrow('HTTP 200, where 204 says yes')
  expect(await jira.remoteLinks('1001')).toEqual([{ id: 2, object }])
})
