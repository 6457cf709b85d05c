// Everything that can be wrong with a configuration. A published code never gets a second meaning.
import type { ConfigProblem } from './types.ts'

/** What a problem says, before it is known where it is. */
export interface Finding {
  readonly code: string
  readonly message: string
  readonly hint?: string
}

interface Definition<E> {
  readonly says: (e: E) => string
  readonly hint?: (e: E) => string
}

type Problems<T> = { readonly [K in keyof T]: T[K] extends Definition<infer E> ? (e: E) => Finding : never }

/** Makes a function per code; `CONFIG` and `TYPE` give the code `CONFIG_TYPE`. */
function defineErrors<T extends Record<string, Definition<never>>>(area: string, definitions: T): Problems<T> {
  const made = Object.entries(definitions).map(([name, definition]) => {
    const finding = (e: never): Finding => ({
      code: `${area}_${name}`,
      message: cut(definition.says(e), longestMessage),
      ...(definition.hint && { hint: definition.hint(e) }),
    })
    return [name, finding] as const
  })
  return Object.fromEntries(made) as Problems<T>
}

const list = (texts: readonly string[]): string => texts.join(', ')

// Values may be megabytes; what a message begins with says enough.
const longestMessage = 1_000

/** The text, or its beginning when it is longer than so many UTF-16 units. */
export const cut = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length).toWellFormed()}…` : text

// The operating system's own words name the file, which stands before the message already.
const knownReasons: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EACCES: 'this user has no permission to',
  ELOOP: 'its links lead in a circle',
  ENOTDIR: 'a part of its path is a file, not a folder',
}

export const configErrors = defineErrors('CONFIG', {
  FILE_UNREADABLE: {
    says: (e: { why: string; code?: string | undefined }) => `cannot be read: ${knownReasons[e.code ?? ''] ?? e.why}`,
  },
  NOT_A_FILE: { says: (_: object) => 'is a directory, but a file is needed' },
  NOT_REGULAR: { says: (_: object) => 'is a pipe, a socket or a device, but a file is needed' },
  YAML: { says: (e: { why: string }) => `is not valid YAML: ${e.why}` },
  NOT_A_MAP: { says: (_: object) => 'must be a map of sections at its top level' },
  TOO_MANY: {
    says: (e: { most: number }) => `has more than ${e.most} problems; those after this one are not listed`,
  },
  DUPLICATE_FILE: {
    says: (e: { name: string; other: string }) => `another job file is called ${e.name} too: ${e.other}`,
    hint: () => 'rename one of them: job files are keyed by their base names when they become a ConfigMap',
  },
  TYPE: { says: (e: { wants: string; got: string }) => `must be ${e.wants}, but is ${e.got}` },
  UNQUOTED: {
    says: (e: { got: string }) => `must be text, but is ${e.got} without quotes`,
    hint: (e: { quoted: string }) => `write ${e.quoted}: upstream refuses the whole file`,
  },
  TIME: {
    says: (e: { value: string }) => `${JSON.stringify(e.value)} is not a time`,
    hint: () => 'write it as RFC 3339 with a zone, e.g. 2020-10-02T15:00:00Z',
  },
  TIME_IN_FUTURE: {
    says: (e: { value: string }) => `${JSON.stringify(e.value)} is in the future`,
    hint: () => 'tokens are replaced when they are older than this, so name a time that has passed',
  },
  MISSING: { says: (e: { field: string }) => `${e.field} is missing` },
  SELECTOR: { says: (e: { value: string; why: string }) => `${JSON.stringify(e.value)} cannot be used: ${e.why}` },
  TEMPLATE_SYNTAX: {
    says: (e: { why: string }) => `cannot be used as a template: ${e.why}`,
    hint: () => "templates are in the language of Go's text/template",
  },
  TEMPLATE_LATE: {
    says: (e: { why: string }) => `cannot be used as a template: ${e.why}`,
    hint: () => 'it is loaded all the same, but fails when it is used',
  },
  GANGWAY: { says: (e: { why: string }) => e.why },
  TIDE_QUERY: { says: (e: { why: string }) => e.why },
  DECK_BUCKETS: {
    says: (_: object) => 'buckets are only checked where skip_storage_path_validation is false',
    hint: () => 'set skip_storage_path_validation to false, or remove additional_allowed_buckets',
  },
  SUPPLEMENTAL: {
    says: (e: { field: string; allowed: readonly string[] }) =>
      `${e.field} must not be set in a supplemental file: only ${list(e.allowed)} may`,
  },
  SET_TWICE: {
    says: (e: { what: string; other: string }) => `${e.what} is set already in ${e.other}`,
    hint: () => 'keep one of them',
  },
  UNKNOWN_FIELD: {
    says: (e: { key: string; near?: string }) => `nothing knows the field ${JSON.stringify(e.key)}`,
    hint: (e: { near?: string }) => (e.near === undefined ? 'it has no effect' : `did you mean ${e.near}?`),
  },
  DUPLICATE_KEY: {
    says: (e: { key: string }) => `${JSON.stringify(e.key)} stands twice in this map; only the last one counts`,
  },
  NO_EFFECT: { says: (e: { field: string; why: string }) => `${e.field} has no effect here: ${e.why}` },
  DURATION: { says: (e: { why: string }) => e.why },
  QUANTITY: { says: (e: { why: string }) => e.why },
  URL: { says: (e: { value: string; why: string }) => `${JSON.stringify(e.value)} is not a URL: ${e.why}` },
  CHOICE: {
    says: (e: { value: string; choices: readonly string[] }) =>
      `${JSON.stringify(e.value)} is not one of ${list(e.choices)}`,
  },
  NEGATIVE: { says: (e: { value: number }) => `must not be negative, but is ${e.value}` },
  NOT_POSITIVE: { says: (e: { value: number }) => `must be greater than 0, but is ${e.value}` },
  REGEXP: { says: (e: { why: string }) => e.why },
  REGEXP_LATE: {
    says: (e: { why: string }) => e.why,
    hint: () => 'it is loaded all the same, but fails or matches nothing when it is used',
  },
  MEDIA_TYPE: { says: (e: { value: string }) => `${JSON.stringify(e.value)} is not a media type` },
  EXCLUSIVE: {
    says: (e: { fields: readonly string[] }) => `only one of ${e.fields.join(' and ')} may be set`,
  },
  RERUN_AUTH: {
    says: (_: object) => 'allow_anyone is true, so no users, orgs or teams may be listed',
  },
  DEPRECATED: {
    says: (e: { field: string }) => `${e.field} is deprecated`,
    hint: (e: { instead: string }) => e.instead,
  },
  TEMPLATE: {
    says: (e: { why: string }) => `is not a template for ProwJobs: ${e.why}`,
    hint: () =>
      "templates are in the language of Go's text/template; fields have their Go names, e.g. .Spec.Refs.BaseSHA",
  },
  TEMPLATE_FAILS: {
    says: (e: { type: string; why: string }) => `gives nothing for an ordinary ${e.type} job: ${e.why}`,
    hint: () => 'guard what not every job has, e.g. {{if .Spec.Refs}}…{{end}}',
  },
  JOB_NAME: {
    says: (e: { name: string; pattern: string }) => `job name ${JSON.stringify(e.name)} does not match ${e.pattern}`,
  },
  JOB_DUPLICATE: {
    says: (e: { kind: string; name: string }) => `there are several ${e.kind}s named ${e.name}`,
    hint: () => 'rename all but one, or give them branches that do not overlap',
  },
  JOB_SAME_CONTEXT: {
    says: (e: { name: string; other: string; context: string }) =>
      `jobs ${e.name} and ${e.other} both report to the context ${e.context}`,
    hint: () => 'set context on one of them, or give them branches that do not overlap',
  },
  JOB_AGENT: {
    says: (e: { what: string; needs: string; agent: string }) =>
      `${e.what} needs agent ${e.needs}, but agent is ${e.agent}`,
  },
  JOB_AGENT_UNKNOWN: {
    says: (e: { agent: string }) => `no controller knows the agent ${JSON.stringify(e.agent)}, so the job will not run`,
  },
  JOB_NO_SPEC: { says: (e: { agent: string; needs: string }) => `${e.agent} jobs require a ${e.needs}` },
  JOB_NAMESPACE: {
    says: (e: { namespace: string; wants: string }) =>
      `namespace must be the pod_namespace ${JSON.stringify(e.wants)}, but is ${JSON.stringify(e.namespace)}`,
  },
  JOB_LABEL_RESERVED: { says: (e: { label: string }) => `label ${e.label} is set by Prow itself` },
  JOB_LABEL: {
    says: (e: { what: string; text: string }) => `${JSON.stringify(e.text)} is not a valid ${e.what}`,
  },
  JOB_QUEUE_UNKNOWN: {
    says: (e: { queue: string }) => `queue ${JSON.stringify(e.queue)} is not in plank.job_queue_capacities`,
    hint: (e: { queue: string }) => `add "${e.queue}: <jobs at a time>" there, or remove job_queue_name from the job`,
  },
  JOB_TRIGGER: {
    says: (e: { missing: string }) => `trigger and rerun_command go together, and ${e.missing} is missing`,
  },
  JOB_RERUN_COMMAND: {
    says: (e: { command: string; trigger: string }) =>
      `rerun_command ${JSON.stringify(e.command)} does not match the trigger ${JSON.stringify(e.trigger)}`,
  },
  JOB_SKIPPED_VOTE: {
    says: (_: object) => 'a job with skip_report must not have the label prow.k8s.io/gerrit-report-label',
  },
  JOB_SCHEDULE: {
    says: (e: { set: readonly string[] }) =>
      `exactly one of interval, minimum_interval and cron must be set, but ${e.set.length === 0 ? 'none' : list(e.set)} is`,
  },
  JOB_CRON: {
    says: (e: { cron: string; why: string }) => `${JSON.stringify(e.cron)} is not a cron expression: ${e.why}`,
  },
  JOB_CLONE_SCHEME: {
    says: (e: { uri: string }) =>
      `with an OAuth secret clone_uri must be http or https, but is ${JSON.stringify(e.uri)}`,
  },
  TEKTON_REFS: { says: (e: { why: string }) => e.why },
  POD_CONTAINERS: { says: (e: { why: string }) => e.why },
  POD_INIT_CONTAINER: {
    says: (e: { name: string }) => `init container ${JSON.stringify(e.name)} must have restartPolicy Always`,
    hint: () => 'only native sidecars may stand among the init containers',
  },
  POD_COMMAND: {
    says: (e: { name: string }) => `container ${JSON.stringify(e.name)} needs a command or args`,
    hint: () => 'a decorated job never uses the ENTRYPOINT of its image',
  },
  POD_ENV: { says: (e: { name: string; why: string }) => `variable ${e.name} ${e.why}` },
  POD_VOLUME: { says: (e: { name: string; why: string }) => `volume ${JSON.stringify(e.name)} ${e.why}` },
  POD_MOUNT: { says: (e: { name: string; why: string }) => `mount ${JSON.stringify(e.name)} ${e.why}` },
  DECORATION_IMAGES: {
    says: (e: { missing: readonly string[] }) => `utility_images lacks ${list(e.missing)}`,
    hint: () => 'set them once for all jobs in plank.default_decoration_config_entries',
  },
  DECORATION_BUCKET: {
    says: (_: object) => 'gcs_configuration is missing, so results have no place',
    hint: () => 'set it once for all jobs in plank.default_decoration_config_entries',
  },
  DECORATION_PATH: {
    says: (e: { value: string }) => `${JSON.stringify(e.value)} leads elsewhere: it must be without "." and ".."`,
  },
  DECORATION_STRATEGY: {
    says: (e: { strategy: string }) => `path_strategy ${e.strategy} needs default_org and default_repo`,
  },
  PRESET: { says: (e: { why: string }) => e.why },
  PLUGIN_TWICE: {
    says: (e: { plugin: string; org: string; repo: string }) =>
      `${e.plugin} is enabled for ${e.org} and again for ${e.repo}`,
    hint: (e: { org: string; repo: string }) =>
      `remove one of them, or put the repository into excluded_repos of ${e.org}`,
  },
  PLUGINS_EXCLUSIVE: {
    says: (e: { at: string }) => `blunderbuss and rifle must not both be enabled for ${e.at}`,
  },
  PLUGIN_SETTING: { says: (e: { why: string }) => e.why },
  NO_PLUGINS: { says: (_: object) => 'no plugin is enabled anywhere' },
  PLUGIN_RENAMED: {
    says: (e: { from: string; to: string }) => `the plugin ${e.from} is called ${e.to} now`,
    hint: (e: { to: string }) => `write ${e.to}; the old name still works`,
  },
  PLUGINS_MIXED: {
    says: (_: object) => 'either all entries are lists of plugins, or all are maps with a list "plugins"',
  },
})

/** A configuration that cannot be used, with everything that is wrong with it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[]) {
    const more = problems.length - mostInMessage
    const rest = more > 0 ? [`… and ${more} more problems; bowsprit checkconfig lists them`] : []
    super([...problems.slice(0, mostInMessage).map(problemText), ...rest].join('\n'))
    this.problems = problems
  }
}

// A screen of them.
const mostInMessage = 30

/** One problem as a line: file:line:column: field: message (hint). */
export function problemText({ place, field, message, hint }: ConfigProblem): string {
  const where = place ? `${place.file}:${place.line}:${place.column}: ` : ''
  return `${where}${field === '' ? '' : `${field}: `}${message}${hint === undefined ? '' : ` (${hint})`}`
}
