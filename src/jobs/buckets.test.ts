// Which buckets count as named by the configuration.
import { expect, test } from 'vitest'
import { snapshot } from '../testing/config.ts'
import { bucketsOf } from './buckets.ts'

const plain = snapshot().config
const bucket = (name: string) => ({ config: { gcs_configuration: { bucket: name } } })
const named = (...names: string[]) => [
  ...bucketsOf({ ...plain, plank: { ...plain.plank, default_decoration_config_entries: names.map(bucket) } }),
]

test('those of the defaults, as URLs without a slash at the end', () => {
  expect(named('b', 'file:///data/prow/', 's3://c')).toEqual(['gs://b', 'file:///data/prow', 's3://c'])
})

test('a bucket that would be the whole disk is none', () => {
  expect(named('file:///', 'gs://')).toEqual([])
})

test('those of static jobs count too', () => {
  const decoration_config = { gcs_configuration: { bucket: 's3://jobs' } }
  const periodic = { name: 'p', decoration_config }
  const config = { ...plain, periodics: [periodic] } as unknown as typeof plain
  expect([...bucketsOf(config)]).toEqual(['s3://jobs'])
})
