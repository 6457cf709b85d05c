// Help over HTTP: who may ask how, what goes wrong, and that the answer may stand inside a page.
import { fastify } from 'fastify'
import pino from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { serveHelpRecord, servePluginHelp } from './help-routes.ts'
import type { HelpDocument, HelpRecord } from './plugin-help.ts'

const log = pino({ level: 'silent' })
const record: HelpRecord = { Description: '<b>&</b>', Config: null, Events: null, Commands: null }
const document: HelpDocument = {
  AllRepos: [],
  RepoPlugins: {},
  RepoExternalPlugins: {},
  PluginHelp: { a: record },
  ExternalPluginHelp: {},
}

async function app(add: (app: ReturnType<typeof fastify>) => void) {
  const server = fastify()
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  add(server)
  onTestFinished(() => server.close())
  return server
}

test('/plugin-help is for reading only, and safe inside a page', async () => {
  const server = await app((app) => servePluginHelp(app, async () => document, log))
  const refused = await server.inject({ method: 'POST', url: '/plugin-help' })
  expect([refused.statusCode, refused.body]).toEqual([405, '405 Method not allowed\n'])
  const answer = await server.inject('/plugin-help')
  expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'no-cache'])
  expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8')
  expect(answer.body).toContain('"Description":"\\u003cb\\u003e\\u0026\\u003c/b\\u003e"')
  expect(answer.json()).toEqual(document)
})

test('a help document that cannot be made says so', async () => {
  const server = await app((app) => servePluginHelp(app, () => Promise.reject(new Error('no such thing')), log))
  const answer = await server.inject('/plugin-help')
  expect([answer.statusCode, answer.body]).toEqual([
    500,
    '500 Internal server error making plugin help: no such thing\n',
  ])
})

test.each<[body: string, status: number, text: string]>([
  ['[{"Org":"o","Repo":"r"},{"Org":"o","Repo":"s"}]', 200, 'o/r o/s'],
  ['null', 200, ''],
  ['[]', 200, ''],
  ['{', 500, '500 Internal server error unmarshaling request body: '],
  ['{}', 500, 'unmarshaling request body: a list of {"Org", "Repo"} is wanted'],
  ['[{"Org":"o"}]', 500, 'unmarshaling request body: each entry needs "Org" and "Repo"'],
  ['[null]', 500, 'unmarshaling request body'],
])('/help asked with %s', async (payload, status, text) => {
  const help = (repos: readonly string[]) => ({ ...record, Description: repos.join(' ') })
  const server = await app((app) => serveHelpRecord(app, help, log))
  const answer = await server.inject({
    method: 'POST',
    url: '/help',
    payload,
    headers: { 'content-type': 'application/json' },
  })
  expect(answer.statusCode).toBe(status)
  if (status === 200) expect(answer.json()).toMatchObject({ Description: text })
  else expect(answer.body).toContain(text)
  expect((await server.inject('/help')).statusCode).toBe(405)
})

test('a record that cannot be made says so', async () => {
  const server = await app((app) =>
    serveHelpRecord(
      app,
      () => {
        throw new Error('odd settings')
      },
      log,
    ),
  )
  const answer = await server.inject({
    method: 'POST',
    url: '/help',
    payload: 'null',
    headers: { 'content-type': 'text/plain' },
  })
  expect([answer.statusCode, answer.body]).toEqual([
    500,
    '500 Internal server error making plugin help: odd settings\n',
  ])
})
