// The jobs that docs/jobs.md shows load without a finding, and run when the page says.

import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { commandLine, folderWith } from '../testing/command-line.ts'

const root = resolve(import.meta.dirname, '../..')
const folder = join(root, 'docs/examples/configuration')
const read = (name: string) => readFileSync(join(folder, name), 'utf8')
const paths = [`--config-path=${join(folder, 'config.yaml')}`, `--job-config-path=${join(folder, 'jobs')}`]

test('nothing is wrong or odd about them', async () => {
  const { code, stdout } = await commandLine(['checkconfig', ...paths, '--strict', '--expensive-checks'])
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: 'No findings; 5 jobs: 3 presubmits, 1 postsubmit, 1 periodic, in 1 repository\n',
  })
})

test('nor about those of the repository itself', async () => {
  const own = [
    '--prow-yaml-repo-name=my-org/my-repo',
    `--prow-yaml-path=${join(root, 'docs/examples/in-repo/.prow.yaml')}`,
  ]
  const { code, stdout } = await commandLine(['checkconfig', ...paths, ...own, '--strict', '--expensive-checks'])
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^No findings/) })
  const text = readFileSync(join(root, 'docs/examples/in-repo/.prow.yaml'), 'utf8').replace('repo-lint', 'repo-unit')
  const cwd = folderWith({ '.prow.yaml': text })
  const clash = await commandLine(['checkconfig', ...paths, '--prow-yaml-repo-name=my-org/my-repo'], { cwd })
  expect(clash.stdout).toContain('the central configuration has the job pull-my-repo-unit too')
})

test('the page shows what config which says', async () => {
  const asked = ['config', 'which', 'my-org/my-repo', '--branch=main', '--files=docs/a.md,src/b.go']
  const { stdout } = await commandLine([...asked, ...paths])
  expect(readFileSync(join(root, 'docs/jobs.md'), 'utf8')).toContain(`\`\`\`text\n${stdout}\`\`\``)
})

const configuration = readFileSync(join(root, 'docs/configuration.md'), 'utf8')
/** The block of text on the page that begins like this. */
const shown = (beginning: string) =>
  configuration
    .split('```text\n')
    .find((block) => block.startsWith(beginning))
    ?.split('```')[0]

test('what the page shows of config explain is what it says', async () => {
  const { stdout } = await commandLine(['config', 'explain', 'pull-my-repo-e2e', ...paths], { cwd: folder })
  const lines = shown('# presubmit')?.trimEnd().split('\n') ?? []
  expect(lines.length).toBeGreaterThan(10)
  expect(lines.filter((line) => !stdout.split('\n').includes(line))).toEqual([])
})

test('and of config diff', async () => {
  const edited = folderWith({
    'config.yaml': read('config.yaml').replace('grace_period: 15s', 'grace_period: 30s'),
    'jobs/presubmits.yaml': read('jobs/presubmits.yaml').replace('pull-my-repo-unit', 'pull-my-repo-test'),
    'jobs/others.yaml': read('jobs/others.yaml'),
  })
  const { stdout } = await commandLine(['config', 'diff', folder, edited])
  expect(stdout).toBe(shown('Renamed'))
})

test('the preset is in the job that has its label, and in no other', async () => {
  const { stdout } = await commandLine(['config', 'dump', ...paths])
  const { config } = JSON.parse(stdout)
  const withKey = config.presubmits['my-org/my-repo'].filter((job: object) => JSON.stringify(job).includes('cloud-key'))
  expect(withKey.map(({ name }: { name: string }) => name)).toEqual(['pull-my-repo-e2e'])
})
