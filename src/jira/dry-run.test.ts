// Dry run: Jira is read as ever, and told nothing.
import pino from 'pino'
import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { testClock } from '../testing/clock.ts'
import { dryRunJira } from './dry-run.ts'
import { jiraClient } from './jira.ts'
import { memoryJira } from './testing/memory-jira.ts'

test('nothing is written', async () => {
  const memory = memoryJira({ 'ABC-1': '1' })
  const needs = { userAgent: 'x', clock: testClock(), metrics: new Registry() }
  const client = jiraClient({ endpoint: 'http://jira', fetch: memory.fetch, ...needs })
  const lines: string[] = []
  const dry = dryRunJira(client, pino({}, { write: (line) => void lines.push(line) }))
  const object = { url: 'u', title: 't' }
  await dry.addRemoteLink('1', object)
  await dry.updateRemoteLink('1', { id: 1, object })
  expect(await dry.remoteLinks('1')).toEqual([])
  expect(memory.asked).toEqual(['GET /rest/api/2/issue/1/remotelink'])
  expect(lines).toHaveLength(2)
})
