// config schema, as editors get it.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commandLine } from '../testing/command-line.ts'

test.each([
  [[], 'plank'],
  [['jobs'], 'periodics'],
  [['plugins.yaml'], 'external_plugins'],
  [['.prow.yaml'], 'presubmits'],
])('%j', async (args, field) => {
  const { code, stdout } = await commandLine(['config', 'schema', ...args])
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    properties: { [field]: {} },
  })
})

const main = join(import.meta.dirname, 'main.ts')

test('all of it goes through a pipe, which holds less', () => {
  const text = execFileSync('sh', ['-c', '"$0" "$1" config schema jobs | cat', process.execPath, main], {
    encoding: 'utf8',
  })
  expect(text.length).toBeGreaterThan(100_000)
  expect(JSON.parse(text)).toMatchObject({ properties: { periodics: {} } })
})

test('a reader that has seen enough is no failure', async () => {
  const child = spawn(process.execPath, [main, 'config', 'schema', 'jobs'], { stdio: 'pipe' })
  const stderr: Buffer[] = []
  child.stderr.on('data', (part) => stderr.push(part))
  child.stdout.once('data', () => child.stdout.destroy())
  const [code] = await once(child, 'close')
  expect([code, Buffer.concat(stderr).toString()]).toEqual([0, ''])
})

test.each([[['prow.yaml']], [['jobs', 'plugins.yaml']]])('%j is refused', async (args) => {
  const { code, stderr } = await commandLine(['config', 'schema', ...args])
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining('name one kind of file: config.yaml, jobs'),
  })
})
