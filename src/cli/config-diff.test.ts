// config diff and config dump, as people see them.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commandLine, folderWith } from '../testing/command-line.ts'

const pod = (image: string) => `spec: {containers: [{image: ${image}, command: [c]}]}`
const old = {
  'old/config.yaml': 'plank: {max_concurrency: 5}\n',
  'old/jobs/a.yaml': `presubmits:
  o/r:
  - {name: unit, ${pod('go:1')}, branches: [main]}
  - {name: unit, ${pod('go:1')}, branches: [dev]}
  - {name: lint, ${pod('go:1')}, max_concurrency: 1}
  - {name: gone, ${pod('go:1')}}
`,
  'old/plugins.yaml': 'plugins: {o: {plugins: [hold]}}\n',
}
const next = {
  'new/config.yaml': '# Comments make no difference.\nplank: {max_concurrency: 6, max_revivals: 3}\n',
  'new/jobs/b.yaml': `presubmits:
  o/r:
  - {name: lint, ${pod('go:2')}, max_concurrency: 1, always_run: true}
  - {name: unit, ${pod('go:1')}, branches: [dev]}
  - {name: unit, ${pod('go:2')}, branches: [main], context: unit}
periodics:
- {name: nightly, ${pod('go:2')}, interval: 24h}
`,
  'new/plugins.yaml': 'plugins: {o: {plugins: [hold, lgtm]}}\n',
}
const diff = (...args: string[]) => {
  const cwd = folderWith({ ...old, ...next })
  return commandLine(['config', 'diff', ...args.map((arg) => (arg.startsWith('-') ? arg : join(cwd, arg)))], { cwd })
}

test('what was added, removed and changed', async () => {
  const { code, stdout } = await diff('old', 'new')
  expect(code).toBe(0)
  expect(stdout).toMatchInlineSnapshot(`
    "Added (1):
      periodic nightly

    Removed (1):
      presubmit o/r gone

    Changed (2):
      presubmit o/r lint
      presubmit o/r unit
        spec.containers[0].image: "go:1" → "go:2"

    Changed (1):
      presubmit o/r lint
        always_run: false → true

    Sections:
        plank.max_concurrency: 5 → 6

    Plugins:
        plugins.o.plugins: ["hold"] → ["hold","lgtm"]
    "
  `)
})

const many = (variable: string, interval: string, names: readonly string[]) => `
presets: [{labels: {preset-a: "1"}, env: [{name: A, value: x}${variable}]}]
periodics:
${names.map((name) => `- {name: ${name}, interval: ${interval}, labels: {preset-a: "1"}, spec: {containers: [{args: [--job=${name}]}]}}`).join('\n')}
- {name: other, interval: ${interval}, spec: {containers: [{args: [a]}]}}
`

test('a change of many jobs is told once, and a new name is no new job', async () => {
  const names = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7', 'a8', 'a9', 'a10', 'a11']
  const cwd = folderWith({
    'old/config.yaml': '',
    'old/jobs/j.yaml': many('', '1h', ['old-name', ...names]),
    'new/config.yaml': '',
    'new/jobs/j.yaml': many(', {name: B, value: z}', '2h', ['new-name', ...names]),
  })
  const { stdout } = await commandLine(['config', 'diff', join(cwd, 'old'), join(cwd, 'new')], { cwd })
  expect(stdout).toMatchInlineSnapshot(`
    "Renamed (1):
      periodic old-name → new-name

    Changed (13):
      periodic a1
      periodic a10
      periodic a11
      periodic a2
      periodic a3
      periodic a4
      periodic a5
      periodic a6
      periodic a7
      periodic a8
      and 3 more
        interval: "1h0m0s" → "2h0m0s"

    Changed (12):
      periodic a1
      periodic a10
      periodic a11
      periodic a2
      periodic a3
      periodic a4
      periodic a5
      periodic a6
      periodic a7
      periodic a8
      and 2 more
        spec.containers[0].env[B]: (absent) → {"name":"B","value":"z"}
    "
  `)
})

test('main files instead of folders, and JSON', async () => {
  const { stdout } = await diff('old/config.yaml', 'new/config.yaml', '--job-config-path=', '--output=json')
  expect(JSON.parse(stdout)).toEqual({
    added: [],
    removed: [],
    renamed: [],
    changed: [],
    config: [{ field: 'plank.max_concurrency', old: 5, new: 6 }],
    plugins: [{ field: 'plugins.o.plugins', old: ['hold'], new: ['hold', 'lgtm'] }],
  })
})

test('the same', async () => {
  expect((await diff('old', 'old')).stdout).toBe('Both say the same.\n')
})

test.each<[why: string, args: string[], says: string]>([
  ['one configuration', ['old'], 'name two configurations: OLD NEW'],
  ['three', ['old', 'new', 'old'], 'name two configurations'],
  ['a folder that is none', ['old', 'nothing'], 'does not exist'],
])('%s is refused', async (_why, args, says) => {
  expect(await diff(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(says) })
})

test('config dump prints one JSON object', async () => {
  const cwd = folderWith(old)
  const { stdout } = await commandLine(['config', 'dump', `--config-path=${join(cwd, 'old/config.yaml')}`], { cwd })
  expect(JSON.parse(stdout)).toMatchObject({ config: { plank: { max_concurrency: 5 }, log_level: 'info' } })
  expect(stdout).not.toContain('"plugins"')
})
