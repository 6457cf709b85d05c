// Configuration for tests: a whole snapshot and whole jobs, of which a test writes only what matters to it.
import type { BranchJob, Config, ConfigAgent, PluginConfig, Postsubmit, Presubmit, Snapshot } from '../config/types.ts'

const branchJob = (name: string): BranchJob => ({
  name,
  agent: 'kubernetes',
  cluster: 'default',
  namespace: 'test-pods',
  max_concurrency: 0,
  error_on_eviction: false,
  hidden: false,
  decorate: false,
  skip_submodules: false,
  skip_fetch_head: false,
  clone_depth: 0,
  context: name,
  skip_report: false,
  spec: { containers: [{ name: '', image: 'alpine', command: ['true'] }] },
})

/** A presubmit with the defaults that loading would give it. */
export const presubmit = (given: Partial<Presubmit> & { name: string }): Presubmit => ({
  ...branchJob(given.name),
  always_run: false,
  optional: false,
  run_before_merge: false,
  trigger: `(?m)^/test( | .* )${given.name},?($|\\s.*)`,
  rerun_command: `/test ${given.name}`,
  ...given,
})

/** A postsubmit with the defaults that loading would give it. */
export const postsubmit = (given: Partial<Postsubmit> & { name: string }): Postsubmit => ({
  ...branchJob(given.name),
  ...given,
})

export interface GivenConfig {
  readonly config?: Partial<Config>
  readonly plugins?: Partial<PluginConfig>
}

/** A snapshot in which everything that is not given is off or empty. */
export const snapshot = ({ config = {}, plugins = {} }: GivenConfig = {}): Snapshot => ({
  config: {
    prowjob_namespace: 'prow',
    pod_namespace: 'test-pods',
    log_level: 'info',
    github: { link_url: 'https://github.com' },
    plank: {
      job_url_template: '',
      report_templates: {},
      max_concurrency: 0,
      pod_pending_timeout: 600_000,
      pod_running_timeout: 172_800_000,
      pod_unscheduled_timeout: 300_000,
      max_revivals: 3,
      default_decoration_config_entries: [],
      job_url_prefix_config: {},
      jobURLPrefixDisableAppendStorageProvider: false,
      job_queue_capacities: {},
    },
    sinker: {
      resync_period: 3_600_000,
      max_prowjob_age: 604_800_000,
      max_pod_age: 86_400_000,
      terminated_pod_ttl: 86_400_000,
      exclude_clusters: [],
    },
    horologium: { tick_interval: 60_000 },
    github_reporter: {
      job_types_to_report: ['presubmit', 'postsubmit'],
      no_comment_repos: [],
      summary_comment_repos: [],
    },
    deck: { default_rerun_auth_configs: [], hidden_repos: [] },
    scheduler: { enabled: false },
    disabled_clusters: [],
    presubmits: {},
    postsubmits: {},
    periodics: [],
    ...config,
  },
  plugins: {
    plugins: {},
    external_plugins: {},
    triggers: [],
    lgtm: [],
    help: {
      help_guidelines_url: 'https://git.k8s.io/community/contributors/guide/help-wanted.md',
      help_guidelines_summary: '',
    },
    sections: {},
    ...plugins,
  },
  loadedAt: 0,
  warnings: [],
})

/** An agent that always gives this snapshot. */
export const fixedConfig = (given: GivenConfig = {}): ConfigAgent => {
  const now = snapshot(given)
  return { current: () => now, subscribe: () => () => {}, problems: () => [] }
}
