// scheduler: gives each new ProwJob its build cluster, and so lets it start.
import { type ProwJob, prowJobs } from '../api/prowjob.ts'
import type { Component } from '../component.ts'
import type { ConfigAgent } from '../config/types.ts'
import { type Kube, KubeError } from '../kube/client.ts'
import { informer } from '../kube/informer.ts'
import { type Next, workQueue } from '../kube/queue.ts'
import { clusterChooser } from './strategy.ts'

/** What the scheduler needs beside the context. */
export interface SchedulerNeeds {
  /** The cluster of the ProwJobs. */
  readonly kube: Kube
  readonly config: ConfigAgent
  /** For the external scheduler. */
  readonly fetch: typeof globalThis.fetch
}

/** Several may run at once: a job that another one has scheduled meanwhile is left as it is. */
export const scheduler: Component<SchedulerNeeds> = {
  name: 'scheduler',
  async run(ctx) {
    const { kube, config: agent, log, signal } = ctx
    const config = () => agent.current().config
    const jobs = informer({
      ...ctx,
      resource: prowJobs,
      selection: { namespace: config().prowjob_namespace },
      transform: slim,
    })
    const choose = clusterChooser(ctx)

    async function reconcile(key: string, end: AbortSignal): Promise<Next> {
      const [namespace = '', name = ''] = key.split('/')
      const job = jobs.get(namespace, name)
      if (job?.status.state !== 'scheduling') return undefined
      const before = job.spec.cluster ?? ''
      // Asked for each time, so that a changed configuration holds from the next job on.
      const cluster = await choose(job, config().scheduler, end)
      const { resourceVersion } = job.metadata
      const merge = {
        // Whoever aborted it meanwhile must not be written over.
        metadata: { ...(resourceVersion ? { resourceVersion } : {}) },
        ...(cluster === before ? {} : { spec: { cluster: cluster || null } }),
        status: { state: 'triggered' },
      }
      try {
        jobs.observe(await kube.patch(prowJobs, { namespace, name }, { merge }))
      } catch (error) {
        if (!(error instanceof KubeError) || ![404, 409].includes(error.code)) throw error
        const live = await kube.get(prowJobs, { namespace, name })
        if (live) jobs.observe(live)
        return live && { after: 0 }
      }
      log.info({ job: name, name: job.spec.job, from: before, to: cluster }, 'scheduled a job')
      return undefined
    }

    const queue = workQueue({ ...ctx, name: 'scheduler', workers: 1, reconcile })
    jobs.on((change) => {
      if (change.type === 'deleted' || change.now.status.state !== 'scheduling') return
      const { namespace, name } = change.now.metadata
      queue.add(`${namespace}/${name}`, { low: change.type === 'added' && change.initial })
    })
    try {
      await jobs.synced
      ctx.ready()
      await queue.run(signal)
    } catch (error) {
      if (!signal.aborted) throw error
    }
  },
}

// Of each job only what decides about its cluster is kept.
function slim({ apiVersion, kind, metadata, spec, status }: ProwJob): ProwJob {
  const { name = '', namespace = '', uid = '', resourceVersion = '' } = metadata
  const { type, job, agent, cluster } = spec ?? {}
  return {
    apiVersion,
    kind,
    metadata: { name, namespace, uid, resourceVersion },
    spec: { type, job, ...(agent === undefined ? {} : { agent }), ...(cluster === undefined ? {} : { cluster }) },
    status: { state: status?.state },
  }
}
