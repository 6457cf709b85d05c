// Feeds and badge: what upstream's consumers rely on, row by row.
import { load } from 'js-yaml'
import { describe, expect, test } from 'vitest'
import { badgeOf, badgeSvg } from './badge.ts'
import { asFeed, dataFeed, prowJobsFeed, toYaml } from './feeds.ts'
import { job, running } from './testing/jobs.ts'

const items = (jobs: Parameters<typeof prowJobsFeed>[0], query: Parameters<typeof prowJobsFeed>[1]) =>
  JSON.parse(JSON.stringify(prowJobsFeed(jobs, query))).items

describe('/prowjobs.js', () => {
  test('omits what it is asked to, and empties containers without losing their number', () => {
    const two = {
      containers: [
        { name: 'a', image: 'x' },
        { name: 'b', image: 'y' },
      ],
    }
    const full = job({
      name: 'j',
      annotations: { a: 'b' },
      spec: { pod_spec: two, decoration_config: { timeout: '1h' } },
    })
    const [item] = items([full], { omit: 'annotations,labels,decoration_config,pod_spec,nonsense' })
    expect(item.metadata).toEqual({ name: 'j', namespace: 'prow' })
    expect(item.spec.decoration_config).toBeUndefined()
    expect(item.spec.pod_spec).toEqual({
      containers: [
        { name: '', resources: {} },
        { name: '', resources: {} },
      ],
    })
    expect([item.apiVersion, item.kind]).toEqual(['prow.k8s.io/v1', 'ProwJob'])
  })

  test('a job without Pod stays without', () => {
    const { pod_spec: _, ...spec } = job({ name: 'j' }).spec
    const [item] = items([{ ...job({ name: 'j' }), spec }], { omit: 'pod_spec' })
    expect('pod_spec' in item.spec).toBe(false)
  })

  test('managedFields are never sent', () => {
    const one = job({ name: 'j' })
    expect(
      items([{ ...one, metadata: { ...one.metadata, managedFields: [{ manager: 'm' }] } }], {})[0].metadata
        .managedFields,
    ).toBeUndefined()
  })

  const presubmit = job({ name: 'pre' })
  const two = job({
    name: 'two',
    spec: {
      refs: {
        org: 'sample',
        repo: 'web',
        pulls: [
          { number: 1, author: 'x', sha: 's' },
          { number: 2, author: 'y', sha: 's' },
        ],
      },
    },
  })
  const { refs: _, ...noRefs } = job({ name: 'ci' }).spec
  const periodic = { ...job({ name: 'ci' }), spec: { ...noRefs, extra_refs: [{ org: 'sample', repo: 'app' }] } }
  const bare = { ...job({ name: 'bare' }), spec: noRefs }
  test.each([
    [{}, ['pre', 'two', 'ci', 'bare']],
    [{ org: 'sample' }, ['pre', 'two', 'ci']],
    [{ repo: 'app' }, ['pre', 'ci']],
    [{ owner: 'y' }, ['two']],
    [{ org: 'Sample' }, []],
  ])('%j', (query, names) => {
    expect(
      items([presubmit, two, periodic, bare], query).map((one: { metadata: { name: string } }) => one.metadata.name),
    ).toEqual(names)
  })
})

describe('/data.js', () => {
  test('every key is there, every value but refs a text', () => {
    const [row] = JSON.parse(JSON.stringify(dataFeed([running({ name: 'r' })])))
    expect(row).toMatchObject({
      started: '1767322800',
      finished: '',
      duration: '',
      state: 'pending',
      pod_name: 'r',
      prow_job: 'r',
      agent: 'kubernetes',
    })
    expect(row.refs_key).toBe(
      'main:1234567890abcdef1234567890abcdef12345678,7:abcdef1234567890abcdef1234567890abcdef12',
    )
    const { refs: _, ...texts } = row
    expect(Object.values(texts).filter((value) => typeof value !== 'string')).toEqual([])
    expect(Object.keys(row)).toHaveLength(15)
  })

  test.each([
    ['2026-01-02T03:00:59Z', '59s'],
    ['2026-01-02T03:02:05Z', '2m5s'],
    ['2026-01-02T04:00:00Z', '1h0m0s'],
    ['2026-01-02T04:01:01Z', '1h1m1s'],
  ])('ended at %s: %s', (completionTime, duration) => {
    expect(dataFeed([job({ name: 'j', status: { completionTime } })])[0]).toMatchObject({
      duration,
      finished: completionTime,
    })
  })
})

test('a feed with a variable is a script, and only a variable name is one', () => {
  expect(asFeed('{}', undefined)).toMatchObject({ body: '{}', type: expect.stringContaining('application/json') })
  expect(asFeed('{}', 'allBuilds')).toMatchObject({
    body: 'var allBuilds = {};',
    type: expect.stringContaining('javascript'),
  })
  expect(asFeed('{}', 'a=1;alert(1)//')).toBeUndefined()
})

test('YAML has sorted keys, says what it is, and reads back as the same job', () => {
  const text = toYaml(job({ name: 'j' }))
  expect(text).toMatch(/^apiVersion: prow.k8s.io\/v1\nkind: ProwJob\nmetadata:\n/)
  expect(load(text)).toEqual(job({ name: 'j' }))
})

describe('/badge.svg', () => {
  const named = (name: string, state: 'success' | 'failure' | 'error' | 'pending') =>
    job({ name: `${name}-${state}`, spec: { job: name }, status: { state } })
  test.each<[string, Parameters<typeof badgeOf>[0], string, string, string]>([
    ['no jobs', [], '*', 'no results', '#9f9f9f'],
    ['the newest counts', [named('a', 'success'), named('a', 'failure')], 'a', 'passing', '#4c1'],
    ['one fails', [named('1', 'success'), named('2', 'failure')], '*', 'failing 2', '#e05d44'],
    [
      'more than three fail',
      ['5', '3', '2', '4'].map((name) => named(name, 'failure')),
      '*',
      'failing 2, 3, 4, ...',
      '#e05d44',
    ],
    ['error and pending pass', [named('a', 'error'), named('b', 'pending')], '*', 'passing', '#4c1'],
    [
      'globs',
      [named('glob-1', 'failure'), named('job-a', 'failure'), named('job-ab', 'failure')],
      'glob-*,job-a',
      'failing glob-1, job-a',
      '#e05d44',
    ],
    ['a star stops at a slash', [named('a/b', 'failure')], 'a*', 'no results', '#9f9f9f'],
    ['classes', [named('job-a', 'failure'), named('job-d', 'failure')], 'job-[a-c]', 'failing job-a', '#e05d44'],
    ['a malformed glob matches nothing', [named('[', 'failure')], '[', 'no results', '#9f9f9f'],
    ['dots are dots', [named('v1x2', 'failure')], 'v1.2', 'no results', '#9f9f9f'],
  ])('%s', (_, jobs, globs, text, color) => expect(badgeOf(jobs, globs)).toEqual({ text, color }))

  test('names cannot write markup', () => {
    expect(badgeSvg({ text: 'failing <script>"\'&', color: 'red' })).not.toMatch(/<script>|&(?!amp|lt|gt|quot|apos)/)
  })

  test('is as wide as upstream makes it', () => {
    expect(badgeSvg({ text: 'passing', color: '#4c1' })).toContain(`width="${13 + 30 + 13 + 42}"`)
  })
})
