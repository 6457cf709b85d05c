// mkpod: the Pod of a ProwJob, for looking at it, or for running it by hand on a cluster of one's own.
import type { Pod, PodSpec } from '../api/kubernetes.ts'
import { createdByProw } from '../api/labels.ts'
import { type ProwJob, prowJobs } from '../api/prowjob.ts'
import { asMap } from '../config/fields.ts'
import { parseYaml } from '../config/yaml.ts'
import { podFor } from '../jobs/pod.ts'

type Volume = NonNullable<PodSpec['volumes']>[number]

/** The ProwJob that a text holds, as YAML or JSON. Throws YamlError, and an error for anything else. */
export function readProwJob(text: string, file: string): ProwJob {
  const map = asMap(parseYaml(text, file).value)
  if (map?.kind !== 'ProwJob') throw new Error(`${file} holds no ProwJob: kind is ${JSON.stringify(map?.kind)}`)
  const job = map as unknown as ProwJob
  if (asMap(map.spec) === undefined) throw new Error(`${file}: the ProwJob has no spec`)
  return prowJobs.complete?.({ ...job, metadata: job.metadata ?? {} }) ?? job
}

/**
 * The Pod, without the label by which sinker would find and delete it. `outputDir`: a folder of the node that gets the
 * results instead of the bucket. Throws CannotBuildPod.
 */
export function makePod(job: ProwJob, buildId: string, outputDir?: string): Pod {
  const namespace = { pod_namespace: job.spec.namespace ?? 'default' }
  const pod = podFor(job, buildId, namespace, outputDir === undefined ? {} : { outputDir })
  const { [createdByProw]: _, ...labels } = pod.metadata?.labels ?? {}
  return { ...pod, metadata: { ...pod.metadata, labels } }
}

/** Volumes that a machine without the cluster's secrets cannot have. */
const isForeign = (volume: Volume): boolean => volume.emptyDir === undefined && volume.hostPath === undefined

/** The Pod with its foreign volumes as a person wants them: an empty one, a folder of the node, or as they are. */
export async function withLocalVolumes(pod: Pod, ask: (question: string) => Promise<string>): Promise<Pod> {
  const volumes: Volume[] = []
  for (const volume of pod.spec?.volumes ?? []) {
    volumes.push(isForeign(volume) ? answered(volume, (await ask(question(volume))).trim()) : volume)
  }
  return pod.spec ? { ...pod, spec: { ...pod.spec, volumes } } : pod
}

function question({ name, ...source }: Volume): string {
  return `Volume ${name} is ${JSON.stringify(source)}. "empty", a path of the node, or nothing to keep it: `
}

function answered(volume: Volume, answer: string): Volume {
  const { name } = volume
  if (answer === '') return volume
  return answer === 'empty' ? { name, emptyDir: {} } : { name, hostPath: { path: answer } }
}
