// config explain, as people see it.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { asMap } from '../config/fields.ts'
import { parseYaml } from '../config/yaml.ts'
import { commandLine, folderWith } from '../testing/command-line.ts'

const pod = 'spec: {containers: [{image: i, command: [c]}]}'
const jobs = `presubmits:
  o/r:
  - {name: unit, ${pod}, branches: [main], always_run: true}
  - {name: unit, ${pod}, branches: [dev], annotations: {about: "two\\nlines \\u001b[2J", "on": "yes"}}
  o/s:
  - {name: unit, ${pod}}
periodics:
- {name: unit, interval: 24h, ${pod}}
`
const explain = (args: readonly string[], options: { tty?: boolean; env?: Record<string, string> } = {}) => {
  const cwd = folderWith({ 'config.yaml': 'pod_namespace: pods\n', 'jobs.yaml': jobs })
  const paths = [`--config-path=${join(cwd, 'config.yaml')}`, `--job-config-path=${join(cwd, 'jobs.yaml')}`]
  return commandLine(['config', 'explain', ...args, ...paths], { cwd, ...options })
}

test('one job, as YAML with comments', async () => {
  const { code, stdout } = await explain(['unit', '--repo=o/r', '--branch=main'])
  expect(code).toBe(0)
  expect(stdout).toMatchInlineSnapshot(`
    "# presubmit unit of o/r, jobs.yaml:3
    name: unit                                 # jobs.yaml:3
    agent: kubernetes                          # built-in default
    cluster: default                           # built-in default
    namespace: pods                            # config.yaml:1 pod_namespace
    max_concurrency: 0                         # built-in default
    error_on_eviction: false                   # built-in default
    spec:
      containers:
      - name: ''                               # built-in default
        image: i                               # jobs.yaml:3
        command:
        - c                                    # jobs.yaml:3
    hidden: false                              # built-in default
    skip_submodules: false                     # built-in default
    skip_fetch_head: false                     # built-in default
    clone_depth: 0                             # built-in default
    branches:
    - main                                     # jobs.yaml:3
    skip_report: false                         # built-in default
    always_run: true                           # jobs.yaml:3
    optional: false                            # built-in default
    run_before_merge: false                    # built-in default
    decorate: false                            # built-in default
    prowjob_defaults:
      tenant_id: GlobalDefaultID               # built-in default
    context: unit                              # built-in default (made of the name)
    trigger: (?m)^/test( | .* )unit,?($|\\s.*)  # built-in default (made of the name)
    rerun_command: /test unit                  # built-in default (made of the name)
    "
  `)
})

test('it can be read back, whatever its texts are, and does nothing to a terminal', async () => {
  const { stdout } = await explain(['unit', '--branch=dev', '--repo=o/r'])
  expect(asMap(parseYaml(stdout, '').value)).toMatchObject({
    annotations: { about: 'two\nlines \u001b[2J', on: 'yes' },
    spec: { containers: [{ image: 'i', command: ['c'] }] },
  })
  expect(stdout).not.toContain('\u001b')
})

test.each<[args: string[], documents: number]>([
  [[], 4],
  [['--type=presubmit'], 3],
  [['--repo=o/r'], 2],
  [['--branch=main'], 2],
  [['--type=periodic'], 1],
])('unit %j', async (args, documents) => {
  const { stdout } = await explain(['unit', ...args])
  expect(stdout.split('---\n')).toHaveLength(documents)
})

test('the comments are dim on a terminal only, and there only when colours are wanted', async () => {
  const dim = '\u001b[2m# built-in default\u001b[0m'
  expect((await explain(['unit'], { tty: true })).stdout).toContain(dim)
  expect((await explain(['unit'], { tty: true, env: { NO_COLOR: '1' } })).stdout).not.toContain('\u001b')
})

test('JSON for programs', async () => {
  const { stdout } = await explain(['unit', '--type=periodic', '--output=json'])
  const [job, ...others] = JSON.parse(stdout)
  expect(others).toEqual([])
  expect(job).toMatchObject({ type: 'periodic', name: 'unit', file: 'jobs.yaml', line: 8 })
  expect(job.values).toContainEqual({
    path: ['interval'],
    value: '24h0m0s',
    from: 'job',
    file: 'jobs.yaml',
    line: 8,
    column: 26,
  })
  expect(job.values).toContainEqual({ path: ['agent'], value: 'kubernetes', from: 'built-in default' })
})

test.each<[why: string, args: string[], code: number, says: string]>([
  ['no job', [], 2, 'name one job: JOB'],
  ['two', ['unit', 'lint'], 2, 'name one job: JOB'],
  ['a job that is none', ['unti'], 1, 'there is no job unti; did you mean unit?'],
  ['a repository that has none of that name', ['unit', '--repo=o/q'], 1, 'no job unit is one that'],
])('%s is refused', async (_why, args, code, says) => {
  expect(await explain(args)).toMatchObject({ code, stderr: expect.stringContaining(says) })
})
