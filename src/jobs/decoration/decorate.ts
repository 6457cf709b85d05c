// Decoration: puts the pod utilities around the containers of the user.
import type { Container, PodSpec } from '../../api/kubernetes.ts'
import type { DecorationConfig, ProwJob } from '../../api/prowjob.ts'
import { parseDurationNs } from '../../config/durations.ts'
import { canonicalQuantity } from '../../config/quantities.ts'
import { type Environment, jobSpecText } from '../env.ts'
import { CannotBuildPod } from '../errors.ts'
import { noPlace } from '../paths.ts'
import { allRefs, checkoutPath } from '../refs.ts'
import { type BucketAccess, bucketAccess } from './bucket.ts'
import { type Cloning, cloning } from './clonerefs.ts'
import { initupload } from './initupload.ts'
import { placeEntrypoint } from './place-entrypoint.ts'
import { artifacts, code, logs, tools, type Volume } from './places.ts'
import { secretMounts, sidecar } from './sidecar.ts'
import { wrapped, wrapperOptions } from './test-container.ts'

/** Variables that only decorated jobs have. */
export const decoratedEnvironment: Environment = { ARTIFACTS: artifacts, GOPATH: code.mount.mountPath }

/**
 * The spec with the utilities around its containers, which must already carry their environment. `outputDir` is a folder
 * of the node that gets the results instead of the bucket. Throws CannotBuildPod.
 */
export function decorate(
  spec: PodSpec,
  config: DecorationConfig,
  job: ProwJob,
  buildId: string,
  outputDir: string | undefined,
): PodSpec {
  check(spec, config, job)
  const refs = config.skip_cloning ? [] : allRefs(job.spec)
  const main = refs.find(({ workdir }) => workdir) ?? refs[0]
  const clone = main && cloning(refs, config)
  const workingDir = main && `${code.mount.mountPath}/src/${checkoutPath(main)}`
  const bucket = access(config, outputDir, job)
  const jobSpec = jobSpecText(job, buildId)
  const alone = spec.containers.length === 1
  const wrappers = spec.containers.map((container) => wrapperOptions(container, alone))
  const containers = wrappers.map((wrapper, index) => {
    const container = spec.containers[index] ?? { name: '' }
    return withMemory(wrapped(container, wrapper, config, workingDir), config)
  })
  const secrets = secretMounts(config, spec)
  const decorated: PodSpec = {
    ...spec,
    initContainers: [
      ...(clone ? [clone.container] : []),
      ...(spec.initContainers ?? []),
      initupload(config, bucket, jobSpec, clone !== undefined),
      placeEntrypoint(config),
    ],
    containers: [...containers, sidecar(config, bucket, jobSpec, wrappers, secrets)],
    volumes: volumes(spec, bucket, clone, job),
    ...podFields(spec, config),
  }
  return decorated
}

/** What would only show up as a refused or dying Pod. */
function check(spec: PodSpec, config: DecorationConfig, job: ProwJob): void {
  const fail = (reason: string) => {
    throw new CannotBuildPod(job.spec.job, reason)
  }
  const missing = (['clonerefs', 'initupload', 'entrypoint', 'sidecar'] as const).filter(
    (utility) => !config.utility_images?.[utility],
  )
  if (missing.length > 0) fail(`decoration_config.utility_images lacks ${missing.join(', ')}`)
  if (config.gcs_configuration === undefined) fail('decoration_config.gcs_configuration is missing')
  const why = noPlace({ ...job.spec, buildid: '' }, config.gcs_configuration ?? {})
  if (why !== undefined) fail(`its results have no place: ${why}`)
  for (const container of spec.containers) {
    const [first] = [...(container.command ?? []), ...(container.args ?? [])]
    if (!first) {
      fail(`container ${container.name} has no command; a decorated job never uses the ENTRYPOINT of its image`)
    }
  }
}

function access(config: DecorationConfig, outputDir: string | undefined, job: ProwJob): BucketAccess {
  try {
    return bucketAccess(config, outputDir)
  } catch (error) {
    throw new CannotBuildPod(job.spec.job, `its bucket cannot be used: ${(error as Error).message}`)
  }
}

function volumes(spec: PodSpec, bucket: BucketAccess, clone: Cloning | undefined, job: ProwJob): Volume[] {
  const all = [
    ...(spec.volumes ?? []),
    logs.volume,
    tools.volume,
    ...bucket.mounted.map(({ volume }) => volume),
    ...(clone?.volumes ?? []),
  ]
  const seen = new Set<string>()
  for (const { name } of all) {
    if (seen.has(name)) throw new CannotBuildPod(job.spec.job, `two volumes are named ${name}; decoration adds one`)
    seen.add(name)
  }
  return all
}

function podFields(spec: PodSpec, config: DecorationConfig): Partial<PodSpec> {
  const { affinity, tolerations = [] } = config.scheduling_options ?? {}
  const account = config.default_service_account_name
  return {
    securityContext: {
      ...(config.run_as_user !== undefined && { runAsUser: config.run_as_user }),
      ...(config.run_as_group !== undefined && { runAsGroup: config.run_as_group }),
      ...(config.fs_group !== undefined && { fsGroup: config.fs_group }),
      ...spec.securityContext,
    },
    ...(spec.affinity === undefined && affinity && { affinity }),
    ...((spec.tolerations ?? []).length === 0 && tolerations.length > 0 && { tolerations }),
    ...(spec.terminationGracePeriodSeconds === undefined &&
      config.grace_period !== undefined && { terminationGracePeriodSeconds: terminationGrace(config.grace_period) }),
    ...(!spec.serviceAccountName && account && { serviceAccountName: account }),
  }
}

/** A quarter more than the test is given, in whole seconds, so that the sidecar can upload after it. */
const terminationGrace = (grace: string): number => Number(((parseDurationNs(grace) / 1_000_000_000n) * 5n) / 4n)

function withMemory(container: Container, config: DecorationConfig): Container {
  const { default_memory_request: fallback } = config
  const given = container.resources?.requests?.memory
  const memory = given ?? (fallback === undefined ? undefined : canonicalQuantity(fallback))
  if (memory === undefined) return container
  const { limits, requests, ...rest } = container.resources ?? {}
  const newLimits = config.set_limit_equals_memory_request ? { ...limits, memory } : limits
  return {
    ...container,
    resources: { ...rest, ...(newLimits && { limits: newLimits }), requests: { ...requests, memory } },
  }
}
