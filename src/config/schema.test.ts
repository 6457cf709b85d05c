// The JSON Schema for editors: it takes what loading takes, and marks what loading warns of.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { expect, test } from 'vitest'
import { sharedData } from '../testing/shared.ts'
import { configSchema, schemaFiles } from './schema.ts'
import { parseYaml } from './yaml.ts'

type File = keyof typeof schemaFiles
const compiled = new Map(
  (Object.keys(schemaFiles) as File[]).map((file) => {
    const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true })
    formats.default(ajv)
    return [file, ajv.compile(configSchema(file))]
  }),
)

function wrong(file: File, text: string): string[] {
  const validate = compiled.get(file)
  if (validate?.(parseYaml(text, 'f.yaml').value ?? {})) return []
  return (validate?.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`)
}

test.each<[why: string, file: File, text: string, wrong: string[]]>([
  ['an empty file', 'config.yaml', '', []],
  ['a section without content', 'config.yaml', 'plank:\nperiodics:', []],
  ['a field nothing knows', 'config.yaml', 'plank: {max_revival: 1}', ['/plank additionalProperties']],
  ['the wrong type', 'config.yaml', 'deck: {spyglass: {size_limit: big}}', ['/deck/spyglass/size_limit type']],
  ['what is free-form', 'config.yaml', 'prow_ignored: {x: [1]}', []],
  ['a merge method that is nested', 'config.yaml', 'tide: {merge_method: {o: {r: {main: squash}}}}', []],
  [
    'inside of a PodSpec',
    'jobs',
    'periodics: [{name: j, interval: 1h, spec: {containers: [{imagePullPolicies: x}]}}]',
    ['/periodics/0/spec/containers/0 additionalProperties'],
  ],
  ['jobs of a repository are lists', '.prow.yaml', 'presubmits: [{name: j, always_run: true}]', []],
  ['plugins as lists', 'plugins.yaml', 'plugins: {o: [hold]}', []],
  ['plugins as maps', 'plugins.yaml', 'plugins: {o: {plugins: [hold], excluded_repos: [r]}}', []],
  ['a plugin section', 'plugins.yaml', 'size: {small: 1}', ['/size additionalProperties']],
])('%s', (_why, file, text, want) => expect(wrong(file, text)).toEqual(want))

test('tells meaning and default', () => {
  const { properties } = configSchema() as { properties: Record<string, { properties: Record<string, object> }> }
  expect(properties.sinker?.properties.max_pod_age).toMatchObject({
    description: 'A Pod of a finished ProwJob is deleted this long after its start. Default: 24h.',
  })
  expect(properties.tide?.properties.target_url).toMatchObject({ deprecated: true })
})

const sample = sharedData('k8s-test-infra')

test.skipIf(sample === undefined)('takes the configuration of the Kubernetes project', () => {
  const read = (...path: string[]) => readFileSync(join(sample ?? '', ...path), 'utf8')
  expect(wrong('config.yaml', read('config.yaml'))).toEqual([])
  expect(wrong('plugins.yaml', read('plugins.yaml'))).toEqual([])
  const jobs = readdirSync(join(sample ?? '', 'jobs'), { recursive: true, encoding: 'utf8' })
  const found = jobs
    .filter((name) => /\.ya?ml$/.test(name) && !name.includes('/registry/'))
    .flatMap((file) => wrong('jobs', read('jobs', file)).map((each) => `${file} ${each}`))
  // One variable there has a NAME, which loading takes, too; an editor is right to mark it.
  expect(found).toEqual([expect.stringMatching(/\/env\/2 additionalProperties$/)])
})
