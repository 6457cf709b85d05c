// What the pod utilities read from their environment and leave in the bucket: a wire format shared with upstream's images.
import type { DecorationConfig, GCSConfiguration, JobType, Refs } from './prowjob.ts'

/** Names of the environment variables that carry the JSON options of each utility. */
export const optionVariables = {
  clonerefs: 'CLONEREFS_OPTIONS',
  initupload: 'INITUPLOAD_OPTIONS',
  entrypoint: 'ENTRYPOINT_OPTIONS',
  sidecar: 'SIDECAR_OPTIONS',
  gcsupload: 'GCSUPLOAD_OPTIONS',
} as const
/** A pod utility: the first argument of the program, and the `component` of its log lines. */
export type PodUtility = keyof typeof optionVariables

/** JOB_SPEC: what a Pod knows about its run. Keys in this order, empty ones left out. */
export interface JobSpec {
  readonly type: JobType
  readonly job: string
  readonly buildid?: string
  readonly prowjobid?: string
  readonly refs?: Refs
  readonly extra_refs?: readonly Refs[]
  readonly decoration_config?: DecorationConfig
}

/** CLONEREFS_OPTIONS. `src_root`, `log` and `refs` are always written, the rest only when not empty. */
export interface ClonerefsOptions {
  readonly src_root: string
  /** File that gets the clone records. */
  readonly log: string
  readonly git_user_name?: string
  readonly git_user_email?: string
  /** The primary refs, then the extra refs. */
  readonly refs: readonly Refs[]
  /** Files or folders of SSH keys. */
  readonly key_files?: readonly string[]
  readonly oauth_token_file?: string
  /** Lines of known_hosts. */
  readonly host_fingerprints?: readonly string[]
  /** 0 or absent: one worker per refs. */
  readonly max_parallel_workers?: number
  /** Exit with 1 when a clone failed. */
  readonly fail?: boolean
  readonly cookie_path?: string
  readonly github_api_endpoints?: readonly string[]
  readonly github_app_id?: string
  readonly github_app_private_key_file?: string
}

/** Where and how files are uploaded; the head of several options. Only `dry_run` is always written. */
export interface UploaderOptions extends GCSConfiguration {
  /** Files and folders to upload. */
  readonly items?: string[]
  /** Folder below the job's. */
  readonly sub_dir?: string
  readonly gcs_credentials_file?: string
  readonly s3_credentials_file?: string
  /** Only log what would be uploaded. */
  readonly dry_run?: boolean
}

/** INITUPLOAD_OPTIONS. */
export interface InituploadOptions extends UploaderOptions {
  /** Clone records written by clonerefs; absent when nothing was cloned. */
  readonly log?: string
}

/** What entrypoint and sidecar have to agree on about one test container. */
export interface WrapperOptions {
  /** Command and arguments of the test. */
  readonly args?: readonly string[]
  readonly container_name?: string
  /** Gets everything the test prints. */
  readonly process_log: string
  /** Gets the exit code, as decimal text, once the test has ended. */
  readonly marker_file: string
  /** JSON object that the test may write. */
  readonly metadata_file: string
}

/** ENTRYPOINT_OPTIONS. `timeout` and `grace_period` are always written, in whole nanoseconds; 0 is the default. */
export interface EntrypointOptions extends WrapperOptions {
  readonly timeout: number
  readonly grace_period: number
  readonly artifact_dir?: string
  /** Run only after this marker file says 0. */
  readonly previous_marker?: string
  /** Exit with 0 whatever happened; the marker keeps the code. */
  readonly always_zero?: boolean
  /** After a timeout or an interrupt, use the code of the test instead of 127 or 130. */
  readonly propagate_error_code?: boolean
  readonly copy_mode_only?: boolean
  readonly copy_dst?: string
}

/** How secrets are kept out of what is uploaded. */
export interface CensoringOptions {
  /** Folders whose files are secrets. */
  readonly secret_directories?: readonly string[]
  /** Files at once; default 10. */
  readonly censoring_concurrency?: number
  /** Bytes; default 10 MiB. */
  readonly censoring_buffer_size?: number
  readonly include_directories?: readonly string[]
  readonly exclude_directories?: readonly string[]
  /** Names of secret files whose values are secrets each. */
  readonly ini_filenames?: readonly string[]
  /** Bytes; shorter secrets are left alone. */
  readonly minimum_secret_length?: number
}

/** SIDECAR_OPTIONS. `censoring_options` is always written, empty when nothing applies. */
export interface SidecarOptions {
  readonly gcs_options: UploaderOptions
  readonly entries?: readonly WrapperOptions[]
  /** Exit with 1 when a test failed. */
  readonly entry_error?: boolean
  readonly ignore_interrupts?: boolean
  readonly censoring_options?: CensoringOptions
  /** Deprecated: one more entry, put before the others. */
  readonly wrapper_options?: WrapperOptions
  /** Deprecated: see censoring_options. */
  readonly secret_directories?: readonly string[]
  /** Deprecated: see censoring_options. */
  readonly censoring_concurrency?: number
  /** Deprecated: see censoring_options. */
  readonly censoring_buffer_size?: number
}

/** One command of a clone, as it is shown to people. `duration` in nanoseconds. */
export interface CloneCommand {
  readonly command: string
  readonly output?: string
  readonly error?: string
  readonly duration?: number
}

/** How the clone of one repository went; the first record has empty refs and tells of the set-up. */
export interface CloneRecord {
  readonly refs: Refs
  readonly commands: readonly CloneCommand[]
  readonly failed?: boolean
  /** HEAD after everything was merged; absent after a failure. */
  readonly final_sha?: string
  /** Nanoseconds. */
  readonly duration?: number
}

/** started.json. Timestamps are seconds since the epoch. */
export interface Started {
  readonly timestamp: number
  readonly node?: string
  /** Number of the first pull request. */
  readonly pull?: string
  /** org/repo → refs in text form. */
  readonly repos?: Readonly<Record<string, string>>
  readonly 'repo-commit'?: string
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly 'job-version'?: string
  /** Deprecated: the same as repo-commit. */
  readonly 'repo-version'?: string
}

/** finished.json. Timestamps are seconds since the epoch. */
export interface Finished {
  readonly timestamp: number
  readonly passed: boolean
  readonly metadata?: Readonly<Record<string, unknown>>
  /** SUCCESS, ABORTED or FAILURE from the Pod; the state of the ProwJob from crier. */
  readonly result?: string
  readonly 'job-version'?: string
  /** Deprecated: commit under test. */
  readonly revision?: string
  readonly 'repo-version'?: string
}
