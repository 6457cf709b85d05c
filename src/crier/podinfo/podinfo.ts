// Pod reporter: keeps what Kubernetes knows about a job's Pod in the bucket, and the Pod in the cluster until that is written.
import type { Logger } from 'pino'
import { type Event, events, type Node, nodes, type Pod, pods } from '../../api/kubernetes.ts'
import { podReporterFinalizer } from '../../api/labels.ts'
import { isComplete, type ProwJob } from '../../api/prowjob.ts'
import type { Config } from '../../config/types.ts'
import { type Clusters, type Kube, KubeError } from '../../kube/client.ts'
import type { Storage } from '../../storage/storage.ts'
import { folderOf } from '../destination.ts'
import type { Reporter } from '../reporter.ts'
import { crc32c } from './crc32c.ts'

export interface PodReporterOptions {
  readonly build: Clusters['build']
  readonly storage: Storage
  readonly config: () => Config
  readonly log: Logger
  readonly workers: number
  /** Share of the jobs that is reported, chosen by their names: 0 to 1. */
  readonly fraction: number
}

// The Pod of an aborted job is deleted by whoever completes the job.
const abortedRetryMs = 10_000

export function podReporter({ build, storage, config, log, workers, fraction }: PodReporterOptions): Reporter {
  const podOf = (job: ProwJob) => ({ namespace: config().pod_namespace, name: job.metadata.name ?? '' })

  async function holdOn(job: ProwJob): Promise<void> {
    const kube = build(job.spec.cluster ?? '')
    if (!kube) throw new Error(`no build cluster ${job.spec.cluster}`)
    const at = podOf(job)
    const pod = await kube.get(pods, at)
    if (!pod) throw new Error(`there is no pod ${at.namespace}/${at.name} in cluster ${kube.cluster}`)
    const { finalizers = [], deletionTimestamp } = pod.metadata ?? {}
    if (deletionTimestamp || finalizers.includes(podReporterFinalizer)) return
    try {
      await patchFinalizers(kube, pod, [...finalizers, podReporterFinalizer])
    } catch (error) {
      // It was deleted since it was read, so there is nothing left to hold.
      if (!(error instanceof KubeError) || !error.message.includes(deletedMeanwhile)) throw error
    }
  }

  async function write(job: ProwJob, folder: string): Promise<void> {
    const kube = build(job.spec.cluster ?? '')
    const pod = kube && (await optional(() => kube.get(pods, podOf(job)), 'pod'))
    if (!kube || !pod) return
    const about = (await optional(() => eventsOf(kube, pod), 'events')) ?? []
    const { nodeName } = pod.spec ?? {}
    const node = nodeName && (await optional(() => kube.get(nodes, { name: nodeName }), 'node'))
    const content = podInfo(pod, about, node || undefined)
    await storage.write(`${folder}/podinfo.json`, content, { contentType: 'application/json' })
    const { finalizers = [] } = pod.metadata ?? {}
    if (!finalizers.includes(podReporterFinalizer)) return
    const rest = finalizers.filter((one) => one !== podReporterFinalizer)
    await patchFinalizers(kube, pod, rest).catch((error: unknown) => {
      // It is gone all the same.
      if (!(error instanceof KubeError) || error.code !== 404) throw error
    })
  }

  async function optional<T>(read: () => Promise<T>, what: string): Promise<T | undefined> {
    try {
      return await read()
    } catch (err) {
      log.warn({ err, what }, 'cannot read what belongs to a pod')
      return undefined
    }
  }

  return {
    name: 'gcsk8sreporter',
    workers,
    deadlineMs: 20_000,
    shouldReport: ({ metadata, spec, status }) =>
      spec.agent === 'kubernetes' &&
      Boolean(status.pendingTime && status.build_id) &&
      (fraction >= 1 || crc32c(metadata.name ?? '') <= fraction * 0xffff_ffff),
    async report(job) {
      const folder = folderOf(job, config())
      if (folder === undefined) {
        log.warn({ name: job.metadata.name }, 'no bucket is known for the pod of this job')
        return { mark: [job] }
      }
      if (isComplete(job)) await write(job, folder)
      else if (job.status.state === 'aborted') return { mark: [], requeueAfterMs: abortedRetryMs }
      else await holdOn(job)
      return { mark: [job] }
    },
  }
}

const deletedMeanwhile = 'no new finalizers can be added if the object is being deleted'

async function patchFinalizers(kube: Kube, { metadata }: Pod, finalizers: readonly string[]): Promise<void> {
  const { namespace = '', name = '', resourceVersion } = metadata ?? {}
  // On the version that was read: a list is replaced as a whole, and others write to it too.
  const merge = { metadata: { finalizers: finalizers.length > 0 ? finalizers : null, resourceVersion } }
  await kube.patch(pods, { namespace, name }, { merge })
}

async function eventsOf(kube: Kube, { metadata }: Pod): Promise<readonly Event[]> {
  const { namespace = '', name = '', uid = '' } = metadata ?? {}
  const fields = { name, namespace, kind: 'Pod', uid }
  const fieldSelector = Object.entries(fields)
    .map(([field, value]) => `involvedObject.${field}=${value}`)
    .join(',')
  return (await kube.list(events, { namespace, fieldSelector })).items
}

const podInfo = (pod: Pod, about: readonly Event[], node: Node | undefined): string =>
  JSON.stringify({ pod, ...(about.length > 0 && { events: about }), ...(node && { node }) }, null, '\t')
