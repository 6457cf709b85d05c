// What a job's Pod may look like, so that it works together with Prow's own containers, variables and volumes.
import type { Container, PodSpec } from '../../api/kubernetes.ts'
import type { DecorationConfig, JobType } from '../../api/prowjob.ts'
import { configErrors, type Finding } from '../errors.ts'
import type { Path } from '../yaml.ts'

/** A finding, and where in the PodSpec it is. */
export interface PodFinding {
  readonly at: Path
  readonly finding: Finding
}

const utilityContainers = ['clonerefs', 'initupload', 'place-entrypoint', 'sidecar']
const ofAllJobs = ['CI', 'JOB_NAME', 'JOB_SPEC', 'JOB_TYPE', 'PROW_JOB_ID', 'BUILD_ID', 'BUILD_NUMBER']
const ofRepoJobs = [
  ...['REPO_OWNER', 'REPO_NAME', 'SRC_BASE', 'SRC_HOST'],
  ...['PULL_BASE_REF', 'PULL_BASE_SHA', 'PULL_REFS'],
]
const ofPresubmits = ['PULL_NUMBER', 'PULL_PULL_SHA', 'PULL_HEAD_REF', 'PULL_TITLE']

/** Variables that Prow sets for jobs of a type. */
function reservedVariables(type: JobType): ReadonlySet<string> {
  if (type === 'periodic') return new Set(ofAllJobs)
  return new Set([...ofAllJobs, ...ofRepoJobs, ...(type === 'presubmit' ? ofPresubmits : [])])
}

const ownMounts = ['logs', 'code', 'tools']
const ownPaths = ['/logs', '/home/prow/go', '/tools']

/** Everything that is wrong with a PodSpec; undecorated jobs are held to the same names. */
export function podFindings(spec: PodSpec, type: JobType, decoration: DecorationConfig | undefined): PodFinding[] {
  const findings = (spec.initContainers ?? []).flatMap((container, index) =>
    container.restartPolicy === 'Always'
      ? []
      : [{ at: ['initContainers', index], finding: configErrors.POD_INIT_CONTAINER({ name: container.name }) }],
  )
  const count = containerCount(spec, decoration)
  if (count !== undefined) return [...findings, count]
  const volumes = reservedVolumes(decoration)
  return [
    ...findings,
    ...nameFindings(spec.containers),
    ...spec.containers.flatMap((container, index) => envFindings(container, index, reservedVariables(type))),
    ...volumeFindings(spec, volumes),
    ...spec.containers.flatMap((container, index) => mountFindings(container, index, spec, volumes)),
  ]
}

function containerCount(spec: PodSpec, decoration: DecorationConfig | undefined): PodFinding | undefined {
  if (spec.containers.length === 0) {
    return { at: ['containers'], finding: configErrors.POD_CONTAINERS({ why: 'a Pod needs at least one container' }) }
  }
  if (spec.containers.length > 1 && decoration === undefined) {
    const why = 'a job with several containers must be decorated'
    return { at: ['containers'], finding: configErrors.POD_CONTAINERS({ why }) }
  }
  return undefined
}

function nameFindings(containers: readonly Container[]): PodFinding[] {
  if (containers.length === 1) return []
  return containers.flatMap(({ name }, index) => {
    const why =
      name === ''
        ? 'each of several containers needs a name'
        : utilityContainers.includes(name)
          ? `the container name ${name} belongs to a pod utility`
          : containers.findIndex((other) => other.name === name) < index
            ? `there are several containers named ${name}`
            : undefined
    return why === undefined
      ? []
      : [{ at: ['containers', index, 'name'], finding: configErrors.POD_CONTAINERS({ why }) }]
  })
}

function envFindings({ env = [] }: Container, container: number, reserved: ReadonlySet<string>): PodFinding[] {
  return env.flatMap(({ name }, index) => {
    const why = reserved.has(name)
      ? 'is set by Prow itself'
      : env.findIndex((other) => other.name === name) < index
        ? 'is set twice'
        : undefined
    return why === undefined
      ? []
      : [{ at: ['containers', container, 'env', index], finding: configErrors.POD_ENV({ name, why }) }]
  })
}

function reservedVolumes(decoration: DecorationConfig = {}): ReadonlySet<string> {
  const oauth = decoration.oauth_token_secret?.name
  return new Set([
    ...['logs', 'code', 'tools', 'gcs-credentials', 's3-credentials'],
    ...(oauth ? [oauth] : []),
    ...(decoration.ssh_key_secrets ?? []),
  ])
}

function volumeFindings({ volumes = [] }: PodSpec, reserved: ReadonlySet<string>): PodFinding[] {
  return volumes.flatMap(({ name }, index) => {
    const why = reserved.has(name)
      ? 'has a name that decoration uses'
      : volumes.findIndex((other) => other.name === name) < index
        ? 'is declared twice'
        : undefined
    return why === undefined ? [] : [{ at: ['volumes', index], finding: configErrors.POD_VOLUME({ name, why }) }]
  })
}

function mountFindings(
  { volumeMounts = [] }: Container,
  container: number,
  { volumes = [] }: PodSpec,
  reserved: ReadonlySet<string>,
): PodFinding[] {
  return volumeMounts.flatMap(({ name, mountPath }, index) => {
    const why = ownMounts.includes(name)
      ? 'is made by decoration itself'
      : ownPaths.includes(mountPath)
        ? `is at ${mountPath}, which decoration uses`
        : reserved.has(name) || volumes.some((volume) => volume.name === name)
          ? undefined
          : 'names no volume of the Pod'
    return why === undefined
      ? []
      : [{ at: ['containers', container, 'volumeMounts', index], finding: configErrors.POD_MOUNT({ name, why }) }]
  })
}
