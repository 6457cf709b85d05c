// Where the values of jobs come from: one row per kind of origin, and every value of the Kubernetes project's jobs.
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { formatDurationNs, parseDurationNs } from '../../config/durations.ts'
import { ConfigError } from '../../config/errors.ts'
import { asMap } from '../../config/fields.ts'
import { canonicalQuantity } from '../../config/quantities.ts'
import { parseYaml } from '../../config/yaml.ts'
import { sharedData } from '../../testing/shared.ts'
import { allJobs } from '../all-jobs.ts'
import { type Reading, readConfiguration, readingOf } from '../reading.ts'
import { type Explanation, explainJobs, type Wanted } from './explain.ts'

function explain({ snapshot, files, problems }: Reading, wanted: Wanted = () => true): readonly Explanation[] {
  if (snapshot === undefined || files.main === undefined) throw new ConfigError(problems)
  return explainJobs(snapshot.config, { main: files.main, jobs: files.jobs }, wanted)
}

const main = `pod_namespace: test-pods
decorate_all_jobs: true
plank:
  default_decoration_config_entries:
  - config: &all
      timeout: 2h
      grace_period: 15s
      utility_images: {clonerefs: c, initupload: i, entrypoint: e, sidecar: s}
      gcs_configuration: {bucket: b, path_strategy: explicit, mediaTypes: {log: text/plain}}
  - repo: o
    config: {timeout: 2h, gcs_configuration: {mediaTypes: {log: text/plain, xml: text/xml}}}
  - {repo: o/r, cluster: big, config: {Timeout: 4h}}
  - {repo: other, config: {timeout: 9h}}
prowjob_default_entries:
- {repo: '*', config: {tenant_id: all}}
- {cluster: big, config: {resultstore_config: {project_id: p}}}
presets:
- labels: {preset-key: "true"}
  env: [{name: KEY, value: 1}]
`
const jobs = `presets:
- volumes: [{name: v, emptyDir: {}}]
  volumeMounts: [{name: v, mountPath: /v}]
prow_ignored:
  base: &base
    labels: {preset-key: "true"}
    cluster: big
    max_concurrency: 3
    spec: &spec
      containers:
      - image: golang
        command: [make, null]
        env: [{name: OWN, value: x}]
presubmits:
  o/r:
  - <<: *base
    name: unit
    max_concurrency: 5
    always_run: true
    decoration_config: {grace_period: 1m}
  - {name: bare, spec: *spec, namespace: "", decorate: false, hidden: false, optional: }
periodics:
- {name: nightly, Interval: 24h, spec: *spec, retry: {attempts: 2, interval: 60s}}
`
const reading = readingOf({ main: { file: 'config.yaml', text: main }, jobs: [{ file: 'jobs.yaml', text: jobs }] }, 0)
const row = (name: string, path: string) => {
  const [job] = explain(reading, (_type, { raw }) => raw.name === name)
  const found = job?.values.find((each) => each.path.join('.') === path)
  if (found === undefined) throw new Error(`${path} is none of ${job?.values.map((each) => each.path.join('.'))}`)
  const { from, what, place } = found.origin
  return [found.value, [place && `${place.file}:${place.line}`, from, what].filter(Boolean).join(' ')]
}

const container = 'spec.containers.0'
test.each<[why: string, job: string, path: string, value: unknown, origin: string]>([
  ["the job's own line", 'unit', 'name', 'unit', 'jobs.yaml:17 job'],
  ['a merged map', 'unit', 'cluster', 'big', 'jobs.yaml:7 job'],
  ['over a merged map', 'unit', 'max_concurrency', 5, 'jobs.yaml:18 job'],
  ['an alias in a merged map', 'unit', `${container}.image`, 'golang', 'jobs.yaml:11 job'],
  ['an empty item', 'unit', `${container}.command.1`, '', 'jobs.yaml:12 job'],
  ['what reading fills in', 'unit', `${container}.name`, '', 'built-in default'],
  ['a setting that is absent', 'unit', 'optional', false, 'built-in default'],
  ['a setting that is empty', 'bare', 'optional', false, 'built-in default'],
  ['a default that is written out', 'bare', 'hidden', false, 'jobs.yaml:21 job'],
  ['made of the name', 'unit', 'context', 'unit', 'built-in default made of the name'],
  ['the main file', 'unit', 'namespace', 'test-pods', 'config.yaml:1 main configuration pod_namespace'],
  ['an empty text is none', 'bare', 'namespace', 'test-pods', 'config.yaml:1 main configuration pod_namespace'],
  ['decorate_all_jobs', 'unit', 'decorate', true, 'config.yaml:2 main configuration decorate_all_jobs'],
  ['over decorate_all_jobs', 'bare', 'decorate', false, 'jobs.yaml:21 job'],
  ["the job's own variable", 'unit', `${container}.env.0.name`, 'OWN', 'jobs.yaml:13 job'],
  ["a preset's", 'unit', `${container}.env.1.value`, '1', 'config.yaml:19 preset preset-key: "true"'],
  ['a preset for all', 'bare', 'spec.volumes.0.emptyDir', {}, 'jobs.yaml:2 preset without labels'],
  [
    'an entry for org, repository and cluster',
    'unit',
    'decoration_config.timeout',
    '4h0m0s',
    'config.yaml:12 decoration default default_decoration_config_entries[2], for repository o/r in cluster big',
  ],
  ['over all entries', 'unit', 'decoration_config.grace_period', '1m0s', 'jobs.yaml:20 job'],
  [
    'an entry for all',
    'unit',
    'decoration_config.utility_images.sidecar',
    's',
    'config.yaml:8 decoration default default_decoration_config_entries[0], for all jobs',
  ],
  [
    'of media types the lower entry holds',
    'unit',
    'decoration_config.gcs_configuration.mediaTypes.log',
    'text/plain',
    'config.yaml:9 decoration default default_decoration_config_entries[0], for all jobs',
  ],
  [
    'and the other is for the rest',
    'unit',
    'decoration_config.gcs_configuration.mediaTypes.xml',
    'text/xml',
    'config.yaml:11 decoration default default_decoration_config_entries[1], for org o',
  ],
  [
    'a prowjob default',
    'unit',
    'prowjob_defaults.tenant_id',
    'all',
    'config.yaml:15 prowjob default prowjob_default_entries[0], for all jobs',
  ],
  [
    'for a cluster',
    'unit',
    'prowjob_defaults.resultstore_config.project_id',
    'p',
    'config.yaml:16 prowjob default prowjob_default_entries[1], for cluster big',
  ],
  ['a duration', 'nightly', 'interval', '24h0m0s', 'jobs.yaml:23 job'],
  ['a duration further in', 'nightly', 'retry.interval', '1m0s', 'jobs.yaml:23 job'],
  ['a default further in', 'nightly', 'retry.run_all', false, 'built-in default'],
])('%s', (_why, job, path, value, origin) => expect(row(job, path)).toEqual([value, origin]))

test('the older map of decoration configs', () => {
  const text = `plank:
  default_decoration_configs:
    o/r: {timeout: 1h}
    o: {timeout: 3h}
    "*":
      utility_images: {clonerefs: c, initupload: i, entrypoint: e, sidecar: s}
      gcs_configuration: {bucket: b, path_strategy: explicit}
`
  const older = readingOf(
    {
      main: { file: 'config.yaml', text },
      jobs: [
        {
          file: 'j.yaml',
          text: 'presubmits: {o/r: [{name: a, decorate: true, spec: {containers: [{command: [a]}]}}]}',
        },
      ],
    },
    0,
  )
  const [job] = explain(older)
  expect(job?.values.find(({ path }) => path[1] === 'timeout')?.origin).toEqual({
    from: 'decoration default',
    what: 'default_decoration_configs["o/r"], for repository o/r',
    place: { file: 'config.yaml', line: 3, column: 20 },
  })
})

/** Paths of all values that are no map and no list, or an empty one. */
function leaves(value: unknown, path = ''): readonly string[] {
  if (value === undefined) return []
  const parts = Array.isArray(value) ? [...value.entries()] : Object.entries(asMap(value) ?? {})
  return parts.length === 0 ? [path] : parts.flatMap(([key, part]) => leaves(part, `${path}/${key}`))
}

const corpus = sharedData('k8s-test-infra') ?? ''
describe.skipIf(corpus === '')("the Kubernetes project's jobs", async () => {
  const read = async () =>
    readConfiguration({ configPath: join(corpus, 'config.yaml'), jobConfigPath: join(corpus, 'jobs') }, 0)
  const corpusReading = corpus === '' ? undefined : await read()
  const explained = corpusReading ? explain(corpusReading) : []

  test('are those that were loaded, and each of their values has one origin', () => {
    const loaded = corpusReading?.snapshot ? allJobs(corpusReading.snapshot.config) : []
    expect(explained.length).toBe(loaded.length)
    expect(loaded.length).toBeGreaterThan(3000)
    const keyOf = (source: object | undefined) => JSON.stringify(source)
    const bySource = new Map(loaded.map(({ job }) => [keyOf(job.source), job]))
    for (const { job, values } of explained) {
      const given = bySource.get(keyOf(job.source))
      expect(values.map(({ path }) => `/${path.join('/')}`)).toEqual(leaves({ ...job, source: undefined }))
      expect(leaves({ ...given, source: undefined }).toSorted()).toEqual(
        leaves({ ...job, source: undefined }).toSorted(),
      )
    }
  })

  test('and what is at the place of an origin is the value', () => {
    const lines = new Map([...(corpusReading?.texts ?? [])].map(([file, text]) => [file, text.split('\n')]))
    const wrong: string[] = []
    let places = 0
    for (const { job, values } of explained) {
      for (const { path, value, origin } of values) {
        if (origin.place === undefined) continue
        places++
        const { file, line, column } = origin.place
        const rest = (lines.get(file)?.[line - 1] ?? '').slice(column - 1).trimStart()
        if (!begins(rest, value))
          wrong.push(`${file}:${line}:${column} ${job.name} ${path.join('.')} ${value}: ${rest}`)
      }
    }
    expect(wrong.slice(0, 10)).toEqual([])
    expect(places).toBeGreaterThan(100_000)
  })
})

/** Whether a text begins with a value as it may be written. */
function begins(text: string, value: unknown): boolean {
  if (typeof value === 'object') return /^[[{]/.test(text)
  const plain = String(value)
  if (text.startsWith(plain.trimStart().split('\n')[0] ?? '')) return true
  // Of a text over several lines, or with escapes, the beginning.
  const quoted = (/^["']/.test(text) ? text.slice(1) : text).replace(/\\(["\\])/g, '$1')
  const [beginning = ''] = quoted.split(/["']|\\[tn]/)
  if (quoted.startsWith(plain) || (beginning.length > 1 && plain.startsWith(beginning.trimEnd()))) return true
  const [word = ''] = /^[^\s,}\]"']+/.exec(quoted) ?? []
  const read: unknown = parseYaml(`x: ${word}`, '').value
  return asMap(read)?.x === value || canonical(word).includes(plain)
}

function canonical(word: string): readonly string[] {
  return [() => formatDurationNs(parseDurationNs(word)), () => canonicalQuantity(word)].flatMap((read) => {
    try {
      return [read()]
    } catch {
      return []
    }
  })
}
