// A thousand broken and hostile files, the same in every run: none may crash the loader, hang it or take all memory.
import fc from 'fast-check'
import { dump } from 'js-yaml'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HostileThread, hostileThread } from './testing/hostile.ts'
import type { Work } from './testing/hostile-worker.ts'

type FileWork = Extract<Work, { readonly text: string }>
type Role = FileWork['role']

let thread: HostileThread
beforeAll(() => {
  thread = hostileThread()
})
afterAll(() => thread.close())

const pod = {
  containers: [
    { image: 'i', command: ['c'], env: [{ name: 'A', value: '1' }], resources: { limits: { cpu: '500m' } } },
  ],
}
const samples: Readonly<Record<Role, object>> = {
  config: {
    plank: {
      job_url_template: 'https://x/{{.Spec.Job}}/{{if .Spec.Refs}}{{.Spec.Refs.Org}}{{end}}',
      report_templates: { '*': '{{with index .Spec.Refs.Pulls 0}}{{.Number}}{{end}}' },
      default_decoration_config_entries: [
        { cluster: '*', config: { timeout: '2h', gcs_configuration: { bucket: 'b', path_strategy: 'explicit' } } },
      ],
      job_queue_capacities: { q: 1 },
    },
    sinker: { max_pod_age: '24h' },
    deck: {
      spyglass: { lenses: [{ required_files: ['^a$'], lens: { name: 'x', config: { a: [1] } } }], size_limit: 1000 },
    },
    tide: {
      queries: [{ orgs: ['o'], labels: ['lgtm'] }],
      merge_method: { o: { r: { 'b.*': 'squash' } } },
      context_options: { orgs: { o: {} } },
    },
    'branch-protection': { orgs: { o: { repos: { r: { branches: { main: { protect: true } } } } } } },
    slack_reporter_configs: { '*': { channel: 'c', report_template: '{{.Spec.Job}}' } },
    managed_webhooks: { org_repo_config: { o: { token_created_after: '1969-01-01T00:00:00Z' } } },
    gerrit: { allowed_presubmit_trigger_re: '^/test' },
  },
  jobs: {
    presets: [{ labels: { 'preset-x': 'true' }, env: [{ name: 'X', value: 'y' }] }],
    presubmits: {
      'o/r': [
        { name: 'a', always_run: true, branches: ['^main$'], labels: { 'preset-x': 'true' }, spec: pod },
        { name: 'b', run_if_changed: '^docs/', context: 'c', spec: pod },
      ],
    },
    postsubmits: { 'o/r': [{ name: 'p', spec: pod, max_concurrency: 1 }] },
    periodics: [
      { name: 'n', cron: '0 * * * *', extra_refs: [{ org: 'o', repo: 'r' }], spec: pod },
      { name: 'm', interval: '1h', spec: pod },
    ],
  },
  plugins: {
    plugins: { o: { plugins: ['lgtm', 'approve'], excluded_repos: ['x'] } },
    approve: [{ repos: ['o'], issue_required: false }],
    require_matching_label: [
      { org: 'o', regexp: '^kind/', missing_label: 'needs-kind', prs: true, grace_period: '5s' },
    ],
    config_updater: { maps: { 'a/**/*.yaml': { name: 'c', clusters: { default: ['n'] } } } },
    blockades: [{ repos: ['o/r'], blockregexps: ['^vendor/'] }],
    size: { s: 1, m: 2, l: 3, xl: 4, xxl: 5 },
    welcome: [{ repos: ['o'], message_template: 'Hi {{.AuthorLogin}}' }],
  },
}

// What breaks readers: numbers, patterns, templates, names of JavaScript's own, other types, sizes.
const hostileValues: readonly unknown[] = [
  ...[
    null,
    true,
    -1,
    0,
    1.5,
    1e300,
    Number.MAX_SAFE_INTEGER,
    '',
    ' ',
    '\0',
    '\ud800',
    '\u2028',
    '\ufeff',
    '😀',
    '<<',
    '*',
    '__proto__',
  ],
  ...['(a+)+$', '(a{1000}){1000}', '(?P<x', '[[:foo:]]', '\\p{L}'.repeat(50), '(?i)'.repeat(100), '('.repeat(5_000)],
  ...[
    '{{',
    '{{range .X}}',
    '{{define "x"}}{{template "x"}}{{end}}{{template "x"}}',
    '{{printf "%999999999d" 1}}',
    '{{index .Spec.Refs.Pulls 9999999999}}',
  ],
  ...[
    '1e400000',
    '0x'.padEnd(5_000, 'f'),
    '9'.repeat(5_000),
    '1h'.repeat(1_000),
    '@every 1ns',
    '*/0 * * * *',
    '../../etc/passwd',
    'file:///dev/zero',
  ],
  ...[
    [],
    {},
    [[]],
    [null],
    { '': '' },
    JSON.parse('{"__proto__": {"a": 1}}'),
    { constructor: { prototype: 1 } },
    { toString: 1 },
    'x'.repeat(50_000),
  ],
]
const scraps = [
  ...[
    '*a',
    '&a ',
    '<<: *a',
    '<<: {}',
    '!!binary ',
    '!!int ',
    '!!js/function ',
    '!<x> ',
    '? ',
    ': ',
    '- ',
    '[',
    ']',
    '{',
    '}',
    ',',
    '|\n',
    '>-\n',
    '"',
    "'",
    '#',
  ],
  ...[
    '\0',
    '\ud800',
    '\ufeff',
    '\t',
    '\r',
    '\r\n',
    '\n',
    '\u2028',
    '---\n',
    '...\n',
    '%YAML 1.2\n',
    '%TAG ! x\n',
    '~',
    '1e400000',
    '.nan',
    '0x',
    '0o9',
  ],
  ...[
    '__proto__: {a: 1}\n',
    'constructor: 1\n',
    'x'.repeat(20_000),
    '['.repeat(300),
    '{a: '.repeat(300),
    '&a [*a]',
    '  '.repeat(200),
  ],
]

const roles = fc.constantFrom<Role>('config', 'jobs', 'plugins')

/** A sample in which some values are others. */
const withOtherValues: fc.Arbitrary<FileWork> = fc
  .record({
    role: roles,
    changes: fc.array(fc.record({ at: fc.nat(1_000), to: fc.constantFrom(...hostileValues) }), {
      minLength: 1,
      maxLength: 3,
    }),
  })
  .map(({ role, changes }) => {
    const whole = { sample: structuredClone(samples[role]) }
    for (const { at, to } of changes) {
      const places = placesIn(whole)
      const place = places[at % places.length]
      if (place !== undefined)
        Object.defineProperty(place.parent, place.key, {
          value: to,
          enumerable: true,
          writable: true,
          configurable: true,
        })
    }
    return { role, text: asYaml(whole.sample) }
  })

interface Place {
  readonly parent: object
  readonly key: string
}
const placesIn = (value: object): readonly Place[] =>
  Object.entries(value).flatMap(([key, inner]) => [
    { parent: value, key },
    ...(typeof inner === 'object' && inner !== null ? placesIn(inner) : []),
  ])

// Some values have no form in YAML; then JSON's is as good.
function asYaml(value: unknown): string {
  try {
    return dump(value)
  } catch {
    return JSON.stringify(value)
  }
}

/** A sample with pieces cut out, repeated and put in. */
const withScraps: fc.Arbitrary<FileWork> = fc
  .record({
    role: roles,
    flow: fc.boolean(),
    edits: fc.array(
      fc.record({ at: fc.nat(5_000), length: fc.nat(30), times: fc.nat(3), scrap: fc.constantFrom('', ...scraps) }),
      { minLength: 1, maxLength: 6 },
    ),
  })
  .map(({ role, flow, edits }) => ({
    role,
    text: edits.reduce(
      (text, { at, length, times, scrap }) => {
        const from = at % (text.length + 1)
        return text.slice(0, from) + text.slice(from, from + length).repeat(times) + scrap + text.slice(from + length)
      },
      flow ? JSON.stringify(samples[role]) : dump(samples[role]),
    ),
  }))

/** A file that is made of scraps alone. */
const onlyScraps: fc.Arbitrary<FileWork> = fc.record({
  role: roles,
  text: fc
    .array(fc.constantFrom(...scraps, 'a', 'a: 1\n', 'plank:\n', '  ', 'periodics:\n', 'plugins:\n', '- name: x\n'), {
      maxLength: 40,
    })
    .map((parts) => parts.join('')),
})

test('a thousand files, by values, by bytes and by grammar', { timeout: 60_000 }, async () => {
  const files = fc.sample(
    fc.oneof(
      { arbitrary: withOtherValues, weight: 4 },
      { arbitrary: withScraps, weight: 4 },
      { arbitrary: onlyScraps, weight: 2 },
    ),
    { seed: 1, numRuns: 1_000 },
  )
  let refused = 0
  for (const file of files) {
    const problem = await thread.problem(file, (done) => {
      if (done.refused !== undefined) refused += 1
    })
    expect(problem, `${file.role}:\n${file.text.slice(0, 20_000)}`).toBeUndefined()
  }
  // Both ways are taken: otherwise the files would test nothing but the parser.
  expect(refused).toBeGreaterThan(300)
  expect(refused).toBeLessThan(900)
})

const many = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n')
test.each<[why: string, role: Role, text: () => string]>([
  ['a key of a megabyte', 'config', () => `plank:\n  ? ${'k'.repeat(1_000_000)}\n  : 1`],
  ['thousands of unknown fields', 'config', () => `plank:\n${many(20_000, (i) => `  k${i}: 1`)}`],
  [
    'unknown fields of ten thousand letters',
    'config',
    () => `plank:\n${many(200, (i) => `  ${'k'.repeat(10_000)}${i}: 1`)}`,
  ],
  ['a hundred thousand problems', 'jobs', () => `periodics:\n${'- {}\n'.repeat(100_000)}`],
  ['Slack reporters without channel', 'config', () => `slack_reporter_configs:\n${many(30_000, (i) => `  k${i}: {}`)}`],
  ['as many values as may be', 'config', () => `disabled_clusters: [${'a,'.repeat(700_000)}]`],
  [
    'as many merged keys as may be',
    'config',
    () =>
      `prow_ignored:\n  a: &a {${many(1_000, (i) => `k${i}: 1`).replaceAll('\n', ',')}}\n  b:\n${'  - <<: *a\n'.repeat(400)}`,
  ],
  [
    'jobs of one name',
    'jobs',
    () => `periodics:\n${'- {name: x, interval: 1h, spec: {containers: [{image: i}]}}\n'.repeat(10_000)}`,
  ],
  [
    'a job that is an alias',
    'jobs',
    () =>
      `prow_ignored: &j {name: x, interval: 1h, spec: {containers: [{image: i}]}}\nperiodics:\n${'- *j\n'.repeat(10_000)}`,
  ],
  [
    'jobs with a common context',
    'jobs',
    () =>
      `presubmits:\n  o/r:\n${many(400, (i) => `  - {name: x${i}, context: c, ${i % 2 ? 'skip_branches' : 'branches'}: [b${i}], spec: {containers: [{image: i}]}}`)}`,
  ],
  ['a number of a million digits', 'config', () => `plank: {max_concurrency: ${'9'.repeat(1_000_000)}}`],
  ['a hexadecimal number of them', 'config', () => `plank: {max_concurrency: 0x${'f'.repeat(1_000_000)}}`],
  ['a duration of them', 'config', () => `sinker: {max_pod_age: ${'9'.repeat(1_000_000)}h}`],
  [
    'a quantity of them',
    'jobs',
    () =>
      `periodics: [{name: x, interval: 1h, spec: {containers: [{resources: {limits: {cpu: "${'9'.repeat(1_000_000)}"}}}]}}]`,
  ],
  [
    'a cron expression of them',
    'jobs',
    () => `periodics: [{name: x, cron: "${'1,'.repeat(500_000)}1 * * * *", spec: {containers: [{}]}}]`,
  ],
  [
    'a template of a hundred thousand ifs',
    'config',
    () => `plank: {job_url_template: '${'{{if true}}'.repeat(100_000)}'}`,
  ],
  ['five million blank lines', 'config', () => '\n'.repeat(5_000_000)],
  ['a million documents', 'config', () => '---\n'.repeat(1_000_000)],
  ['a text of fifteen megabytes', 'config', () => `prow_ignored: "${'\\u0041'.repeat(2_500_000)}"`],
  ['UTF-16', 'config', () => Buffer.from('\ufeffplank: {}\n', 'utf16le').toString('latin1')],
])('%s', async (_why, role, text) => {
  expect(await thread.problem({ role, text: text() })).toBeUndefined()
})

test('names that JavaScript has for itself are only names', async () => {
  const text =
    '__proto__: {polluted: 1}\nconstructor: {prototype: {polluted: 1}}\npresubmits: {__proto__: [], constructor: []}\ntide: {merge_method: {__proto__: squash, constructor: merge}}\n'
  expect(await thread.problem({ role: 'config', text })).toBeUndefined()
})
