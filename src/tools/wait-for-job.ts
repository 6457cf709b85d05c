// Waits for the end of a ProwJob.
import { type ProwJob, prowJobs } from '../api/prowjob.ts'
import { type Kube, KubeError } from '../kube/client.ts'

const ends = ['success', 'failure', 'aborted', 'error']
const hasEnded = (job: ProwJob): boolean => ends.includes(job.status.state ?? '')

/**
 * The ProwJob when it has come to its end. A watch that closes is opened anew.
 * @throws Error when the ProwJob is deleted; the signal's reason when that aborts; what the cluster throws.
 */
export async function waitForJob(
  kube: Kube,
  at: { readonly namespace: string; readonly name: string },
  signal: AbortSignal,
): Promise<ProwJob> {
  const selection = { namespace: at.namespace, fieldSelector: `metadata.name=${at.name}` }
  for (;;) {
    signal.throwIfAborted()
    const { items, resourceVersion } = await kube.list(prowJobs, selection)
    const job = items.find(({ metadata }) => metadata.name === at.name)
    if (job === undefined) throw new Error(`the ProwJob ${at.name} was deleted`)
    if (hasEnded(job)) return job
    try {
      for await (const { type, object } of kube.watch(prowJobs, { ...selection, resourceVersion, signal })) {
        if (type === 'DELETED') break
        if (type !== 'BOOKMARK' && object.metadata.name === at.name && hasEnded(object)) return object
      }
    } catch (error) {
      // Too old a version: the next list has a newer one.
      if (!(error instanceof KubeError && error.code === 410)) throw error
    }
  }
}
