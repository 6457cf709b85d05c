// checkconfig, as people and CI see it: what it prints, in which form, and how it ends.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { commandLine, folderWith } from '../testing/command-line.ts'

const pod = 'spec: {containers: [{image: i, command: [c]}]}'
const files = {
  'config.yaml': 'prowjob_namespace: prow\n',
  'jobs/a.yaml': `presubmits:\n  o/r:\n  - name: pull-a\n    ${pod}\n    always_run: true\nperiodics:\n- name: nightly\n  interval: 1h\n  ${pod}\n`,
  'plugins.yaml': 'plugins:\n  o/r:\n    plugins: [trigger, approve]\n',
}
const check = (given: Readonly<Record<string, string>>, ...args: string[]) => {
  const cwd = folderWith({ ...files, ...given })
  const paths = ['config.yaml', 'jobs', 'plugins.yaml'].map((name) => join(cwd, name))
  const [config, jobs, plugins] = paths
  const all = [`--config-path=${config}`, `--job-config-path=${jobs}`, `--plugin-config=${plugins}`, ...args]
  return commandLine(['checkconfig', ...all], { cwd })
}

test('people get the findings of each file with the line, and a summary', async () => {
  const { code, stdout } = await check({})
  expect(code).toBe(0)
  expect(stdout).toMatchInlineSnapshot(`
    "jobs/a.yaml
      3:5     warning  decorate: pull-a: is not decorated, so nothing clones for it or uploads its results  non-decorated-jobs
            3 |   - name: pull-a
              |     ^
              = set decorate: true
      7:3     warning  decorate: nightly: is not decorated, so nothing clones for it or uploads its results  non-decorated-jobs
            7 | - name: nightly
              |   ^
              = set decorate: true

    plugins.yaml
      3:5     warning  plugins: o/r has approve, but not verify-owners: broken OWNERS files can be merged  validate-owners
            3 |     plugins: [trigger, approve]
              |     ^
              = enable verify-owners too

    3 warnings; 2 jobs: 1 presubmit, 0 postsubmits, 1 periodic, in 1 repository
    "
  `)
})

test('an error ends with 1, under its file and line', async () => {
  const { code, stdout } = await check({ 'jobs/a.yaml': `periodics:\n- name: n\n  cron: "61 * * * *"\n  ${pod}\n` })
  expect(code).toBe(1)
  expect(stdout).toMatchInlineSnapshot(`
    "jobs/a.yaml
      3:10    error  periodics[0].cron: "61 * * * *" is not a cron expression: minute: "61" is above 59  CONFIG_JOB_CRON
            3 |   cron: "61 * * * *"
              |          ^

    1 error; the configuration cannot be loaded
    "
  `)
})

test('colours are only for a terminal', async () => {
  const cwd = folderWith(files)
  const args = ['checkconfig', `--config-path=${join(cwd, 'config.yaml')}`, `--job-config-path=${join(cwd, 'jobs')}`]
  const esc = '\u001b['
  expect((await commandLine(args)).stdout).not.toContain(esc)
  expect((await commandLine(args, { tty: true })).stdout).toContain(`${esc}33mwarning${esc}0m`)
  expect((await commandLine(args, { tty: true, env: { NO_COLOR: '1' } })).stdout).not.toContain(esc)
})

test.each<[why: string, args: string[], code: number]>([
  ['warnings are fine', [], 0],
  ['but not with --strict', ['--strict'], 1],
  [
    'unless they are excluded',
    ['--strict', '--exclude-warning=non-decorated-jobs', '--exclude-warning=validate-owners'],
    0,
  ],
  ['a name that is none may be excluded', ['--exclude-warning=nothing'], 0],
  ['a check that finds nothing', ['--strict', '--warnings=long-job-names'], 0],
  ['a check by name', ['--strict', '--warnings=non-decorated-jobs'], 1],
  ['a check by name and the default ones', ['--strict', '--warnings=long-job-names', '--include-default-warnings'], 1],
  ['a check that is none', ['--warnings=long-names'], 1],
  ['a form that is none', ['--output=xml'], 2],
  ['a repository without jobs of its own', ['--prow-yaml-repo-name=o/r'], 0],
  ['a path, but no repository', ['--prow-yaml-path=.prow.yaml'], 2],
])('exit code: %s', async (_why, args, code) => {
  expect((await check({}, ...args)).code).toBe(code)
})

test('GitHub is asked for OWNERS files only with --expensive-checks, and only as somebody', async () => {
  const asked: string[] = []
  const github = createServer(({ url = '' }, response) => {
    asked.push(url)
    const isRepository = url === '/repos/o/r'
    response.writeHead(isRepository ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(isRepository ? { name: 'r', owner: { login: 'o' }, default_branch: 'trunk' } : {}))
  })
  await new Promise<void>((resolve) => github.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void github.close())
  const endpoint = `--github-endpoint=http://127.0.0.1:${(github.address() as AddressInfo).port}`
  const token = join(folderWith({ token: 'secret' }), 'token')
  const { stdout, code } = await check({}, endpoint, `--github-token-path=${token}`, '--expensive-checks')
  expect(stdout).toMatch(
    /3:5 +warning {2}.*o\/r has plugins that go by OWNERS files, but no OWNERS on trunk {2}verify-owners-presence/,
  )
  expect(code).toBe(0)
  expect(asked.length).toBeGreaterThan(1)
  const before = asked.length
  expect(await check({}, endpoint, '--expensive-checks')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('a token is needed'),
  })
  const app = await check({}, endpoint, `--github-token-path=${token}`, '--warnings=validate-github-app-installation')
  expect(app).toMatchObject({ code: 2, stderr: expect.stringContaining('needs --github-app-id') })
  expect((await check({}, endpoint)).code).toBe(0)
  expect(asked.length).toBe(before)
})

test("upstream's other flags are taken", async () => {
  const { code, stderr } = await check({}, '--github-token-path=/etc/token', '--gcs-credentials-file=x')
  expect(code).toBe(0)
  expect(stderr).toContain('without effect here: --gcs-credentials-file')
})

test('an unknown plugin is an error, wherever it stands', async () => {
  const { code, stdout } = await check({
    'plugins.yaml': 'plugins:\n  o:\n    plugins: [triger]\n  p:\n    plugins: [cat, triger]\n',
  })
  expect(code).toBe(1)
  expect(stdout).toContain('o enables triger, which is no plugin')
  expect(stdout).toContain('p enables triger, which is no plugin')
})

test('retired plugins are a warning, once', async () => {
  const names = '[trigger, golint, project, project-manager]'
  const files = { 'plugins.yaml': `plugins:\n  o:\n    plugins: ${names}\n  p:\n    plugins: ${names}\n` }
  const { code, stdout } = await check(files)
  expect(code).toBe(0)
  expect(stdout.match(/the plugin golint does nothing any more: golint was frozen/g)).toHaveLength(1)
  expect(stdout.match(/the plugin project(-manager)? does nothing any more: GitHub has shut down/g)).toHaveLength(2)
  expect((await check(files, '--strict')).code).toBe(1)
})

test('JSON for programs', async () => {
  const { stdout } = await check({}, '--output=json', '--warnings=non-decorated-jobs')
  expect(JSON.parse(stdout)).toMatchObject({
    jobs: { presubmits: 1, postsubmits: 0, periodics: 1, repos: 1 },
    findings: [
      {
        severity: 'warning',
        code: 'non-decorated-jobs',
        file: 'jobs/a.yaml',
        line: 3,
        column: 5,
        field: 'decorate',
        message: 'pull-a: is not decorated, so nothing clones for it or uploads its results',
        hint: 'set decorate: true',
      },
      { file: 'jobs/a.yaml', line: 7, column: 3 },
    ],
  })
})

test('SARIF for code hosts', async () => {
  const { stdout } = await check({ 'plugins.yaml': '' }, '--output=sarif', '--warnings=non-decorated-jobs')
  const sarif = JSON.parse(stdout)
  expect(sarif).toMatchObject({
    version: '2.1.0',
    runs: [{ tool: { driver: { rules: [{ id: 'non-decorated-jobs' }] } } }],
  })
  expect(sarif.runs[0].results[0]).toEqual({
    ruleId: 'non-decorated-jobs',
    ruleIndex: 0,
    level: 'warning',
    message: {
      text: 'decorate: pull-a: is not decorated, so nothing clones for it or uploads its results (set decorate: true)',
    },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: 'jobs/a.yaml' },
          region: { startLine: 3, startColumn: 5 },
        },
      },
    ],
  })
})

test('fields that nothing knows: warnings in the main file, notes in jobs unless they are asked for', async () => {
  const misspelt = { 'jobs/a.yaml': `periodics:\n- {name: nightly, interval: 1h, clustr: c, ${pod}}\n` }
  const quiet = ['--strict', '--exclude-warning=non-decorated-jobs', '--exclude-warning=validate-owners']
  const { code, stdout } = await check(misspelt, ...quiet)
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/note {2}.*clustr.*UNKNOWN_FIELD/) })
  expect((await check(misspelt, '--strict', '--warnings=unknown-fields-all')).code).toBe(1)
  expect((await check(misspelt, '--strict', '--warnings=long-job-names')).stdout).not.toContain('clustr')
  const main = { 'config.yaml': 'sinkr: {}\n' }
  expect((await check(main, ...quiet)).stdout).toMatch(/warning {2}.*sinkr.*unknown-fields/)
  expect((await check(main, ...quiet)).code).toBe(1)
})

test('an image is for the cluster to miss', async () => {
  const own = { 'repo/.prow.yaml': 'presubmits: [{name: hans, spec: {containers: [{}]}}]' }
  const { code, stdout } = await check(
    own,
    '--prow-yaml-repo-name=o/r',
    '--prow-yaml-path=repo/',
    '--warnings=unknown-fields-all',
  )
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.not.stringContaining('hans') })
})

test('a text without quotes that upstream refuses is a warning, in the jobs of a repository too', async () => {
  const job = (label: string) => `- {name: nightly, interval: 1h, labels: {a: ${label}}, ${pod}}`
  const strict = ['--strict', '--warnings=long-job-names']
  expect((await check({ 'jobs/a.yaml': `periodics:\n${job('"1"')}\n` }, ...strict)).code).toBe(0)
  const { code, stdout } = await check({ 'jobs/a.yaml': `periodics:\n${job('1')}\n` }, ...strict)
  expect(code).toBe(1)
  expect(stdout).toMatch(/2:\d+ +warning {2}periodics\[0\]\.labels\.a: must be text.*CONFIG_UNQUOTED/)
  const own = { 'repo/.prow.yaml': `presubmits:\n- {name: own, labels: {a: true}, ${pod}}\n` }
  const path = ['--prow-yaml-repo-name=o/r', '--prow-yaml-path=repo/.prow.yaml']
  expect((await check(own, ...strict, ...path)).stdout).toMatch(
    /2:\d+ +warning {2}presubmits\[0\]\.labels\.a: must be text/,
  )
})

test('build clusters that the status file does not list', async () => {
  const bucket = folderWith({ 'clusters.json': '{"default": "Reachable", "far": "Error"}', 'broken.json': '[' })
  const main = (file: string) => ({
    'config.yaml': `prowjob_namespace: prow\nplank: {build_cluster_status_file: "file://${join(bucket, file)}"}\n`,
    'jobs/a.yaml': ['default', 'far', 'none']
      .map((cluster) => `- {name: ${cluster}, interval: 1h, cluster: ${cluster}, ${pod}}\n`)
      .reduce((text, line) => text + line, 'periodics:\n'),
  })
  const only = '--warnings=validate-cluster-field'
  const listed = await check(main('clusters.json'), only, '--strict')
  expect(listed.stdout.match(/names the cluster \w+/g)).toEqual(['names the cluster none'])
  expect(listed).toMatchObject({ code: 1, stdout: expect.stringContaining('4:3 ') })
  for (const file of ['broken.json', 'absent.json']) {
    const { code, stderr } = await check(main(file), only, '--strict')
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining(file) })
  }
})

test('the same field is told once, also by two checks', async () => {
  const { stdout } = await check(
    { 'config.yaml': 'sinkr: {}\n' },
    '--warnings=unknown-fields-all',
    '--include-default-warnings',
  )
  expect(stdout.match(/unknown-fields/g)).toHaveLength(1)
})

test('jobs that a repository brings itself are checked with its central jobs, also where that is not enabled', async () => {
  const { code, stdout } = await check(
    { 'repo/.prow.yaml': `presubmits:\n- name: hans\n- name: pull-a\n  ${pod}\n  alway_run: true\n` },
    '--prow-yaml-repo-name=o/r',
    '--prow-yaml-path=repo/.prow.yaml',
    '--warnings=long-job-names',
  )
  expect(code).toBe(1)
  expect(stdout).toMatchInlineSnapshot(`
    "repo/.prow.yaml
      2:3     error  presubmits[0]: failed to validate Prow YAML: invalid presubmit job hans: kubernetes jobs require a spec  CONFIG_JOB_NO_SPEC
            2 | - name: hans
              |   ^
      3:9     error  presubmits[1].name: failed to validate Prow YAML: invalid presubmit job pull-a: there are several presubmits named pull-a  CONFIG_JOB_DUPLICATE
            3 | - name: pull-a
              |         ^
              = the central configuration has the job pull-a too (a.yaml:3); rename all but one, or give them branches that do not overlap
      5:3     note  presubmits[1].alway_run: nothing knows the field "alway_run"  CONFIG_UNKNOWN_FIELD
            5 |   alway_run: true
              |   ^
              = did you mean always_run?

    2 errors, 1 note; 2 jobs: 1 presubmit, 0 postsubmits, 1 periodic, in 1 repository
    "
  `)
})

test.each<[why: string, args: string[], text: string, code: number]>([
  ['an image is not needed', [], 'presubmits: [{name: hans, spec: {containers: [{}]}}]', 0],
  ['an unknown field is accepted', [], `presubmits: [{name: hans, oops: 1, ${pod}}]`, 0],
  ['but not in a strict check', ['--warnings=unknown-fields-all'], `presubmits: [{name: hans, oops: 1, ${pod}}]`, 1],
  [
    "Gerrit's rule for commands holds here, too",
    [],
    `presubmits: [{name: hans, trigger: 'x', rerun_command: x, ${pod}}]`,
    1,
  ],
  ['a cluster that is not allowed', [], `presubmits: [{name: hans, cluster: x, ${pod}}]`, 1],
])('jobs of a repository: %s', async (_why, args, text, code) => {
  const config = { 'config.yaml': 'gerrit: {allowed_presubmit_trigger_re: ^/test}\n' }
  const names = ['--warnings=long-job-names', '--prow-yaml-repo-name=o/r', ...args]
  const outcome = await check({ ...config, '.prow/jobs.yml': text }, ...names)
  expect([outcome.code, outcome.stdout.includes('failed to validate Prow YAML')]).toEqual([code, code === 1])
})
