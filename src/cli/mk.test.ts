// mkpj and mkpod, as people and scripts use them: YAML on stdout and nothing else, questions on stderr.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { asMap } from '../config/fields.ts'
import { parseYaml } from '../config/yaml.ts'
import { commandLine, folderWith } from '../testing/command-line.ts'

const decoration = `plank:
  default_decoration_config_entries:
  - config:
      utility_images: {clonerefs: c, initupload: i, entrypoint: e, sidecar: s}
      gcs_configuration: {bucket: gs://b, path_strategy: explicit}
      gcs_credentials_secret: gcs
`
const files = {
  'config.yaml': `prowjob_namespace: prow\npod_namespace: pods\n${decoration}`,
  'jobs.yaml': `presubmits:
  o/r:
  - name: unit
    decorate: true
    spec: {containers: [{image: img, command: [make]}], volumes: [{name: token, secret: {secretName: t}}]}
`,
}
const folder = () => folderWith(files)
const mkpj = (cwd: string, ...args: string[]) =>
  commandLine([
    'mkpj',
    `--config-path=${join(cwd, 'config.yaml')}`,
    `--job-config-path=${join(cwd, 'jobs.yaml')}`,
    ...args,
  ])
const refs = ['--pull-number=7', '--pull-sha=1e3', '--pull-author=al', '--base-ref=main', '--base-sha=b1']
const yaml = (text: string) => asMap(parseYaml(text, 'stdout').value) ?? {}

test('the ProwJob of a presubmit', async () => {
  const { code, stdout, stderr } = await mkpj(folder(), '--job=unit', ...refs)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(yaml(stdout)).toMatchObject({
    apiVersion: 'prow.k8s.io/v1',
    kind: 'ProwJob',
    metadata: { namespace: 'prow', labels: { 'prow.k8s.io/job': 'unit', 'prow.k8s.io/refs.pull': '7' } },
    spec: {
      type: 'presubmit',
      job: 'unit',
      namespace: 'pods',
      refs: { org: 'o', repo: 'r', base_ref: 'main', base_sha: 'b1', pulls: [{ number: 7, author: 'al', sha: '1e3' }] },
    },
    status: { state: 'triggered' },
  })
})

test.each<[why: string, args: string[], code: number, says: string]>([
  ['no job', [], 2, '--job is needed'],
  ['a job that is none', ['--job=x'], 1, 'Job x not found.'],
  ['a mistyped job', ['--job=unti'], 1, 'Job unti not found. Did you mean unit?'],
  ['no number and nobody to ask', ['--job=unit'], 1, 'PR Number: bowsprit mkpj: "" is not the number'],
])('mkpj: %s is refused', async (_why, args, code, says) => {
  expect(await mkpj(folder(), ...args)).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(says) })
})

/** A file with a ProwJob, as mkpj prints it. */
async function jobFile(): Promise<string> {
  const cwd = folder()
  const file = join(cwd, 'job.yaml')
  writeFileSync(file, (await mkpj(cwd, '--job=unit', ...refs)).stdout)
  return file
}

test('the Pod of a ProwJob is not one that sinker looks for', async () => {
  const file = await jobFile()
  const { code, stdout, stderr } = await commandLine(['mkpod', `--prow-job=${file}`, '--build-id=42'])
  const { metadata, spec } = yaml(stdout)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(metadata).toMatchObject({ namespace: 'pods', labels: { 'prow.k8s.io/build-id': '42' } })
  expect(Object.keys(asMap(metadata)?.labels ?? {})).not.toContain('created-by-prow')
  expect(spec).toMatchObject({ containers: [{ name: 'test' }, { name: 'sidecar' }] })
  expect(stdout).toContain('gcs-credentials')
})

test('the ProwJob may come from stdin, and a new build id is a long number', async () => {
  const stdin = readFileSync(await jobFile(), 'utf8')
  const { stdout } = await commandLine(['mkpod', '--prow-job=-', '--build-id=snowflake'], { stdin })
  expect(/prow.k8s.io\/build-id: '([0-9]{19})'/.exec(stdout)).not.toBeNull()
  const without = await commandLine(['mkpod', '--prow-job=-'], { stdin })
  expect(without).toMatchObject({ code: 0, stderr: expect.stringContaining('No build id') })
})

test.each<[answer: string, volume: object]>([
  ['empty', { name: 'token', emptyDir: {} }],
  ['/home/me/token', { name: 'token', hostPath: { path: '/home/me/token' } }],
  ['', { name: 'token', secret: { secretName: 't' } }],
])('in local mode a secret becomes what people answer: "%s"', async (answer, volume) => {
  const file = await jobFile()
  const args = ['mkpod', `--prow-job=${file}`, '--build-id=42', '--local', '--out-dir=/out']
  const { code, stdout, stderr } = await commandLine(args, { stdin: `${answer}\n` })
  expect(code).toBe(0)
  expect(stderr).toBe(
    'Volume token is {"secret":{"secretName":"t"}}. "empty", a path of the node, or nothing to keep it: ',
  )
  expect(asMap(yaml(stdout).spec)?.volumes).toEqual(
    expect.arrayContaining([volume, expect.objectContaining({ name: 'output', hostPath: { path: '/out/42' } })]),
  )
  expect(stdout).not.toContain('gcs-credentials')
  expect(stdout).toContain('"local_output_dir":"/output"')
})

test.each<[why: string, args: string[], stdin: string, code: number, says: string]>([
  ['no ProwJob', [], '', 2, '--prow-job is needed'],
  ['a folder without local mode', ['--prow-job=-', '--out-dir=/x'], '', 2, '--out-dir is only for --local'],
  ['another kind', ['--prow-job=-'], 'kind: Pod', 1, 'holds no ProwJob: kind is "Pod"'],
  ['no spec', ['--prow-job=-'], 'kind: ProwJob', 1, 'the ProwJob has no spec'],
  ['no YAML', ['--prow-job=-'], '{', 1, 'mkpod: '],
])('mkpod: %s is refused', async (_why, args, stdin, code, says) => {
  expect(await commandLine(['mkpod', ...args], { stdin })).toMatchObject({
    code,
    stderr: expect.stringContaining(says),
  })
})
