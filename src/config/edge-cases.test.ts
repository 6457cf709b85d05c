// Single cases that are easily got wrong, and that no test of one part looks at.
import { expect, test } from 'vitest'
import { entryApplies } from './jobs/decoration.ts'
import { emptyJob } from './sections/templates.ts'
import { renderForJob } from './templates/job-template.ts'
import { errorsIn, loadTexts, warningsIn } from './testing/texts.ts'

const pod = 'spec: {containers: [{image: i, command: [c]}]}'
const whole =
  'utility_images: {clonerefs: c, initupload: i, entrypoint: e, sidecar: s}, gcs_configuration: {bucket: b, path_strategy: explicit}'
const periodic = (fields: string) => `periodics:\n- {name: j, interval: 1h, ${pod}, ${fields}}\n`
const entries = (text: string) =>
  `plank: {default_decoration_config_entries: [{config: {${whole}, timeout: 2h}}${text}]}\n`
const decorationOf = (text: string) => loadTexts({ config: text }).config.periodics[0]?.decoration_config

test('a timeout without unit is in nanoseconds', () => {
  expect(decorationOf(`${entries('')}${periodic('decorate: true, decoration_config: {timeout: 1}')}`)).toMatchObject({
    timeout: '1ns',
    utility_images: { sidecar: 's' },
  })
})

test('an entry of a cluster is not for jobs of the default one', () => {
  const more = ', {cluster: a, config: {timeout: 3h}}, {cluster: default, config: {grace_period: 1m}}'
  expect(decorationOf(`${entries(more)}${periodic('decorate: true')}`)).toMatchObject({
    timeout: '2h0m0s',
    grace_period: '1m0s',
  })
  expect(decorationOf(`${entries(more)}${periodic('decorate: true, cluster: a')}`)).toMatchObject({
    timeout: '3h0m0s',
  })
})

test('of the rules of reruns the last that applies holds, for jobs without a repository too', () => {
  const rules = '{"": {github_users: [a]}, istio: {github_users: [c]}, "*": {github_users: [b]}}'
  const { deck } = loadTexts({ config: `deck: {rerun_auth_configs: ${rules}}` }).config
  const rule = (repo: string) =>
    deck.default_rerun_auth_configs.findLast((entry) => entryApplies(entry, { repo, cluster: 'default' }))
  expect([rule(''), rule('istio/x'), rule('o/r')].map((each) => each?.config.github_users)).toEqual([
    ['b'],
    ['c'],
    ['b'],
  ])
})

test('names and values that only look like something else', () => {
  const { presets } = loadTexts({
    jobs: 'presets:\n- labels: {1.10: a, 010: b, on: c}\n  env: [{name: A, value: 1000}, {name: B, value: true}, {name: C, value: 1.10}]\n',
  }).config
  expect(presets[0]?.labels).toEqual({ '1.1': 'a', '8': 'b', true: 'c' })
  expect(presets[0]?.env).toEqual([
    { name: 'A', value: '1000' },
    { name: 'B', value: 'true' },
    { name: 'C', value: '1.1' },
  ])
})

const unquotedIn = (texts: Parameters<typeof warningsIn>[0]) =>
  warningsIn(texts).flatMap((warning) => warning.match(/(?<=^UNQUOTED ).*/)?.[0] ?? [])
const preset = 'presets: [{labels: {p: true}, env: [{name: A, value: 1000}]}]'

test.each<[why: string, texts: Parameters<typeof warningsIn>[0], fields: string[]]>([
  ['the presets of a file of jobs', { jobs: preset }, []],
  ['the presets of the main file', { config: preset }, ['presets[0].labels.p', 'presets[0].env[0].value']],
  [
    'the environment of a job',
    { jobs: `periodics: [{name: j, interval: 1h, spec: {containers: [{env: [{name: A, value: 1}]}]}}]` },
    ['periodics[0].spec.containers[0].env[0].value'],
  ],
  [
    'the labels of a job',
    { jobs: `periodics: [{name: j, interval: 1h, labels: {p: true}, ${pod}}]` },
    ['periodics[0].labels.p'],
  ],
  ['the tags of a periodic', { jobs: `periodics: [{name: j, interval: 1h, tags: [1], ${pod}}]` }, []],
  [
    'the command of a presubmit, and its name',
    { jobs: `presubmits: {o/r: [{name: 1, trigger: 1, rerun_command: 1, ${pod}}]}` },
    ['presubmits["o/r"][0].name'],
  ],
  [
    'the main file',
    { config: 'log_level: info\ndisabled_clusters: [1]\ngithub: {link_url: 1}' },
    ['github.link_url', 'disabled_clusters[0]'],
  ],
  [
    'a supplemental file',
    { shards: ['tide: {queries: [{repos: [o/r], labels: [true]}]}'] },
    ['tide.queries[0].labels[0]'],
  ],
  ['plugins.yaml', { plugins: 'plugins: {o: {plugins: [hold]}}\napprove: [{repos: [o], pr_process_link: 1}]' }, []],
  [
    'its map of plugins, and of files',
    { plugins: 'plugins: {o: {plugins: [hold], excluded_repos: [1]}}\nconfig_updater: {maps: {a: {name: 1}}}' },
    ['plugins.o.excluded_repos[0]', 'config_updater.maps.a.name'],
  ],
])('texts without quotes: %s', (_why, texts, fields) => expect(unquotedIn(texts).sort()).toEqual(fields.sort()))

test('a text without quotes is taken, and told how to be written', () => {
  const { config, warnings } = loadTexts({ config: `periodics: [{name: j, interval: 1h, labels: {p: 0x10}, ${pod}}]` })
  expect(config.periodics[0]?.labels).toEqual({ p: '16' })
  expect(warnings[0]).toMatchObject({
    message: 'must be text, but is the number 16 without quotes',
    hint: 'write "16": upstream refuses the whole file',
  })
})

test('a repository without an answer whether it may bring jobs has the answer of what is above it', () => {
  const { enabled, allowed_clusters } = loadTexts({
    config: 'in_repo_config: {enabled: {o: true, o/r: null}, allowed_clusters: {"*": null, o: []}}',
  }).config.in_repo_config
  expect([enabled, allowed_clusters]).toEqual([{ o: true }, { '*': ['default'], o: [] }])
  const none = loadTexts({ config: 'in_repo_config: {allowed_clusters: {"*": []}}' }).config.in_repo_config
  expect(none.allowed_clusters).toEqual({ '*': [] })
})

test('of two equal fields the last counts, and a merge goes over what stands before it', () => {
  const { config, warnings } = loadTexts({
    config:
      'prow_ignored: &base {pod_namespace: merged}\npod_namespace: before\n<<: *base\nlog_level: info\nlog_level: debug\n',
  })
  expect([config.pod_namespace, config.log_level]).toEqual(['merged', 'debug'])
  expect(warnings.map(({ code }) => code)).toEqual(['CONFIG_DUPLICATE_KEY'])
})

test('fields are spelled in any case; all in lower case goes before the others', () => {
  const text =
    'periodics:\n- {Name: x, NAME: y, name: j, INTERVAL: 1h, Spec: {Containers: [{Image: i, Command: [c]}]}}\n'
  expect(loadTexts({ config: text }).config.periodics[0]).toMatchObject({
    name: 'j',
    interval: 3_600_000,
    spec: { containers: [{ image: 'i', command: ['c'] }] },
  })
})

test.each<[why: string, text: string, namespace: string]>([
  ['octal', '0755', '493'],
  ['a float without fraction', '1e3', '1000'],
  ['a date', '2020-01-02', '2020-01-02'],
  ['base 60', '1:30', '1:30'],
  ['an answer', 'yes', 'true'],
  ['a quoted answer', '"yes"', 'yes'],
])('a text that is written as %s', (_why, text, namespace) => {
  expect(loadTexts({ config: `pod_namespace: ${text}` }).config.pod_namespace).toBe(namespace)
})

test.each<[why: string, cron: string, isFine: boolean]>([
  ['a day of the month or of the week', '0 0 */10 * 1', true],
  ['a day that never comes', '0 0 31 2 *', true],
  ['a word in another case', '"@Daily"', false],
  ['a range that descends', '0 0 * * 5-1', false],
  ['every second, cut', '"@every 1500ms"', true],
  ['a zone', 'TZ=Europe/Berlin 0 9 * * *', true],
  ['a zone that is none', 'TZ=Europe/Atlantis 0 9 * * *', false],
])('cron: %s', (_why, cron, isFine) => {
  const text = `periodics: [{name: j, cron: ${cron}, ${pod}}]`
  expect(errorsIn({ config: text })).toEqual(isFine ? [] : ['JOB_CRON periodics[0].cron'])
})

test.each<[why: string, template: string, isFine: boolean]>([
  ['a label that is not there', '{{.ObjectMeta.Labels.x}}', true],
  ['the same by index', '{{index .ObjectMeta.Labels "x"}}', true],
  ['the first of no refs', '{{index .Spec.ExtraRefs 0}}', false],
])('a Slack template with %s', (_why, template, isFine) => {
  const text = `slack_reporter_configs: {o: {channel: c, report_template: '${template}'}}`
  expect(errorsIn({ config: text })).toEqual(isFine ? [] : ['TEMPLATE_SYNTAX slack_reporter_configs.o.report_template'])
})

test.each([
  ['{{.ObjectMeta.Labels.x}}', '<no value>'],
  ['{{index .ObjectMeta.Labels "x"}}', ''],
  ['{{if .Spec.Refs}}{{printf "%.7s" .Spec.Refs.BaseSHA}}{{end}}', ''],
])('%s of a ProwJob without content', (template, output) => expect(renderForJob(template, emptyJob)).toBe(output))

test('a file among the jobs that holds something else', () => {
  expect(warningsIn({ jobs: 'labels: {default: []}\nother: 1\n' })).toEqual([
    'UNKNOWN_FIELD labels',
    'UNKNOWN_FIELD other',
  ])
  expect(warningsIn({ jobs: '' })).toEqual([])
})

test.each<[why: string, maps: string, wrong: string[]]>([
  ['one key', 'a/x: {name: c}, b/x: {name: c}', ['PLUGIN_SETTING config_updater.maps["b/x"]']],
  ['of two clusters', 'a/x: {name: c}, b/x: {name: c, clusters: {other: [""]}}', []],
  ['by its own name', 'a/x: {name: c}, b/y: {name: c, key: x}', ['PLUGIN_SETTING config_updater.maps["b/y"]']],
  [
    'with whole paths as keys',
    'a/x: {name: c, use_full_path_as_key: true}, b/x: {name: c, use_full_path_as_key: true}',
    ['PLUGIN_SETTING config_updater.maps["b/x"]'],
  ],
  [
    'among partitions',
    'a/x: {partitioned_names: [c, d]}, b/x: {name: d}',
    ['PLUGIN_SETTING config_updater.maps["b/x"]'],
  ],
])('two files of %s', (_why, maps, wrong) => {
  expect(errorsIn({ plugins: `plugins: {o: {plugins: [hold]}}\nconfig_updater: {maps: {${maps}}}` })).toEqual(wrong)
})

test('more ConfigMaps than one file may be spread over', () => {
  const names = Array.from({ length: 257 }, (_, index) => `c${index}`)
  const updater = (parts: readonly string[]) =>
    `plugins: {o: {plugins: [hold]}}\nconfig_updater: {maps: {a: {partitioned_names: [${parts.join()}]}}}`
  expect(errorsIn({ plugins: updater(names) })).toEqual(['PLUGIN_SETTING config_updater.maps.a.partitioned_names'])
  expect(errorsIn({ plugins: updater(names.slice(1)) })).toEqual([])
})

test('a file with more problems than anybody reads, and one with values of megabytes', () => {
  const jobs = `periodics:\n${'- {}\n'.repeat(2_000)}`
  const problems = errorsIn({ jobs })
  expect([problems.length, problems.at(-1)]).toEqual([1_001, 'TOO_MANY '])
  // Warnings do not take the places of errors.
  const unknown = Array.from({ length: 2_000 }, (_, index) => `x${index}: 1\n`).join('')
  expect(errorsIn({ config: `${unknown}log_level: loud\n` })).toEqual(['CHOICE log_level'])
  expect(() => loadTexts({ config: `log_level: ${'x'.repeat(1_000_000)}` })).toThrow(/^.{500,2000}$/)
})
