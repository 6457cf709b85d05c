// From a ProwJob to its Pod.
import type { Container, Pod, PodSpec } from '../api/kubernetes.ts'
import type { ProwJob } from '../api/prowjob.ts'
import type { Config } from '../config/types.ts'
import { decorate, decoratedEnvironment } from './decoration/decorate.ts'
import { type Environment, environmentFor } from './env.ts'
import { CannotBuildPod } from './errors.ts'
import { podLabelsAndAnnotations } from './labels.ts'

/** How a Pod is made. */
export interface PodOptions {
  /** A folder of the node that gets the results instead of the bucket; for runs on one's own machine. */
  readonly outputDir?: string
}

/**
 * The Pod of a run, named like its ProwJob and decorated iff the ProwJob has a decoration config. The ProwJob is not
 * changed. Throws CannotBuildPod.
 */
export function podFor(
  job: ProwJob,
  buildId: string,
  config: Pick<Config, 'pod_namespace'>,
  options: PodOptions = {},
): Pod {
  const { pod_spec: given, decoration_config: decoration } = job.spec
  if (given === undefined) throw new CannotBuildPod(job.spec.job, 'it has no pod_spec')
  const spec = basicSpec(structuredClone(given))
  const env = environmentFor(job, buildId)
  const built = decoration
    ? decorate(withEnvironment(spec, { ...env, ...decoratedEnvironment }), decoration, job, buildId, options.outputDir)
    : withEnvironment(spec, env)
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: job.metadata.name ?? '',
      namespace: config.pod_namespace,
      ...podLabelsAndAnnotations(job, buildId),
    },
    spec: withTerminationMessages(built),
  }
}

function basicSpec(spec: PodSpec): PodSpec {
  const [only, ...others] = spec.containers
  // Looked at before a default service account is applied, so that account's token is not mounted either.
  const noAccount = spec.automountServiceAccountToken === undefined && !spec.serviceAccountName
  return {
    ...spec,
    containers: only !== undefined && others.length === 0 ? [{ ...only, name: 'test' }] : spec.containers,
    restartPolicy: 'Never',
    ...(noAccount && { automountServiceAccountToken: false }),
  }
}

/** The user's variables first: of two with one name the later, ours, holds. */
function withEnvironment(spec: PodSpec, env: Environment): PodSpec {
  const added = Object.entries(env)
    .map(([name, value]) => ({ name, value }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  return {
    ...spec,
    containers: spec.containers.map((container) => ({ ...container, env: [...(container.env ?? []), ...added] })),
  }
}

function withTerminationMessages(spec: PodSpec): PodSpec {
  const policy = (container: Container): Container => ({
    ...container,
    terminationMessagePolicy: container.terminationMessagePolicy ?? 'FallbackToLogsOnError',
  })
  return {
    ...spec,
    ...(spec.initContainers && { initContainers: spec.initContainers.map(policy) }),
    containers: spec.containers.map(policy),
  }
}
