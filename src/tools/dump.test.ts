// The printed configuration: upstream's words, nothing that says nothing, and the same again after reading it back.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadConfig } from '../config/load.ts'
import { folderWith } from '../testing/command-line.ts'
import { sharedData } from '../testing/shared.ts'
import { diffSnapshots } from './diff.ts'
import { dumpConfig, dumpMain, dumpPlugins } from './dump.ts'

const pod = 'spec: {containers: [{image: i, command: [c]}]}'
const load = (files: Readonly<Record<string, string>>) => {
  const folder = folderWith({ 'config.yaml': '', ...files })
  const path = (name: string) => (existsSync(join(folder, name)) ? join(folder, name) : undefined)
  const [jobConfigPath, pluginConfigPath] = [path('jobs'), path('plugins.yaml')]
  return loadConfig({
    configPath: join(folder, 'config.yaml'),
    now: 0,
    ...(jobConfigPath && { jobConfigPath }),
    ...(pluginConfigPath && { pluginConfigPath }),
  })
}

test('defaults are written out, zero values are not, and durations are text', async () => {
  const { config } = await load({ 'config.yaml': 'sinker: {max_pod_age: 90m}\nplank: {job_queue_capacities: {q: 0}}' })
  expect(dumpMain(config)).toMatchObject({
    sinker: {
      resync_period: '1h0m0s',
      max_prowjob_age: '168h0m0s',
      max_pod_age: '1h30m0s',
      terminated_pod_ttl: '1h30m0s',
    },
    scheduler: {},
    plank: {
      job_queue_capacities: { q: 0 },
      pod_pending_timeout: '10m0s',
      pod_running_timeout: '48h0m0s',
      pod_unscheduled_timeout: '5m0s',
      max_revivals: 3,
    },
    github: { link_url: 'https://github.com' },
  })
})

test('where levels inherit, false and empty lists are kept', async () => {
  const protection = { protect: true, orgs: { o: { protect: false, required_status_checks: { contexts: [] } } } }
  const { config } = await load({ 'config.yaml': JSON.stringify({ 'branch-protection': protection }) })
  expect(dumpMain(config)['branch-protection']).toEqual(protection)
})

test('jobs with what they inherit, by file and name', async () => {
  const { config } = await load({
    'config.yaml':
      'plank:\n  default_decoration_config_entries:\n  - config:\n      timeout: 2h\n      utility_images: {clonerefs: c, initupload: i, entrypoint: e, sidecar: s}\n      gcs_configuration: {bucket: b, path_strategy: explicit}\n      gcs_credentials_secret: ""\n',
    'jobs/b.yaml': `periodics:\n- {name: z, interval: 90s, ${pod}, labels: {a: ""}, decorate: true}\n`,
    'jobs/a.yaml': `periodics:\n- {name: w, cron: "@daily", ${pod}}\n- {name: x, minimum_interval: 1h, ${pod}}\npresubmits:\n  o/r:\n  - {name: p, ${pod}}\npostsubmits:\n  o/r:\n  - {name: q, ${pod}, always_run: false}\n  - {name: r, ${pod}}\n`,
  })
  const { periodics, presubmits, postsubmits } = dumpConfig(config)
  const spec = { containers: [{ name: '', image: 'i', command: ['c'] }] }
  const base = { agent: 'kubernetes', cluster: 'default', namespace: 'default', spec }
  const defaults = { prowjob_defaults: { tenant_id: 'GlobalDefaultID' } }
  expect(periodics).toEqual([
    { ...base, ...defaults, name: 'w', cron: '@daily' },
    { ...base, ...defaults, name: 'x', minimum_interval: '1h0m0s' },
    {
      ...base,
      ...defaults,
      name: 'z',
      interval: '1m30s',
      labels: { a: '' },
      decorate: true,
      decoration_config: {
        timeout: '2h0m0s',
        utility_images: { clonerefs: 'c', initupload: 'i', entrypoint: 'e', sidecar: 's' },
        gcs_configuration: { bucket: 'b', path_strategy: 'explicit' },
        gcs_credentials_secret: '',
      },
    },
  ])
  expect(presubmits).toEqual({
    'o/r': [
      {
        ...base,
        ...defaults,
        name: 'p',
        always_run: false,
        context: 'p',
        trigger: '(?m)^/test( | .* )p,?($|\\s.*)',
        rerun_command: '/test p',
      },
    ],
  })
  expect(postsubmits).toMatchObject({ 'o/r': [{ name: 'q', always_run: false }, { name: 'r' }] })
  expect(JSON.stringify(postsubmits).match(/always_run/g)).toHaveLength(1)
})

const corpus = sharedData('k8s-test-infra') ?? ''
describe.skipIf(corpus === '')("the Kubernetes project's configuration", () => {
  test('reads back as the same', async () => {
    const paths = { configPath: join(corpus, 'config.yaml'), pluginConfigPath: join(corpus, 'plugins.yaml') }
    const first = await loadConfig({ ...paths, jobConfigPath: join(corpus, 'jobs'), now: 0 })
    const again = await load({
      'config.yaml': JSON.stringify(dumpMain(first.config)),
      'jobs/jobs.yaml': JSON.stringify(
        Object.fromEntries(
          Object.entries(dumpConfig(first.config)).filter(([name]) => /(?:submit|periodic)s$/.test(name)),
        ),
      ),
      'plugins.yaml': JSON.stringify(dumpPlugins(first.plugins)),
    })
    expect(diffSnapshots(first, again)).toEqual({
      added: [],
      removed: [],
      renamed: [],
      changed: [],
      config: [],
      plugins: [],
    })
    expect(first.config.periodics.length).toBeGreaterThan(1000)
  })
})
