// The jobs that docs/jobs.md shows load without a finding, and run when the page says.

import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { commandLine } from '../testing/command-line.ts'

const root = resolve(import.meta.dirname, '../..')
const folder = join(root, 'docs/examples/configuration')
const paths = [`--config-path=${join(folder, 'config.yaml')}`, `--job-config-path=${join(folder, 'jobs')}`]

test('nothing is wrong or odd about them', async () => {
  const { code, stdout } = await commandLine(['checkconfig', ...paths, '--strict', '--expensive-checks'])
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: 'No findings; 5 jobs: 3 presubmits, 1 postsubmit, 1 periodic, in 1 repository\n',
  })
})

test('the page shows what config which says', async () => {
  const asked = ['config', 'which', 'my-org/my-repo', '--branch=main', '--files=docs/a.md,src/b.go']
  const { stdout } = await commandLine([...asked, ...paths])
  expect(readFileSync(join(root, 'docs/jobs.md'), 'utf8')).toContain(`\`\`\`text\n${stdout}\`\`\``)
})

test('the preset is in the job that has its label, and in no other', async () => {
  const { stdout } = await commandLine(['config', 'dump', ...paths])
  const { config } = JSON.parse(stdout)
  const withKey = config.presubmits['my-org/my-repo'].filter((job: object) => JSON.stringify(job).includes('cloud-key'))
  expect(withKey.map(({ name }: { name: string }) => name)).toEqual(['pull-my-repo-e2e'])
})
