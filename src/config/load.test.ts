// Loading: what an empty file gives, what is read from where, and one row per rule that a configuration can break.
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sharedData } from '../testing/shared.ts'
import { ConfigError, problemText } from './errors.ts'
import { loadConfig } from './load.ts'
import type { ConfigProblem, Snapshot } from './types.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'config-load-'))
})
afterEach(() => rm(folder, { recursive: true }))

type Files = Readonly<Record<string, string | Buffer>>

async function load(files: Files): Promise<Snapshot> {
  for (const [name, content] of Object.entries({ 'config.yaml': '', ...files })) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), content)
  }
  return loadConfig({
    configPath: join(folder, 'config.yaml'),
    now: 7,
    ...('plugins.yaml' in files && { pluginConfigPath: join(folder, 'plugins.yaml') }),
    ...(Object.keys(files).some((name) => name.startsWith('jobs/')) && { jobConfigPath: join(folder, 'jobs') }),
  })
}

async function problems(files: Files): Promise<readonly ConfigProblem[]> {
  try {
    await load(files)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

const pod = 'spec: {containers: [{image: i, command: [c]}]}'
const periodic = (fields: string, spec = pod) => `periodics:\n- {name: j, interval: 1h, ${spec}, ${fields}}`
const presubmits = (...jobs: string[]) => `presubmits:\n  o/r:\n${jobs.map((job) => `  - {${pod}, ${job}}`).join('\n')}`
const postsubmits = (...jobs: string[]) => presubmits(...jobs).replace('presubmits', 'postsubmits')
const decoration = `plank:
  default_decoration_config_entries:
  - config:
      utility_images: {clonerefs: c, initupload: i, entrypoint: e, sidecar: s}
      gcs_configuration: {bucket: b, path_strategy: explicit}
`

test('an empty file is a whole configuration', async () => {
  const { config, plugins, loadedAt, warnings } = await load({ 'plugins.yaml': '' })
  expect(config).toMatchObject({
    prowjob_namespace: 'default',
    pod_namespace: 'default',
    log_level: 'info',
    github: { link_url: 'https://github.com' },
    plank: {
      max_concurrency: 0,
      max_goroutines: 20,
      pod_pending_timeout: 600_000,
      pod_running_timeout: 172_800_000,
      pod_unscheduled_timeout: 300_000,
      max_revivals: 3,
      default_decoration_config_entries: [],
    },
    sinker: {
      resync_period: 3_600_000,
      max_prowjob_age: 604_800_000,
      max_pod_age: 86_400_000,
      terminated_pod_ttl: 86_400_000,
    },
    tide: { sync_period: 60_000, status_update_period: 60_000, max_goroutines: 20, queries: [], context_options: {} },
    gerrit: { tick_interval: 60_000, ratelimit: 5 },
    horologium: { tick_interval: 60_000 },
    github_reporter: { job_types_to_report: ['presubmit', 'postsubmit'] },
    deck: {
      default_rerun_auth_configs: [],
      hidden_repos: [],
      tide_update_period: 10_000,
      spyglass: {
        size_limit: 100_000_000,
        gcs_browser_prefixes: { '*': '' },
        gcs_browser_prefixes_by_bucket: { '*': '' },
      },
    },
    moonraker: { client_timeout: 600_000 },
    push_gateway: { interval: 60_000, serve_metrics: false },
    in_repo_config: { enabled: {}, allowed_clusters: { '*': ['default'] } },
    status_error_link: 'https://github.com/kubernetes/test-infra/issues',
    'branch-protection': {},
    scheduler: { enabled: false },
    config_version_sha: '',
    presubmits: {},
    postsubmits: {},
    periodics: [],
  })
  expect(plugins).toMatchObject({
    plugins: {},
    external_plugins: {},
    triggers: [],
    lgtm: [],
    help: {
      help_guidelines_url: 'https://git.k8s.io/community/contributors/guide/help-wanted.md',
      help_guidelines_summary: '',
    },
    sections: {
      approve: [],
      blunderbuss: { request_count: 2, max_request_count: 0 },
      owners: { labels_denylist: ['approved', 'lgtm'] },
      config_updater: {
        maps: {
          'config/prow/config.yaml': { name: 'config', clusters: { default: [''] } },
          'config/prow/plugins.yaml': { name: 'plugins', clusters: { default: [''] } },
        },
      },
      golint: { minimum_confidence: 0.8 },
      cherry_pick_unapproved: { branchregexp: '^release-.*$' },
    },
  })
  expect([loadedAt, warnings]).toEqual([7, []])
})

test('the scheduler and the cluster status file', async () => {
  const { config } = await load({
    'config.yaml': `scheduler:
  enabled: true
  failover: {mappings: {a: b}}
  external: {url: 'http://x/', cache: {entry_timeout_interval: 1m, cleanup_interval: 2h}}
plank: {build_cluster_status_file: 'gs://b/f.json'}`,
  })
  expect(config.scheduler).toEqual({
    enabled: true,
    failover: { mappings: { a: 'b' } },
    external: { url: 'http://x/', cache: { entry_timeout_interval: 60_000, cleanup_interval: 7_200_000 } },
  })
  expect(config.plank.build_cluster_status_file).toBe('gs://b/f.json')
})

describe('files', () => {
  const named = async (files: Files) => (await load(files)).config.periodics.map(({ name }) => name)
  const jobs = (name: string) => periodic('max_concurrency: 1').replace('name: j', `name: ${name}`)

  test('jobs of the main file, then of the tree in lexical order, with their places', async () => {
    const { config } = await load({
      'config.yaml': jobs('main'),
      'jobs/b.yml': jobs('b'),
      'jobs/a/x.yaml': jobs('a'),
      'jobs/README': 'no: yaml: here',
      'jobs/..data/hidden.yaml': jobs('hidden'),
      'jobs/other.yaml': 'labels: {default: []}',
      'jobs/empty.yaml': '# nothing\n',
    })
    expect(config.periodics.map(({ name }) => name)).toEqual(['main', 'a', 'b'])
    expect(config.periodics[1]?.source).toEqual({ file: join(folder, 'jobs/a/x.yaml'), line: 2, column: 3 })
  })
  test('two files of one name', async () => {
    const [problem, ...others] = await problems({ 'jobs/a/jobs.yaml': jobs('a'), 'jobs/b/jobs.yaml': jobs('b') })
    expect([problem?.code, others]).toEqual(['CONFIG_DUPLICATE_FILE', []])
    expect(problem?.place?.file).toBe(join(folder, 'jobs/b/jobs.yaml'))
  })
  test.each<[why: string, files: Files, want: string[]]>([
    ['a folder', { 'jobs/.prowignore': 'sub/\n' }, ['a']],
    ['from inside', { 'jobs/sub/.prowignore': '*.yaml\n' }, ['a']],
    ['a path', { 'jobs/.prowignore': '/sub/b.yaml\n' }, ['a']],
    ['two stars', { 'jobs/.prowignore': '**/b.yaml\n' }, ['a']],
    ['the last pattern wins', { 'jobs/.prowignore': '*.yaml\n!b.yaml\n' }, ['b']],
    ['the nearest file wins', { 'jobs/.prowignore': '*.yaml\n', 'jobs/sub/.prowignore': '!*\n' }, ['b']],
    ['a comment', { 'jobs/.prowignore': '#*.yaml\n\n' }, ['a', 'b']],
  ])('.prowignore: %s', async (_why, files, want) => {
    expect(await named({ 'jobs/a.yaml': jobs('a'), 'jobs/sub/b.yaml': jobs('b'), ...files })).toEqual(want)
  })
  test('links to files are read', async () => {
    await mkdir(join(folder, 'jobs'))
    await writeFile(join(folder, 'elsewhere'), jobs('linked'))
    await symlink(join(folder, 'elsewhere'), join(folder, 'jobs/a.yaml'))
    expect(await named({ 'jobs/b.yaml': jobs('b') })).toEqual(['linked', 'b'])
  })
  test('gzip, whatever the name', async () => {
    expect(await named({ 'jobs/a.yaml': gzipSync(jobs('a')) })).toEqual(['a'])
  })
  test('supplemental files, by the end of their paths', async () => {
    const queries = (org: string) => `tide: {queries: [{orgs: [${org}]}]}`
    const written = {
      'config.yaml': queries('main'),
      'plugins.yaml': 'plugins: {o: {plugins: [hold]}}',
      'more/a/x_prowconfig.yaml': queries('a'),
      'more/b_prowconfig.yaml': gzipSync(queries('b')),
      'more/..data/c_prowconfig.yaml': queries('hidden'),
      'more/other.yaml': queries('other'),
      'more/p_pluginconfig.yaml': 'plugins: {p: {plugins: [hold]}}',
    }
    await load(written)
    const read = async (suffixes: { supplementalConfigSuffix?: string; supplementalPluginSuffix?: string } = {}) => {
      const dirs = { supplementalConfigDirs: [join(folder, 'more')], supplementalPluginDirs: [join(folder, 'more')] }
      const [configPath, pluginConfigPath] = [join(folder, 'config.yaml'), join(folder, 'plugins.yaml')]
      const { config, plugins } = await loadConfig({ configPath, pluginConfigPath, ...dirs, ...suffixes, now: 0 })
      return [config.tide.queries.flatMap(({ orgs = [] }) => orgs), Object.keys(plugins.plugins)]
    }
    const [main, a, b] = ['main', 'a', 'b']
    expect(await read()).toEqual([
      [main, a, b],
      ['o', 'p'],
    ])
    expect(await read({ supplementalConfigSuffix: 'other.yaml', supplementalPluginSuffix: '' })).toEqual([
      [main, 'other'],
      ['o'],
    ])
  })
  test('a missing folder of supplemental files', async () => {
    await load({})
    const dirs = { supplementalConfigDirs: [join(folder, 'none')] }
    await expect(loadConfig({ configPath: join(folder, 'config.yaml'), ...dirs, now: 0 })).rejects.toThrow(
      'none:1:1: cannot',
    )
  })
  test('VERSION beside the main file', async () => {
    const { config } = await load({ 'config.yaml': 'config_version_sha: x', VERSION: 'some-git-sha' })
    expect(config.config_version_sha).toBe('some-git-sha')
  })
  test.each<[why: string, files: Files, code: string, text: string]>([
    ['no YAML', { 'config.yaml': 'a: [1,\nb: }' }, 'CONFIG_YAML', ':2:1: is not valid YAML'],
    ['a list', { 'config.yaml': '[1]' }, 'CONFIG_NOT_A_MAP', 'must be a map'],
    ['plugins that are a text', { 'plugins.yaml': 'x' }, 'CONFIG_NOT_A_MAP', 'must be a map'],
    ['a job file that is no YAML', { 'jobs/a.yaml': 'a: [' }, 'CONFIG_YAML', 'jobs/a.yaml:'],
  ])('%s', async (_why, files, code, text) => {
    expect((await problems(files)).map((problem) => problem.code)).toEqual([code])
    await expect(load(files)).rejects.toThrow(text)
  })
  test('a missing file', async () => {
    await expect(loadConfig({ configPath: join(folder, 'no.yaml'), now: 0 })).rejects.toThrow(
      'no.yaml:1:1: cannot be read: it does not exist',
    )
  })
  test('the folder instead of the file', async () => {
    await expect(loadConfig({ configPath: folder, now: 0 })).rejects.toThrow('is a directory')
  })
  test('everything that is wrong is told at once', async () => {
    const found = await problems({
      'config.yaml': 'log_level: loud\nsinker: {resync_period: 3, max_pod_age: soon}',
      'jobs/a.yaml': `${periodic('cluster: [1]')}\npresubmits: 3`,
      'jobs/b.yaml': '{',
    })
    expect(found.map(({ field, place }) => `${place?.file.slice(folder.length + 1)}:${place?.line} ${field}`)).toEqual([
      'jobs/b.yaml:1 ',
      'config.yaml:2 sinker.resync_period',
      'config.yaml:2 sinker.max_pod_age',
      'config.yaml:1 log_level',
      'jobs/a.yaml:3 presubmits',
      'jobs/a.yaml:2 periodics[0].cluster',
    ])
  })
})

describe('what is wrong', () => {
  test.each<[why: string, text: string, code: string, field: string]>([
    ['a quoted boolean', periodic('hidden: "true"'), 'TYPE', 'periodics[0].hidden'],
    ['a quoted number', periodic('max_concurrency: "1"'), 'TYPE', 'periodics[0].max_concurrency'],
    ['a map for a list', periodic('extra_refs: {org: o}'), 'TYPE', 'periodics[0].extra_refs'],
    ['a fraction', periodic('max_concurrency: 1.5'), 'TYPE', 'periodics[0].max_concurrency'],
    ['negative concurrency of plank', 'plank: {max_concurrency: -1}', 'NEGATIVE', 'plank.max_concurrency'],
    ['a number as timeout', 'plank: {pod_pending_timeout: 600000000000}', 'TYPE', 'plank.pod_pending_timeout'],
    [
      'a prefix with a blank in its host',
      'plank: {job_url_prefix_config: {o: "http://a b"}}',
      'URL',
      'plank.job_url_prefix_config.o',
    ],
    [
      'both forms of decoration defaults',
      'plank: {default_decoration_configs: {}, default_decoration_config_entries: []}',
      'EXCLUSIVE',
      'plank.default_decoration_config_entries',
    ],
    [
      'a strategy for paths that is none, once for all jobs',
      `${decoration.replace('explicit', 'x')}${periodic('decorate: true')}`,
      'CHOICE',
      'plank.default_decoration_config_entries[0].config.gcs_configuration.path_strategy',
    ],
    [
      'a bucket that is none, in the older form',
      `plank: {default_decoration_configs: {o: {gcs_configuration: {bucket: "://x"}}}}`,
      'URL',
      'plank.default_decoration_configs.o.gcs_configuration.bucket',
    ],
    [
      'both forms of report templates',
      'plank: {report_template: a, report_templates: {"*": b}}',
      'EXCLUSIVE',
      'plank.report_templates',
    ],
    ['a template that does not parse', 'plank: {job_url_template: "{{if}}"}', 'TEMPLATE', 'plank.job_url_template'],
    ['a field that no job has', 'plank: {job_url_template: "{{.Spec.Name}}"}', 'TEMPLATE', 'plank.job_url_template'],
    [
      'such a field where ordinary jobs do not lead',
      'plank: {job_url_template: "{{if .Spec.Hidden}}{{else if .Spec.PodSpec}}{{.Spec.Refs.Sha}}{{end}}"}',
      'TEMPLATE',
      'plank.job_url_template',
    ],
    [
      'a broken report template',
      'plank: {report_templates: {o/r: "{{.Foo}}"}}',
      'TEMPLATE',
      'plank.report_templates["o/r"]',
    ],
    ['a broken one of the older form', 'plank: {report_template: "{{"}', 'TEMPLATE', 'plank.report_template'],
    [
      'a type that is not reported',
      'github_reporter: {job_types_to_report: [all]}',
      'CHOICE',
      'github_reporter.job_types_to_report[0]',
    ],
    ['a link that is no URL', 'github: {link_url: "://x"}', 'URL', 'github.link_url'],
    [
      'a rerun rule against itself',
      'deck: {default_rerun_auth_configs: [{rerun_auth_configs: {allow_anyone: true, github_orgs: [x]}}]}',
      'RERUN_AUTH',
      'deck.default_rerun_auth_configs[0]',
    ],
    [
      'the older form of rerun rules',
      'deck: {rerun_auth_configs: {o: {allow_anyone: true, github_users: [x]}}}',
      'RERUN_AUTH',
      'deck.rerun_auth_configs.o',
    ],
  ])('%s', async (_why, text, code, field) => {
    expect(await problems({ 'config.yaml': text })).toMatchObject([{ code: `CONFIG_${code}`, field }])
  })

  test.each<[why: string, fields: string, code: string | undefined, field?: string]>([
    ['a good job', '', undefined],
    ['a name with a slash', 'name: a/b', 'JOB_NAME', 'name'],
    ['a name that leads elsewhere', 'name: ..', 'JOB_NAME', 'name'],
    ['a name of Jenkins that does', 'name: a/../b, agent: jenkins, spec: null', 'JOB_NAME', 'name'],
    ['a name of Jenkins', 'name: folder/job, agent: jenkins, spec: null', undefined],
    ['a name of Jenkins that ends badly', 'name: job., agent: jenkins, spec: null', 'JOB_NAME', 'name'],
    ['negative concurrency', 'max_concurrency: -1', 'NEGATIVE', 'max_concurrency'],
    ['a spec for Jenkins', 'agent: jenkins', 'JOB_AGENT', 'agent'],
    ['no spec', 'spec: null', 'JOB_NO_SPEC'],
    ['a pipeline without Tekton', 'pipeline_run_spec: {}', 'JOB_AGENT', 'agent'],
    ['Tekton without pipeline', 'spec: null, agent: tekton-pipeline, tekton_pipeline_run_spec: {}', 'JOB_NO_SPEC'],
    ['Tekton', 'spec: null, agent: tekton-pipeline, tekton_pipeline_run_spec: {v1beta1: {}}, namespace: x', undefined],
    ['a decorated job of Jenkins', 'spec: null, agent: jenkins, decoration_config: {}', 'JOB_AGENT', 'agent'],
    ['error_on_eviction for Jenkins', 'spec: null, agent: jenkins, error_on_eviction: true', 'JOB_AGENT', 'agent'],
    ['another namespace', 'namespace: x', 'JOB_NAMESPACE', 'namespace'],
    ['a bad label key', 'labels: {_x: y}', 'JOB_LABEL', 'labels._x'],
    ['a bad label value', 'labels: {x: _y}', 'JOB_LABEL', 'labels.x'],
    ['a reserved label', 'labels: {created-by-prow: "true"}', 'JOB_LABEL_RESERVED', 'labels.created-by-prow'],
    ['an unquoted label value', 'labels: {preset-x: true}', undefined],
    ['a bad annotation key', 'annotations: {"a/b/c": d}', 'JOB_LABEL', 'annotations["a/b/c"]'],
    ['an unknown queue', 'job_queue_name: q', 'JOB_QUEUE_UNKNOWN', 'job_queue_name'],
    [
      'a rerun rule against itself',
      'rerun_auth_config: {allow_anyone: true, github_orgs: [x]}',
      'RERUN_AUTH',
      'rerun_auth_config',
    ],
    ['decorated without images', 'decorate: true', 'DECORATION_IMAGES', 'decoration_config.utility_images'],
    [
      'a decoration that nobody merges',
      'decoration_config: {timeout: 1h}',
      'DECORATION_IMAGES',
      'decoration_config.utility_images',
    ],
    ['two schedules', 'minimum_interval: 1h', 'JOB_SCHEDULE'],
    ['no schedule', 'interval: null', 'JOB_SCHEDULE'],
    ['a schedule that is no duration', 'interval: 1d', 'DURATION', 'interval'],
    ['cron', 'interval: null, cron: "05 15 * * 1-5"', undefined],
    ['cron with seconds', 'interval: null, cron: "0 05 15 * * 1-5"', undefined],
    ['cron that is none', 'interval: null, cron: hello', 'JOB_CRON', 'cron'],
    ['cron on weekday 7', 'interval: null, cron: "* * * * 7"', 'JOB_CRON', 'cron'],
    ['retry without interval', 'retry: {attempts: 1}', 'DURATION', 'retry.interval'],
    ['retry', 'retry: {attempts: 1, interval: 5m}', undefined],
    [
      'a timeout in nanoseconds',
      'decoration_config: {timeout: 7200000000000}, decorate: false',
      'DECORATION_IMAGES',
      'decoration_config.utility_images',
    ],
  ])('a periodic: %s', async (_why, fields, code, field) => {
    const path = field === undefined ? 'periodics[0]' : `periodics[0].${field}`
    const want = code === undefined ? [] : [{ code: `CONFIG_${code}`, field: path }]
    expect(await problems({ 'config.yaml': periodic(fields) })).toMatchObject(want)
  })

  test.each<[why: string, spec: string, code: string | undefined, field?: string]>([
    ['no container', 'containers: []', 'POD_CONTAINERS', 'containers'],
    ['several, undecorated', 'containers: [{name: a}, {name: b}]', 'POD_CONTAINERS', 'containers'],
    ['an init container', 'containers: [{}], initContainers: [{name: x}]', 'POD_INIT_CONTAINER', 'initContainers[0]'],
    ['a native sidecar', 'containers: [{}], initContainers: [{name: x, restartPolicy: Always}]', undefined],
    ['a reserved variable', 'containers: [{env: [{name: JOB_NAME}]}]', 'POD_ENV', 'containers[0].env[0]'],
    ['a variable of other jobs', 'containers: [{env: [{name: PULL_NUMBER}, {name: ARTIFACTS}]}]', undefined],
    ['a variable twice', 'containers: [{env: [{name: A}, {name: A}]}]', 'POD_ENV', 'containers[0].env[1]'],
    ['a reserved volume', 'containers: [{}], volumes: [{name: logs}]', 'POD_VOLUME', 'volumes[0]'],
    ['a volume twice', 'containers: [{}], volumes: [{name: a}, {name: a}]', 'POD_VOLUME', 'volumes[1]'],
    [
      'a mount of nothing',
      'containers: [{volumeMounts: [{name: a, mountPath: /a}]}]',
      'POD_MOUNT',
      'containers[0].volumeMounts[0]',
    ],
    ['a mount of credentials', 'containers: [{volumeMounts: [{name: gcs-credentials, mountPath: /a}]}]', undefined],
    [
      'a mount of logs',
      'containers: [{volumeMounts: [{name: logs, mountPath: /a}]}]',
      'POD_MOUNT',
      'containers[0].volumeMounts[0]',
    ],
    [
      'over a path of ours',
      'volumes: [{name: a}], containers: [{volumeMounts: [{name: a, mountPath: /tools}]}]',
      'POD_MOUNT',
      'containers[0].volumeMounts[0]',
    ],
    [
      'above a path of ours',
      'volumes: [{name: a}], containers: [{volumeMounts: [{name: a, mountPath: /home/prow}]}]',
      undefined,
    ],
    [
      'below a path of ours',
      'volumes: [{name: a}], containers: [{volumeMounts: [{name: a, mountPath: /logs/extra}]}]',
      undefined,
    ],
    ['a container that is a text', 'containers: [x]', 'TYPE', 'containers[0]'],
    [
      'a quantity that is none',
      'containers: [{resources: {limits: {memory: 1 GB}}}]',
      'QUANTITY',
      'containers[0].resources.limits.memory',
    ],
  ])('a Pod: %s', async (_why, spec, code, field) => {
    const found = await problems({ 'config.yaml': periodic('', `spec: {${spec}}`) })
    const want = code === undefined ? [] : [{ code: `CONFIG_${code}`, field: `periodics[0].spec.${field}` }]
    expect(found).toMatchObject(want)
  })

  test.each<[why: string, fields: string, code: string | undefined, field?: string]>([
    ['a good one', '', undefined],
    ['no command', 'spec: {containers: [{image: i}]}', 'POD_COMMAND', 'spec.containers[0]'],
    ['several containers', 'spec: {containers: [{name: a, args: [x]}, {name: b, args: [x]}]}', undefined],
    [
      'of one name',
      'spec: {containers: [{name: a, args: [x]}, {name: a, args: [x]}]}',
      'POD_CONTAINERS',
      'spec.containers[1].name',
    ],
    [
      'without name',
      'spec: {containers: [{args: [x]}, {name: a, args: [x]}]}',
      'POD_CONTAINERS',
      'spec.containers[0].name',
    ],
    [
      'named like a utility',
      'spec: {containers: [{name: sidecar, args: [x]}, {name: a, args: [x]}]}',
      'POD_CONTAINERS',
      'spec.containers[0].name',
    ],
    [
      'a bucket that leads elsewhere',
      'decoration_config: {gcs_configuration: {bucket: "file:///a/../b"}}',
      'DECORATION_PATH',
      'decoration_config.gcs_configuration.bucket',
    ],
    [
      'a prefix that leads elsewhere',
      'decoration_config: {gcs_configuration: {path_prefix: "../x"}}',
      'DECORATION_PATH',
      'decoration_config.gcs_configuration.path_prefix',
    ],
    [
      'a bucket that is no URL',
      'decoration_config: {gcs_configuration: {bucket: "://b"}}',
      'URL',
      'decoration_config.gcs_configuration.bucket',
    ],
    [
      'a strategy that is none',
      'decoration_config: {gcs_configuration: {path_strategy: x}}',
      'CHOICE',
      'decoration_config.gcs_configuration.path_strategy',
    ],
    [
      'a strategy without org',
      'decoration_config: {gcs_configuration: {path_strategy: single}}',
      'DECORATION_STRATEGY',
      'decoration_config.gcs_configuration.path_strategy',
    ],
    [
      'a media type that is none',
      'decoration_config: {gcs_configuration: {mediaTypes: {log: text/}}}',
      'MEDIA_TYPE',
      'decoration_config.gcs_configuration.mediaTypes.log',
    ],
    [
      'a media type',
      'decoration_config: {gcs_configuration: {mediaTypes: {log: text/plain; charset=utf-8}}}',
      undefined,
    ],
    [
      'both ways to clone',
      'decoration_config: {oauth_token_secret: {name: a}, ssh_key_secrets: [b]}',
      'EXCLUSIVE',
      'decoration_config',
    ],
    ['a clone URI of SSH', 'clone_uri: "git@github.com:o/r"', undefined],
    ['a clone URI with a bad host', 'clone_uri: "git@my_host:o/r"', 'URL', 'clone_uri'],
    ['a relative clone URI', 'clone_uri: org/repo', undefined],
    [
      'a clone URI that no token is for',
      'clone_uri: "ssh://x/y", decoration_config: {oauth_token_secret: {name: a}}',
      'JOB_CLONE_SCHEME',
      'clone_uri',
    ],
    [
      'a volume of the token',
      'decoration_config: {oauth_token_secret: {name: a}}, spec: {containers: [{args: [x]}], volumes: [{name: a}]}',
      'POD_VOLUME',
      'spec.volumes[0]',
    ],
    ['a timeout in nanoseconds', 'decoration_config: {timeout: 7200000000000, grace_period: "0"}', undefined],
    [
      'another timeout in nanoseconds',
      'decoration_config: {pod_pending_timeout: 1}',
      'TYPE',
      'decoration_config.pod_pending_timeout',
    ],
  ])('a decorated periodic: %s', async (_why, fields, code, field) => {
    const found = await problems({ 'config.yaml': `${decoration}${periodic(`decorate: true, ${fields}`)}` })
    const want = code === undefined ? [] : [{ code: `CONFIG_${code}`, field: `periodics[0].${field}` }]
    expect(found).toMatchObject(want)
  })

  const at = (field: string, index = 0) => `presubmits["o/r"][${index}]${field}`
  test.each<[why: string, jobs: string[], code: string | undefined, fields?: string[]]>([
    ['same name, other branches', ['name: a, branches: [main]', 'name: a, context: b, branches: [dev]'], undefined],
    ['same name', ['name: a', 'name: a'], 'JOB_DUPLICATE', [at('.name', 1)]],
    [
      'same context',
      ['name: a, context: c', 'name: b, context: c'],
      'JOB_SAME_CONTEXT',
      [at('.context'), at('.context', 1)],
    ],
    [
      'same context, though neither is reported',
      ['name: a, context: c, skip_report: true', 'name: b, context: c, skip_report: true'],
      'JOB_SAME_CONTEXT',
      [at('.context'), at('.context', 1)],
    ],
    [
      'same context, other branches',
      ['name: a, context: c, branches: [x]', 'name: b, context: c, skip_branches: [x]'],
      undefined,
    ],
    [
      'a reserved variable',
      ['name: a, spec: {containers: [{env: [{name: PULL_NUMBER}]}]}'],
      'POD_ENV',
      [at('.spec.containers[0].env[0]')],
    ],
    ['always, but by files', ['name: a, always_run: true, run_if_changed: x'], 'EXCLUSIVE', [at('.run_if_changed')]],
    ['two patterns of files', ['name: a, run_if_changed: x, skip_if_only_changed: x'], 'EXCLUSIVE', [at('')]],
    ['a trigger only', ['name: a, trigger: x'], 'JOB_TRIGGER', [at('')]],
    ['a command only', ['name: a, rerun_command: x'], 'JOB_TRIGGER', [at('')]],
    [
      'a command that starts something else',
      ['name: a, trigger: x, rerun_command: y'],
      'JOB_RERUN_COMMAND',
      [at('.rerun_command')],
    ],
    ['a trigger that is no pattern', ['name: a, trigger: "(", rerun_command: y'], 'REGEXP', [at('.trigger')]],
    ['branches that are no pattern', ['name: a, branches: [ok, "(?=x)"]'], 'REGEXP', [at('.branches[1]')]],
    ['files that are no pattern', ['name: a, run_if_changed: "*"'], 'REGEXP', [at('.run_if_changed')]],
    [
      'a vote that is not reported',
      ['name: a, skip_report: true, labels: {prow.k8s.io/gerrit-report-label: x}'],
      'JOB_SKIPPED_VOTE',
      [at('.skip_report')],
    ],
  ])('presubmits: %s', async (_why, jobs, code, fields = []) => {
    const found = await problems({ 'config.yaml': presubmits(...jobs) })
    expect(found.map((problem) => [problem.code, problem.field])).toEqual(
      fields.map((field) => [`CONFIG_${code}`, field]),
    )
  })

  test.each<[why: string, jobs: string[], code: string | undefined]>([
    ['always, but by files', ['name: a, always_run: true, run_if_changed: x'], 'EXCLUSIVE'],
    ['never, but by files', ['name: a, always_run: false, run_if_changed: x'], undefined],
    ['same name', ['name: a', 'name: a'], 'JOB_DUPLICATE'],
  ])('postsubmits: %s', async (_why, jobs, code) => {
    const found = await problems({ 'config.yaml': postsubmits(...jobs) })
    expect(found.map((problem) => problem.code)).toEqual(code === undefined ? [] : [`CONFIG_${code}`])
  })

  test('two periodics of one name', async () => {
    const text = `${periodic('')}\n- {name: j, interval: 1h, ${pod}}`
    expect(await problems({ 'config.yaml': text })).toMatchObject([
      { code: 'CONFIG_JOB_DUPLICATE', field: 'periodics[1].name' },
    ])
  })

  test('a problem says where it is and what to do', async () => {
    await expect(load({ 'jobs/a.yaml': `\n${periodic('job_queue_name: q')}` })).rejects.toThrow(
      `${join(folder, 'jobs/a.yaml')}:3:91: periodics[0].job_queue_name: queue "q" is not in plank.job_queue_capacities (add "q: <jobs at a time>" there, or remove job_queue_name from the job)`,
    )
  })
})

describe('what is filled in', () => {
  test('of a presubmit', async () => {
    const { config } = await load({ 'config.yaml': `pod_namespace: p\n${presubmits('name: a.b')}` })
    expect(config.presubmits['o/r']?.[0]).toEqual({
      name: 'a.b',
      agent: 'kubernetes',
      cluster: 'default',
      namespace: 'p',
      context: 'a.b',
      trigger: '(?m)^/test( | .* )a.b,?($|\\s.*)',
      rerun_command: '/test a.b',
      always_run: false,
      optional: false,
      run_before_merge: false,
      skip_report: false,
      max_concurrency: 0,
      error_on_eviction: false,
      hidden: false,
      decorate: false,
      skip_submodules: false,
      skip_fetch_head: false,
      clone_depth: 0,
      prowjob_defaults: { tenant_id: 'GlobalDefaultID' },
      spec: { containers: [{ name: '', image: 'i', command: ['c'] }] },
      source: { file: join(folder, 'config.yaml'), line: 4, column: 5 },
    })
  })

  test('an absent always_run of a postsubmit stays absent', async () => {
    const { config } = await load({ 'config.yaml': postsubmits('name: a') })
    expect(config.postsubmits['o/r']?.[0]).not.toHaveProperty('always_run')
  })

  test('names of fields in any case', async () => {
    const { config } = await load({ 'config.yaml': 'Pod_Namespace: p\npod_NAMESPACE: x\npod_namespace: q' })
    expect(config.pod_namespace).toBe('q')
  })

  test('texts of Pods that were written as numbers, and items without text', async () => {
    const spec =
      'spec: {containers: [{command: [a, null], args: [1, true], env: [{name: A, value: 1000}], resources: {limits: {cpu: 0.5}}}]}'
    const { config } = await load({ 'config.yaml': periodic('', spec) })
    expect(config.periodics[0]?.spec?.containers).toEqual([
      {
        name: '',
        command: ['a', ''],
        args: ['1', 'true'],
        env: [{ name: 'A', value: '1000' }],
        resources: { limits: { cpu: '500m' } },
      },
    ])
  })

  test('decoration: all defaults that apply, in both forms', async () => {
    const older = `plank:
  default_decoration_configs:
    o/r: {timeout: 4h}
    o: {timeout: 3h, grace_period: 1s}
    "*": {timeout: 2h, utility_images: {clonerefs: c, initupload: i, entrypoint: e, sidecar: s}, gcs_configuration: {bucket: b, path_strategy: explicit}}
`
    const { config } = await load({
      'config.yaml': `${older}${periodic('decorate: true, extra_refs: [{org: o, repo: r}]')}`,
    })
    expect(config.periodics[0]?.decoration_config).toMatchObject({
      timeout: '4h0m0s',
      grace_period: '1s',
      utility_images: { sidecar: 's' },
    })
  })

  test('decorate_all_jobs, and a job that does not want to be', async () => {
    const text = `decorate_all_jobs: true\n${decoration}${presubmits('name: a', 'name: b, decorate: false')}`
    const jobs = (await load({ 'config.yaml': text })).config.presubmits['o/r']
    expect(jobs?.map((job) => [job.decorate, job.decoration_config !== undefined])).toEqual([
      [true, true],
      [false, false],
    ])
  })

  test('defaults of ProwJobs', async () => {
    const entries = `prowjob_default_entries:
- {config: {tenant_id: all, resultstore_config: {project_id: p}}}
- {repo: o, config: {tenant_id: ours}}
`
    const { config } = await load({ 'config.yaml': `${entries}${presubmits('name: a')}` })
    expect(config.presubmits['o/r']?.[0]?.prowjob_defaults).toEqual({
      tenant_id: 'ours',
      resultstore_config: { project_id: 'p' },
    })
  })

  test('intervals in milliseconds', async () => {
    const { config } = await load({ 'config.yaml': periodic('retry: {run_all: true, attempts: 2, interval: 5m}') })
    expect(config.periodics[0]).toMatchObject({
      interval: 3_600_000,
      retry: { run_all: true, attempts: 2, interval: 300_000 },
    })
  })

  test('rerun rules of the older form, in order', async () => {
    const rules = 'deck: {rerun_auth_configs: {o/r: {}, "*": {allow_anyone: true}, o: {}, "": {}}}'
    const { config } = await load({ 'config.yaml': rules })
    expect(config.deck.default_rerun_auth_configs.map(({ repo }) => repo)).toEqual(['', '*', 'o', 'o/r'])
  })

  test('repositories whose jobs are not shown', async () => {
    const { config } = await load({ 'config.yaml': 'deck: {hidden_repos: [secret-org, o/secret]}' })
    expect(config.deck.hidden_repos).toEqual(['secret-org', 'o/secret'])
  })

  test('templates are kept as they are written', async () => {
    const plank =
      '{report_template: "{{.Spec.Job}}", report_templates: {o: x}, job_url_template: "{{.Status.BuildID}}"}'
    const { config, warnings } = await load({ 'config.yaml': `plank: ${plank}` })
    expect(config.plank).toMatchObject({
      report_templates: { '*': '{{.Spec.Job}}', o: 'x' },
      job_url_template: '{{.Status.BuildID}}',
    })
    expect(warnings).toMatchObject([{ code: 'CONFIG_DEPRECATED', field: 'plank.report_template' }])
  })

  test('a template that ordinary jobs have no data for is only warned of', async () => {
    const { warnings } = await load({ 'config.yaml': 'plank:\n  job_url_template: "{{.Spec.Refs.Org}}"' })
    expect(warnings.map(problemText)).toEqual([
      `${join(folder, 'config.yaml')}:2:22: plank.job_url_template: gives nothing for an ordinary periodic job: line 1, column 3 at <.Spec.Refs.Org>: nil pointer evaluating *v1.Refs.Org (guard what not every job has, e.g. {{if .Spec.Refs}}…{{end}})`,
    ])
  })

  test('report templates may count on a pull request', async () => {
    const template = '"{{(index .Spec.Refs.Pulls 0).Author}}"'
    expect(await load({ 'config.yaml': `plank: {report_templates: {"*": ${template}}}` })).toMatchObject({
      warnings: [],
    })
  })

  test('an agent that nobody knows is only warned of', async () => {
    const { warnings } = await load({ 'config.yaml': periodic('agent: mine') })
    expect(warnings).toMatchObject([{ code: 'CONFIG_JOB_AGENT_UNKNOWN', field: 'periodics[0].agent' }])
  })

  test('the snapshot cannot be changed, to the last field', async () => {
    const { config } = await load({ 'config.yaml': periodic('') })
    expect(() => Object.assign(config.periodics[0]?.spec?.containers[0] ?? {}, { image: 'x' })).toThrow(TypeError)
  })
})

describe('presets', () => {
  const preset =
    'presets:\n- labels: {preset-x: true}\n  env: [{name: A, value: 1000}]\n  volumes: [{name: v}]\n  volumeMounts: [{name: v, mountPath: /v}]\n  tolerations: [{key: t}]\n'
  const labelled = (spec: string) => periodic('labels: {preset-x: "true"}', `spec: {${spec}}`)

  test('are merged into every container', async () => {
    const text = `${decoration}${preset}${labelled('containers: [{name: a, args: [x]}, {name: b, args: [x]}]').replace('labels:', 'decorate: true, labels:')}`
    const { config } = await load({ 'config.yaml': text })
    const parts = { env: [{ name: 'A', value: '1000' }], volumeMounts: [{ name: 'v', mountPath: '/v' }] }
    expect(config.periodics[0]?.spec).toEqual({
      containers: [
        { name: 'a', args: ['x'], ...parts },
        { name: 'b', args: ['x'], ...parts },
      ],
      volumes: [{ name: 'v' }],
      tolerations: [{ key: 't' }],
    })
  })
  test('are not merged into other jobs', async () => {
    const { config } = await load({ 'config.yaml': `${preset}${periodic('labels: {preset-x: "false"}')}` })
    expect(config.periodics[0]?.spec?.volumes).toBeUndefined()
  })
  test('without labels are for every job', async () => {
    const { config } = await load({ 'config.yaml': `presets: [{env: [{name: A}]}]\n${periodic('')}` })
    expect(config.periodics[0]?.spec?.containers[0]?.env).toEqual([{ name: 'A' }])
  })
  test.each([
    ['variable', 'containers: [{env: [{name: A}]}]'],
    ['volume', 'containers: [{}], volumes: [{name: v}]'],
    ['mount', 'containers: [{volumeMounts: [{name: v, mountPath: /x}]}]'],
    ['toleration', 'containers: [{}], tolerations: [{key: t}]'],
  ])('do not overwrite a %s', async (_what, spec) => {
    const found = await problems({ 'config.yaml': `${preset}${labelled(spec)}` })
    expect(found[0]).toMatchObject({ code: 'CONFIG_PRESET', field: 'periodics[0].spec' })
  })
  test('of the tree are merged too, and no label may be in two of them', async () => {
    const [problem] = await problems({
      'config.yaml': preset,
      'jobs/a.yaml': preset.replace('{preset-x: true}', '{a: b, preset-x: true}'),
    })
    expect(problem).toMatchObject({ code: 'CONFIG_PRESET', field: 'presets[0]' })
    expect(problem?.message).toContain('preset-x: true')
  })
})

describe('plugins.yaml', () => {
  const read = async (text: string) => (await load({ 'plugins.yaml': text })).plugins

  test('plugins in both forms', async () => {
    const want = { o: { plugins: ['hold', 'lgtm'], excluded_repos: [] } }
    expect((await read('plugins: {o: [hold, lgtm]}')).plugins).toEqual(want)
    expect((await read('plugins: {o: {plugins: [hold, lgtm]}}')).plugins).toEqual(want)
  })
  test('sections of plugins', async () => {
    expect((await read('cat: {key_path: /x}\nsize: {s: 1, m: 2, l: 3, xl: 4, xxl: 5}')).sections).toMatchObject({
      size: { s: 1, m: 2, l: 3, xl: 4, xxl: 5 },
      cat: { key_path: '/x' },
    })
  })
  test('defaults', async () => {
    const plugins = await read(
      'external_plugins: {o: [{name: x}]}\ntriggers: [{repos: [o], trusted_org: t}]\nlgtm: [{repos: [o]}]',
    )
    expect(plugins.external_plugins).toEqual({ o: [{ name: 'x', endpoint: 'http://x', events: [] }] })
    expect(plugins.triggers[0]).toEqual({
      repos: ['o'],
      trusted_apps: [],
      trusted_org: 't',
      join_org_url: 'https://github.com/orgs/t/people',
      only_org_members: false,
      ignore_ok_to_test: false,
      trigger_github_workflows: false,
    })
    expect(plugins.lgtm[0]).toEqual({
      repos: ['o'],
      review_acts_as_lgtm: false,
      store_tree_hash: false,
      trusted_team_for_sticky_lgtm: '',
    })
  })
  test('an old name of a plugin', async () => {
    const { plugins, warnings } = await load({ 'plugins.yaml': 'plugins: {o: {plugins: [transfer-issue]}}' })
    expect(plugins.plugins.o?.plugins).toEqual(['issue-management'])
    expect(warnings).toMatchObject([{ code: 'CONFIG_PLUGIN_RENAMED' }])
  })
  test.each<[why: string, text: string, code: string | undefined]>([
    ['both forms at once', 'plugins: {o: [hold], p: {plugins: [hold]}}', 'PLUGINS_MIXED'],
    ['enabled twice', 'plugins: {o: [hold], o/r: [hold]}', 'PLUGIN_TWICE'],
    [
      'but not where the repository is excluded',
      'plugins: {o: {plugins: [hold], excluded_repos: [r]}, o/r: {plugins: [hold]}}',
      undefined,
    ],
    ['blunderbuss and rifle', 'plugins: {o: [rifle], o/r: [blunderbuss]}', 'PLUGINS_EXCLUSIVE'],
    ['an external one twice', 'external_plugins: {o: [{name: x}], o/r: [{name: x}]}', 'PLUGIN_TWICE'],
    ['a list for a map', 'plugins: [hold]', 'TYPE'],
  ])('%s', async (_why, text, code) => {
    const found = await problems({ 'plugins.yaml': text })
    expect(found.map((problem) => problem.code)).toEqual(code === undefined ? [] : [`CONFIG_${code}`])
  })
})

// The configuration of the Kubernetes project.
const sample = sharedData('k8s-test-infra')
if (sample === undefined) process.stderr.write('SKIPPED: the large sample configuration is not here\n')

test.skipIf(sample === undefined)('thousands of real jobs load without a problem, and quickly', async () => {
  const started = performance.now()
  const { config, plugins, warnings } = await loadConfig({
    configPath: join(sample ?? '', 'config.yaml'),
    jobConfigPath: join(sample ?? '', 'jobs'),
    pluginConfigPath: join(sample ?? '', 'plugins.yaml'),
    now: 0,
  })
  const ms = performance.now() - started
  process.stderr.write(`loaded ${config.periodics.length} periodics and the rest in ${Math.round(ms)} ms\n`)
  expect(Object.values(config.presubmits).flat().length).toBeGreaterThan(2000)
  expect(config.periodics.length).toBeGreaterThan(1000)
  expect(config.periodics.every((job) => job.decoration_config?.utility_images?.sidecar)).toBe(true)
  expect(plugins.triggers.length).toBeGreaterThan(0)
  expect(warnings.map(({ code, field }) => `${code} ${field}`)).toEqual([
    'CONFIG_DEPRECATED deck.spyglass.gcs_browser_prefix',
  ])
  expect(ms).toBeLessThan(10_000)
})
