// A thousand broken and hostile files, the same in every run: none may crash the loader, hang it or take all memory.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HostileThread, hostileThread } from './testing/hostile.ts'
import { hostileFiles } from './testing/hostile-files.ts'
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

test('a thousand files, by values, by bytes and by grammar', { timeout: 60_000 }, async () => {
  const files = hostileFiles(samples, 1_000)
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
