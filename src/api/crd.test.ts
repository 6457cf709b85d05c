// The definition of ProwJob: what it accepts and refuses, and that it knows every field that upstream's knows.
import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import fc from 'fast-check'
import { load } from 'js-yaml'
import { describe, expect, test } from 'vitest'
import { sharedData } from '../testing/shared.ts'
import { prowJobCrd } from './crd.ts'

type Schema = {
  type?: string
  properties?: Record<string, Schema>
  items?: Schema
  additionalProperties?: Schema
  required?: string[]
  enum?: string[]
  format?: string
  minimum?: number
  'x-kubernetes-preserve-unknown-fields'?: boolean
  'x-kubernetes-int-or-string'?: boolean
}
const schemaOf = (crd: unknown) =>
  (crd as { spec: { versions: { schema: { openAPIV3Schema: Schema } }[] } }).spec.versions[0]?.schema
    .openAPIV3Schema as Schema
const schema = schemaOf(prowJobCrd())

const ajv = new Ajv({ strict: false })
formats.default(ajv)
const valid = ajv.compile(schema)

const spec = { type: 'periodic', job: 'j' }
const time = '2026-01-02T03:04:05Z'

test.each<[why: string, object: object, accepted: boolean]>([
  ['nothing at all', {}, true],
  ['a spec alone', { spec }, true],
  ['a spec without a job', { spec: { type: 'periodic' } }, false],
  ['a spec without a type', { spec: { job: 'j' } }, false],
  ['an unknown type', { spec: { ...spec, type: 'nightly' } }, false],
  ['a negative max_concurrency', { spec: { ...spec, max_concurrency: -1 } }, false],
  ['refs without a repo', { spec: { ...spec, refs: { org: 'o' } } }, false],
  [
    'a pull without a sha',
    { spec: { ...spec, refs: { org: 'o', repo: 'r', pulls: [{ number: 1, author: 'a' }] } } },
    false,
  ],
  [
    'a whole pull',
    { spec: { ...spec, refs: { org: 'o', repo: 'r', pulls: [{ number: 1, author: 'a', sha: 's' }] } } },
    true,
  ],
  [
    'a team slug without its org',
    { spec: { ...spec, rerun_auth_config: { github_team_slugs: [{ slug: 's' }] } } },
    false,
  ],
  ['a Pod without containers', { spec: { ...spec, pod_spec: {} } }, false],
  [
    'fields of a Pod that we never heard of',
    { spec: { ...spec, pod_spec: { containers: [{ name: 'a', new: 1 }], new: 2 } } },
    true,
  ],
  ['a timeout as a number', { spec: { ...spec, decoration_config: { timeout: 5 } } }, false],
  ['a memory request as a number', { spec: { ...spec, decoration_config: { default_memory_request: 5 } } }, true],
  ['a memory request as text', { spec: { ...spec, decoration_config: { default_memory_request: '5Gi' } } }, true],
  ['a status without a state', { status: {} }, false],
  ['an unknown state', { status: { state: 'lost' } }, false],
  ['triggered', { status: { state: 'triggered' } }, true],
  ['success without a completion time', { status: { state: 'success' } }, false],
  ['success with one', { status: { state: 'success', completionTime: time } }, true],
  ['aborted without one', { status: { state: 'aborted' } }, true],
  ['a time that is none', { status: { state: 'triggered', startTime: 'yesterday' } }, false],
])('%s: %#', (_why, object, accepted) => expect(valid(object)).toBe(accepted))

test('is small enough for kubectl apply, which keeps a copy in an annotation', () => {
  expect(JSON.stringify(prowJobCrd()).length).toBeLessThan(200_000)
})

test('every place has a type, as a structural schema must', () => {
  const untyped: string[] = []
  walk(schema, '', (path, { type, ...rest }) => {
    if (type === undefined && !rest['x-kubernetes-int-or-string']) untyped.push(path)
  })
  expect(untyped).toEqual([])
})

const upstream = sharedData('prow/prowjob_customresourcedefinition.yaml')
describe.skipIf(!upstream)("compared with upstream's definition", () => {
  const theirs = upstream ? schemaOf(load(readFileSync(upstream, 'utf8'))) : {}

  test('has every field, of the same type', () => {
    const differing: string[] = []
    const ours = new Map<string, Schema>()
    walk(schema, '', (path, place) => ours.set(path, place))
    walk(theirs, '', (path, place) => {
      // Ours leaves Kubernetes' and Tekton's own objects open.
      const open = [...ours].some(
        ([at, own]) => own['x-kubernetes-preserve-unknown-fields'] && path.startsWith(`${at}.`),
      )
      const anyItems = [...ours].some(
        ([at, own]) => own['x-kubernetes-preserve-unknown-fields'] && path.startsWith(`${at}[]`),
      )
      if (open || anyItems) return
      const own = ours.get(path)
      if (!own) differing.push(`${path} is missing`)
      else if (own.type !== place.type) differing.push(`${path}: ${own.type} instead of ${place.type}`)
    })
    expect(differing).toEqual([])
  })

  test('requires nothing that upstream does not require', () => {
    const stricter: string[] = []
    const required = new Map<string, readonly string[]>()
    walk(theirs, '', (path, place) => required.set(path, place.required ?? []))
    walk(schema, '', (path, place) => {
      for (const name of place.required ?? []) if (!required.get(path)?.includes(name)) stricter.push(`${path}.${name}`)
    })
    expect(stricter).toEqual([])
  })

  test('accepts whatever upstream accepts', () => {
    fc.assert(
      fc.property(objectsOf(theirs, schema), (object) => {
        expect(valid(object), JSON.stringify(valid.errors)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})

/** Objects that a schema accepts; what `open` leaves to other APIs has only what every such object needs. */
function objectsOf(place: Schema, open: Schema | undefined): fc.Arbitrary<unknown> {
  if (open?.['x-kubernetes-preserve-unknown-fields']) return fc.constant({ containers: [{ name: 'test' }] })
  if (place['x-kubernetes-int-or-string']) return fc.oneof(fc.nat(), fc.constant('1Gi'))
  if (place.enum) return fc.constantFrom(...place.enum)
  switch (place.type) {
    case 'boolean':
      return fc.boolean()
    case 'integer':
      return fc.integer({ min: place.minimum ?? -5, max: 5 })
    case 'array':
      return fc.array(objectsOf(place.items ?? {}, open?.items), { maxLength: 2 })
    case 'object':
      return mapsOf(place, open)
    default:
      return place.format === 'date-time' ? fc.constant(time) : fc.string()
  }
}

function mapsOf(place: Schema, open: Schema | undefined): fc.Arbitrary<unknown> {
  const { properties, additionalProperties, required = [] } = place
  if (additionalProperties) {
    return fc.dictionary(fc.string(), objectsOf(additionalProperties, open?.additionalProperties), { maxKeys: 2 })
  }
  const fields = Object.entries(properties ?? {}).map(
    ([name, field]) => [name, objectsOf(field, open?.properties?.[name])] as const,
  )
  // The rule about ends that JSON Schema can say but a generator cannot see.
  const isStatus = properties?.completionTime !== undefined
  const always = isStatus ? [...required, 'completionTime'] : required
  return fc.record(Object.fromEntries(fields), { requiredKeys: always })
}

function walk(place: Schema, path: string, visit: (path: string, place: Schema) => void): void {
  visit(path, place)
  for (const [name, one] of Object.entries(place.properties ?? {})) walk(one, `${path}.${name}`, visit)
  if (place.items) walk(place.items, `${path}[]`, visit)
  if (place.additionalProperties && typeof place.additionalProperties === 'object')
    walk(place.additionalProperties, `${path}{}`, visit)
}
