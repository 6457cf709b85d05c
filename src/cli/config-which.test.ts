// config which, as people see it.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commandLine, folderWith } from '../testing/command-line.ts'

const pod = 'spec: {containers: [{image: i, command: [c]}]}'
const ask = (...args: string[]) => {
  const cwd = folderWith({
    'config.yaml': '',
    'jobs.yaml': `presubmits:\n  o/r:\n  - {name: unit, ${pod}, always_run: true}\n  - {name: docs, ${pod}, run_if_changed: ^docs/}\n  - {name: slow, ${pod}}\n  - {name: old, ${pod}, branches: [release]}\n`,
    'plugins.yaml': 'plugins: {o/s: {plugins: [trigger]}}',
  })
  const paths = [`--config-path=${join(cwd, 'config.yaml')}`, `--job-config-path=${join(cwd, 'jobs.yaml')}`]
  return commandLine(
    ['config', 'which', ...args.map((arg) => arg.replace('plugins.yaml', join(cwd, 'plugins.yaml'))), ...paths],
    { cwd },
  )
}

test('what runs first, then what depends on files, then the rest', async () => {
  const { code, stdout } = await ask('o/r', '--branch=main')
  expect(code).toBe(0)
  expect(stdout).toBe(`Runs:
  presubmit   unit  always_run is true

Depends on the changed files (--files):
  presubmit   docs  run_if_changed ^docs/ decides; name the changed files

Does not run:
  presubmit   slow  it runs only when somebody asks for it by name: /test slow

Not for the branch main:
  presubmit   old   branches (release) does not match the branch main
`)
})

test('a change without files', async () => {
  expect((await ask('o/r', '--branch=main', '--files=')).stdout).toContain(
    'docs  no changed file matches run_if_changed',
  )
})

test('JSON for programs', async () => {
  const { stdout } = await ask('o/r', '--branch=main', '--files=a,docs/b', '--output=json')
  expect(JSON.parse(stdout).slice(0, 2)).toEqual([
    {
      type: 'presubmit',
      name: 'unit',
      runs: true,
      because: 'always_run is true',
      forBranch: true,
      file: 'jobs.yaml',
      line: 3,
    },
    {
      type: 'presubmit',
      name: 'docs',
      runs: true,
      because: 'docs/b matches run_if_changed',
      forBranch: true,
      file: 'jobs.yaml',
      line: 4,
    },
  ])
})

test('a repository where nothing starts anything', async () => {
  expect((await ask('o/r', '--branch=main', '--plugin-config=plugins.yaml')).stderr).toContain(
    'The plugin trigger is not enabled for o/r',
  )
})

test.each<[why: string, args: string[], code: number, says: string]>([
  ['no repository', ['--branch=main'], 2, 'name one repository: ORG/REPO'],
  ['two', ['o/r', 'o/s', '--branch=main'], 2, 'name one repository'],
  ['no branch', ['o/r'], 2, '--branch is needed'],
  ['a repository without jobs', ['o/q', '--branch=main'], 1, 'there are no jobs for o/q; did you mean o/r?'],
])('%s is refused', async (_why, args, code, says) => {
  expect(await ask(...args)).toMatchObject({ code, stderr: expect.stringContaining(says) })
})

test('the first word alone tells how it goes on', async () => {
  expect(await commandLine(['config'])).toMatchObject({ code: 2, stderr: expect.stringContaining('config which') })
})
