// config schema, as editors get it.
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

test.each([[['prow.yaml']], [['jobs', 'plugins.yaml']]])('%j is refused', async (args) => {
  const { code, stderr } = await commandLine(['config', 'schema', ...args])
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining('name one kind of file: config.yaml, jobs'),
  })
})
