// The launcher that copy mode leaves for the test containers, run as they run it.
import { execFile } from 'node:child_process'
import { statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type TestWorld, testWorld } from '../testing/world.ts'
import { placeEntrypoint } from './copy.ts'

let world: TestWorld
beforeEach(() => {
  world = testWorld()
})
afterEach(() => world.remove())
const run = promisify(execFile)

test('passes on arguments as they are, from a place with an odd name', async () => {
  const script = world.path(`it's "odd" $HOME.mjs`)
  await writeFile(script, 'process.stdout.write(JSON.stringify(process.argv.slice(2)))')
  const launcher = world.path('tools/entrypoint')
  await placeEntrypoint([process.execPath, script], launcher)
  expect(statSync(launcher).mode & 0o777).toBe(0o755)
  const { stdout } = await run(launcher, ['a b', '$HOME', "'"])
  expect(JSON.parse(stdout)).toEqual(['entrypoint', 'a b', '$HOME', "'"])
})

test('what a job sets for its own Node.js is for the test, not for entrypoint', async () => {
  const launcher = world.path('tools/entrypoint')
  await placeEntrypoint(world.program, launcher)
  const settings = { NODE_OPTIONS: '--require /no/such/file.js', NODE_DEBUG: 'fs', NODE_V8_COVERAGE: '' }
  const files = [`--process-log=${world.path('log')}`, `--marker-file=${world.path('marker')}`]
  const { stdout } = await run(launcher, [...files, 'env'], { env: { PATH: process.env.PATH, ...settings } })
  expect(stdout.split('\n')).toEqual(
    expect.arrayContaining(Object.entries(settings).map(([name, value]) => `${name}=${value}`)),
  )
  expect(stdout).not.toContain('KEPT')
})

test('the placed program is entrypoint', async () => {
  const launcher = world.path('tools/entrypoint')
  const main = world.program
  await run(main[0] ?? '', [...main.slice(1), 'entrypoint', '--copy-mode-only', `--copy-destination=${launcher}`])
  const files = [`--process-log=${world.path('log')}`, `--marker-file=${world.path('marker')}`]
  await expect(run(launcher, [...files, 'sh', '-c', 'echo out; exit 300'])).rejects.toMatchObject({
    code: 300 & 0xff,
    stdout: expect.stringContaining('out\n'),
  })
  expect(world.text('log')).toBe('out\n')
  expect(world.text('marker')).toBe('44')
})
