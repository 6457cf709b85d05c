// What is wrong with one job, whatever its kind. The first rule that a job breaks is reported, as upstream does.
import type { JobType } from '../../api/prowjob.ts'
import { configErrors, type Finding } from '../errors.ts'
import type { Config, JobBase } from '../types.ts'
import type { Path } from '../yaml.ts'
import { decorationFindings } from './check-decoration.ts'
import { podFindings } from './check-pod.ts'
import { tektonFindings } from './check-tekton.ts'
import { goUrlError } from './go-url.ts'

/** A finding, and where in the job it is. */
export interface JobFinding {
  readonly at: Path
  readonly finding: Finding
}

/** What of the main configuration jobs are checked against. */
export interface JobRules {
  readonly podNamespace: string
  readonly queues: ReadonlySet<string>
}

type Job = JobBase & { readonly type: JobType }
/** The rules that follow from a configuration. */
export const jobRulesOf = (config: Pick<Config, 'pod_namespace' | 'plank'>): JobRules => ({
  podNamespace: config.pod_namespace,
  queues: new Set(Object.keys(config.plank.job_queue_capacities)),
})

type Rule = (job: Job, rules: JobRules) => readonly JobFinding[]

const one = (at: Path, finding: Finding): readonly JobFinding[] => [{ at, finding }]
const fine: readonly JobFinding[] = []

/** What the first broken rule says about a job; nothing when all are kept. */
export function jobFindings(job: Job, rules: JobRules): readonly JobFinding[] {
  for (const rule of rulesOfAll) {
    const findings = rule(job, rules)
    if (findings.length > 0) return findings
  }
  // Jobs without containers, i.e. those of Jenkins and Tekton, are not held to the rest.
  if (job.spec === undefined || job.spec.containers.length === 0) return fine
  for (const rule of rulesOfPods) {
    const findings = rule(job, rules)
    if (findings.length > 0) return findings
  }
  return fine
}

// Upstream's, without names that are steps in a path: results lie in a folder of the job's name.
const plainName = /^(?!\.\.?$)[A-Za-z0-9-._]+$/
const jenkinsName = /^(?!.*(?:^|\/)\.\.?(?:\/|$))[A-Za-z0-9-._]([A-Za-z0-9-._/]*[A-Za-z0-9-_])?$/

const nameRule: Rule = ({ name, agent }) => {
  const pattern = agent === 'jenkins' ? jenkinsName : plainName
  return pattern.test(name) ? fine : one(['name'], configErrors.JOB_NAME({ name, pattern: pattern.source }))
}

const concurrencyRule: Rule = ({ max_concurrency: value }) =>
  value < 0 ? one(['max_concurrency'], configErrors.NEGATIVE({ value })) : fine

/** Agents that a controller is known for. */
export const knownAgents = ['kubernetes', 'jenkins', 'tekton-pipeline']

const agentRule: Rule = (job, { podNamespace }) => {
  const { agent, namespace } = job
  if (!knownAgents.includes(agent)) return fine
  const isPod = agent === 'kubernetes'
  const isTekton = agent === 'tekton-pipeline'
  const hasPipeline = Boolean(job.pipeline_run_spec ?? job.tekton_pipeline_run_spec?.v1beta1)
  const needs = (what: string, wanted: string) => one(['agent'], configErrors.JOB_AGENT({ what, needs: wanted, agent }))
  if (job.spec && !isPod) return needs('a job with a spec', 'kubernetes')
  if (isPod && !job.spec) return one([], configErrors.JOB_NO_SPEC({ agent, needs: 'spec' }))
  if (hasPipeline && !isTekton) return needs('a job with a pipeline run spec', 'tekton-pipeline')
  if (isTekton && !hasPipeline) return one([], configErrors.JOB_NO_SPEC({ agent, needs: 'pipeline run spec' }))
  if (job.decoration_config && !isPod) return needs('decoration', 'kubernetes')
  if (job.error_on_eviction && !isPod) return needs('error_on_eviction', 'kubernetes')
  if (namespace !== podNamespace && !isTekton) {
    return one(['namespace'], configErrors.JOB_NAMESPACE({ namespace, wants: podNamespace }))
  }
  return fine
}

const podRule: Rule = ({ spec, type, decoration_config }) =>
  spec === undefined
    ? fine
    : podFindings(spec, type, decoration_config).map(({ at, finding }) => ({ at: ['spec', ...at], finding }))

const name = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/
const domain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const reservedLabels = ['prow.k8s.io/type', 'created-by-prow', 'prow.k8s.io/id']

function isQualifiedName(key: string): boolean {
  const parts = key.split('/')
  const last = parts.pop() ?? ''
  const [prefix, ...more] = parts
  const hasGoodPrefix = prefix === undefined || (prefix.length <= 253 && domain.test(prefix))
  return more.length === 0 && hasGoodPrefix && last.length <= 63 && name.test(last)
}

const isLabelValue = (value: string) => value === '' || (value.length <= 63 && name.test(value))

const labelRule: Rule = ({ labels = {} }) =>
  Object.entries(labels).flatMap(([key, value]) => {
    const at = ['labels', key]
    if (reservedLabels.includes(key)) return one(at, configErrors.JOB_LABEL_RESERVED({ label: key }))
    if (!isQualifiedName(key)) return one(at, configErrors.JOB_LABEL({ what: 'label key', text: key }))
    return isLabelValue(value) ? fine : one(at, configErrors.JOB_LABEL({ what: 'label value', text: value }))
  })

const annotationRule: Rule = ({ annotations = {} }) =>
  Object.keys(annotations).flatMap((key) =>
    isQualifiedName(key)
      ? fine
      : one(['annotations', key], configErrors.JOB_LABEL({ what: 'annotation key', text: key })),
  )

const queueRule: Rule = ({ job_queue_name: queue = '' }, { queues }) =>
  queue === '' || queues.has(queue) ? fine : one(['job_queue_name'], configErrors.JOB_QUEUE_UNKNOWN({ queue }))

const rulesOfAll: readonly Rule[] = [
  nameRule,
  concurrencyRule,
  agentRule,
  podRule,
  tektonFindings,
  labelRule,
  annotationRule,
  queueRule,
]

/** Whether a rerun rule contradicts itself. */
export const contradictsItself = (rule: NonNullable<JobBase['rerun_auth_config']>): boolean => {
  const { allow_anyone, ...lists } = rule
  return allow_anyone === true && Object.values(lists).some((list) => Array.isArray(list) && list.length > 0)
}

const rerunRule: Rule = ({ rerun_auth_config: rule }) =>
  rule && contradictsItself(rule) ? one(['rerun_auth_config'], configErrors.RERUN_AUTH({})) : fine

/** Only looked at when the job names a URI itself; then the extra refs are held to it as well. */
const cloneRule: Rule = ({ clone_uri, extra_refs = [], decoration_config }) => {
  if (!clone_uri) return fine
  const uris: (readonly [Path, string])[] = [
    [['clone_uri'], clone_uri],
    ...extra_refs.map((refs, index) => [['extra_refs', index, 'clone_uri'], refs.clone_uri ?? ''] as const),
  ]
  return uris.flatMap(([at, uri]) => {
    const afterUser = uri.slice(uri.indexOf('@') + 1)
    const why = goUrlError(afterUser)
    if (why !== undefined) return one(at, configErrors.URL({ value: uri, why }))
    const needsHttp = decoration_config?.oauth_token_secret !== undefined
    return needsHttp && !/^https?:/i.test(afterUser) ? one(at, configErrors.JOB_CLONE_SCHEME({ uri })) : fine
  })
}

const decorationRule: Rule = ({ decoration_config: decoration, spec }) => {
  if (decoration === undefined) return fine
  const commands = (spec?.containers ?? []).flatMap((container, index) => {
    const [first] = [...(container.command ?? []), ...(container.args ?? [])]
    return first ? fine : one(['spec', 'containers', index], configErrors.POD_COMMAND({ name: container.name }))
  })
  const findings = decorationFindings(decoration)
  return [...findings.map(({ at, finding }) => ({ at: ['decoration_config', ...at], finding })), ...commands]
}

const rulesOfPods: readonly Rule[] = [rerunRule, cloneRule, decorationRule]
