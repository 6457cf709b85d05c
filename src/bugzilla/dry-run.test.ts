// Dry run: Bugzilla is read as ever, and told nothing.
import pino from 'pino'
import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { testClock } from '../testing/clock.ts'
import { bugzillaClient } from './bugzilla.ts'
import { dryRunBugzilla } from './dry-run.ts'
import { memoryBugzilla } from './testing/memory-bugzilla.ts'

test('nothing is written', async () => {
  const memory = memoryBugzilla()
  memory.file(1)
  const needs = { userAgent: 'x', clock: testClock(), metrics: new Registry() }
  const client = bugzillaClient({ endpoint: 'http://bugs', fetch: memory.fetch, ...needs })
  const lines: string[] = []
  const dry = dryRunBugzilla(client, pino({}, { write: (line) => void lines.push(line) }))
  const bug = await dry.bug(1)
  if (!bug) throw new Error('no bug')
  const pull = { org: 'o', repo: 'r', number: 7 }
  expect(await dry.clone(bug)).toBe(-1)
  await dry.completeClone(-1, bug, '1')
  await dry.update(1, { status: 'POST' })
  await dry.commentPrivately(1, 'x')
  expect(await dry.addPull(1, pull)).toBe(false)
  expect(await dry.removePull(1, pull)).toBe(false)
  expect(await dry.pulls(1)).toEqual([])
  expect(memory.asked.every((asked) => asked.startsWith('GET '))).toBe(true)
  expect(lines).toHaveLength(6)
  expect(lines[2]).toContain('"operation":"update","what":[1,{"status":"POST"}]')
})
