// Many finished ProwJobs for one benchmark: copies of a real one, created through the API.
import { type ProwJob, prowJobs } from '../src/api/prowjob.ts'
import type { Installed } from './installation.ts'

const inFlight = 32
const differentJobs = 50

/**
 * Creates copies of the sample's first run until there are `count` ProwJobs. Needs the sample's own jobs. Everything about them has
 * been reported already, and they have just ended, so that no component has work with them.
 * @returns creations per second.
 */
export async function fillUp({ kube }: Installed, count: number): Promise<number> {
  const { items } = await kube.list(prowJobs, { namespace: 'default' })
  const model = items.find(({ status }) => status.state === 'success')
  if (!model) throw new Error('the first run of the sample has not succeeded')
  const begin = performance.now()
  let next = items.length
  const worker = async () => {
    while (next < count) await kube.create(prowJobs, copyOf(model, next++))
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
  return ((count - items.length) / (performance.now() - begin)) * 1000
}

function copyOf({ apiVersion, kind, metadata, spec, status }: ProwJob, index: number): ProwJob {
  const job = `${spec.job}-${index % differentJobs}`
  const name = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
  const { labels, annotations } = metadata
  return {
    apiVersion,
    kind,
    metadata: {
      namespace: 'default',
      name,
      labels: { ...labels, 'prow.k8s.io/job': job, 'prow.k8s.io/build-id': String(index) },
      annotations: { ...annotations, 'prow.k8s.io/job': job },
    },
    spec: { ...spec, job, context: job },
    status: { ...status, build_id: String(index), pod_name: name },
  }
}
