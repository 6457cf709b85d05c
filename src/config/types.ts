// What a loaded configuration looks like: every default applied, every duration a number of milliseconds, names as in the YAML.
import type { PodSpec } from '../api/kubernetes.ts'
import type { DecorationConfig, Refs, ReporterConfig, RerunAuthConfig } from '../api/prowjob.ts'
import type { Preset } from './jobs/fields.ts'
import type { ReadMain } from './sections/main.ts'
import type { PluginSections } from './sections/plugins/sections.ts'
import type { SpyglassConfig } from './sections/spyglass.ts'
import type { TideConfig } from './sections/tide.ts'

/** Fields common to presubmits, postsubmits and periodics, after defaulting. */
export interface JobBase {
  readonly name: string
  readonly agent: string
  readonly cluster: string
  readonly namespace: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  /** 0 is no limit. */
  readonly max_concurrency: number
  readonly job_queue_name?: string
  readonly error_on_eviction: boolean
  /** Presets merged in. */
  readonly spec?: PodSpec
  readonly pipeline_run_spec?: object
  readonly tekton_pipeline_run_spec?: { readonly v1beta1?: object }
  readonly reporter_config?: ReporterConfig
  readonly rerun_auth_config?: RerunAuthConfig
  readonly hidden: boolean
  readonly decorate: boolean
  /** Present means: the Pod is decorated. */
  readonly decoration_config?: DecorationConfig
  readonly prowjob_defaults?: { readonly resultstore_config?: { project_id?: string }; readonly tenant_id?: string }
  readonly clone_uri?: string
  readonly path_alias?: string
  readonly skip_submodules: boolean
  readonly skip_fetch_head: boolean
  readonly clone_depth: number
  readonly extra_refs?: readonly Refs[]
  /** Where the job is defined, for messages. */
  readonly source?: SourcePlace
}

/** A place in a configuration file; line and column count from 1. */
export interface SourcePlace {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** What presubmits and postsubmits have in common: which branches and files they are for. Patterns are RE2. */
export interface BranchJob extends JobBase {
  readonly branches?: readonly string[]
  readonly skip_branches?: readonly string[]
  readonly run_if_changed?: string
  readonly skip_if_only_changed?: string
  /** Status context on the code host. */
  readonly context: string
  readonly skip_report: boolean
  readonly jenkins_spec?: { readonly github_branch_source_job?: boolean }
}

export interface Presubmit extends BranchJob {
  readonly always_run: boolean
  readonly optional: boolean
  readonly run_before_merge: boolean
  /** RE2; a comment that matches starts the job. */
  readonly trigger: string
  readonly rerun_command: string
}

export interface Postsubmit extends BranchJob {
  /** Undefined behaves like true. */
  readonly always_run?: boolean
}

export interface Periodic extends JobBase {
  /** Milliseconds from start to start. Exactly one of interval, minimum_interval and cron is set. */
  readonly interval?: number
  /** Milliseconds from end to next start. */
  readonly minimum_interval?: number
  readonly cron?: string
  readonly tags?: readonly string[]
  /** `interval` in milliseconds. */
  readonly retry?: { readonly run_all: boolean; readonly attempts: number; readonly interval: number }
}

/** plank. Durations in milliseconds. */
export interface PlankConfig {
  readonly job_url_template: string
  /** Key `*`, org or org/repo → Go template. */
  readonly report_templates: Readonly<Record<string, string>>
  readonly max_concurrency: number
  /** ProwJobs worked on at a time; absent is 20. */
  readonly max_goroutines?: number
  readonly pod_pending_timeout: number
  readonly pod_running_timeout: number
  readonly pod_unscheduled_timeout: number
  readonly max_revivals: number
  readonly default_decoration_config_entries: readonly {
    readonly repo?: string
    readonly cluster?: string
    readonly config: DecorationConfig
  }[]
  readonly job_url_prefix_config: Readonly<Record<string, string>>
  readonly jobURLPrefixDisableAppendStorageProvider: boolean
  readonly job_queue_capacities: Readonly<Record<string, number>>
  /** URL of the object that says which build clusters can be used; absent is none. */
  readonly build_cluster_status_file?: string
}

/** sinker. Durations in milliseconds. */
export interface SinkerConfig {
  readonly resync_period: number
  readonly max_prowjob_age: number
  readonly max_pod_age: number
  readonly terminated_pod_ttl: number
  readonly exclude_clusters: readonly string[]
}

/** Sections that look as they are declared in sections/, with every default applied. */
type AsDeclared = Readonly<
  Pick<
    ReadMain,
    | 'branch-protection'
    | 'decorate_all_jobs'
    | 'gangway'
    | 'gerrit'
    | 'in_repo_config'
    | 'jenkins_operators'
    | 'managed_webhooks'
    | 'moonraker'
    | 'owners_dir_denylist'
    | 'pipeline'
    | 'prowjob_default_entries'
    | 'pubsub_triggers'
    | 'push_gateway'
    | 'slack_reporter_configs'
    | 'status_error_link'
  >
>

/** The main and job configuration. */
export interface Config extends AsDeclared {
  /** Version of the files, for people; from VERSION beside the main file, or as it is set. */
  readonly config_version_sha?: string
  readonly prowjob_namespace: string
  readonly pod_namespace: string
  readonly log_level: string
  readonly github: { readonly link_url: string }
  readonly plank: PlankConfig
  readonly sinker: SinkerConfig
  /** tick_interval in milliseconds. */
  readonly horologium: { readonly tick_interval: number }
  readonly github_reporter: {
    readonly job_types_to_report: readonly string[]
    readonly no_comment_repos: readonly string[]
    readonly summary_comment_repos: readonly string[]
  }
  readonly tide: TideConfig
  readonly deck: {
    /** In order; the last entry that matches decides alone. */
    readonly default_rerun_auth_configs: readonly {
      readonly repo?: string
      readonly cluster?: string
      readonly config: RerunAuthConfig
    }[]
    /** `org` or `org/repo`: jobs of these are not shown. */
    readonly hidden_repos: readonly string[]
    readonly spyglass: SpyglassConfig
    /** Milliseconds. */
    readonly tide_update_period: number
    readonly external_agent_logs: readonly {
      readonly agent: string
      readonly selector: string
      readonly url_template: string
    }[]
    readonly branding?: ReadMain['deck']['branding']
    readonly google_analytics: string
    /** Absent is true. */
    readonly skip_storage_path_validation?: boolean
    readonly additional_allowed_buckets: readonly string[]
  }
  readonly scheduler: {
    readonly enabled: boolean
    /** Key: cluster that the job names. Goes before `external`. */
    readonly failover?: { readonly mappings: Readonly<Record<string, string>> }
    readonly external?: {
      readonly url: string
      /** Milliseconds. */
      readonly cache?: { readonly entry_timeout_interval: number; readonly cleanup_interval: number }
    }
  }
  readonly disabled_clusters: readonly string[]
  /** Of all files; they hold for jobs in repositories too. */
  readonly presets: readonly Preset[]
  /** Key `org/repo`. */
  readonly presubmits: Readonly<Record<string, readonly Presubmit[]>>
  readonly postsubmits: Readonly<Record<string, readonly Postsubmit[]>>
  readonly periodics: readonly Periodic[]
}

/** One entry of `triggers`. */
export type TriggerConfig = Readonly<PluginSections['triggers'][number]>

/** One entry of `lgtm`. */
export type LgtmConfig = Readonly<PluginSections['lgtm'][number]>

export interface ExternalPlugin {
  readonly name: string
  readonly endpoint: string
  /** Empty is all. */
  readonly events: readonly string[]
}

type WithOwnPlace = 'external_plugins' | 'triggers' | 'lgtm' | 'help'
type Section<T> = T extends readonly unknown[] ? T : Partial<T>

/** plugins.yaml. */
export interface PluginConfig {
  /** Key org or org/repo. */
  readonly plugins: Readonly<
    Record<string, { readonly plugins: readonly string[]; readonly excluded_repos: readonly string[] }>
  >
  readonly external_plugins: Readonly<Record<string, readonly ExternalPlugin[]>>
  readonly triggers: readonly TriggerConfig[]
  readonly lgtm: readonly LgtmConfig[]
  readonly help: { readonly help_guidelines_url: string; readonly help_guidelines_summary: string }
  /** The other sections by their names in the YAML. All are there once a file was read; tests give what matters to them. */
  readonly sections: {
    readonly [Name in Exclude<keyof PluginSections, WithOwnPlace>]?: Section<PluginSections[Name]>
  }
}

/** One consistent, frozen reading of all configuration files. */
export interface Snapshot {
  readonly config: Config
  readonly plugins: PluginConfig
  /** Milliseconds since the epoch. */
  readonly loadedAt: number
  /** Things that work but should be mended. */
  readonly warnings: readonly ConfigProblem[]
}

/** One problem of a configuration, told to a person. */
export interface ConfigProblem {
  readonly code: string
  readonly place?: SourcePlace
  /** Dotted path of the field, e.g. `periodics[3].cron`. */
  readonly field: string
  /** What is wrong, with the value and the rule. */
  readonly message: string
  /** What to do. */
  readonly hint?: string
}

/** What is different between two snapshots. Where a job is written makes no difference. */
export interface ConfigChanges {
  /** Settings at the top of the main configuration, without jobs: `plank`, `presets`. */
  readonly sections: readonly string[]
  /** Keys, i.e. `org/repo`, whose presubmits changed, came or went. */
  readonly presubmits: readonly string[]
  readonly postsubmits: readonly string[]
  /** Names of periodics. */
  readonly periodics: readonly string[]
  /** Sections of plugins.yaml. */
  readonly plugins: readonly string[]
}

/** Hears of a new snapshot. */
export type ConfigListener = (now: Snapshot, before: Snapshot, changes: ConfigChanges) => void

/** Gives the configuration that holds now, and tells when it changes. A broken edit keeps the last good snapshot. */
export interface ConfigAgent {
  current(): Snapshot
  /** Called after each swap, even if it brought no change but of places; returns the function that ends the subscription. */
  subscribe(listener: ConfigListener): () => void
  /** Problems of the newest reading if that was rejected; empty when the current snapshot is the newest. */
  problems(): readonly ConfigProblem[]
}
