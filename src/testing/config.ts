// Configuration for tests: a whole snapshot and whole jobs, of which a test writes only what matters to it.
import { buildSnapshot } from '../config/load.ts'
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

// What an empty file gives.
const asLoaded = buildSnapshot({ main: { file: '', text: '' }, jobs: [] }, 0)

/** A snapshot in which everything that is not given is off or empty. */
export const snapshot = ({ config = {}, plugins = {} }: GivenConfig = {}): Snapshot => ({
  config: {
    ...asLoaded.config,
    prowjob_namespace: 'prow',
    pod_namespace: 'test-pods',
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
