// crier: tells the world about the state of ProwJobs: statuses and comments on the code host, files in the bucket.
import type { CodeHost } from '../api/code-host.ts'
import { type ProwJob, prowJobs } from '../api/prowjob.ts'
import type { Component } from '../component.ts'
import type { ConfigAgent } from '../config/types.ts'
import type { Clusters } from '../kube/client.ts'
import { informer, withoutManagedFields } from '../kube/informer.ts'
import type { Storage } from '../storage/storage.ts'
import { blobReporter } from './blob/blob.ts'
import { runReporter } from './controller.ts'
import { type Enablement, enablementProblems } from './enablement.ts'
import { githubReporter, pullOf } from './github/github.ts'
import { marks } from './marks.ts'
import { crierMetrics } from './metrics.ts'
import { podReporter } from './podinfo/podinfo.ts'

export interface CrierNeeds {
  readonly clusters: Clusters
  readonly config: ConfigAgent
  readonly host: CodeHost
  readonly storage: Storage
  /** Jobs that each reporter tells about at once; 0 switches it off. Default: 10 each, but none for Pods. */
  readonly workers?: { readonly github?: number; readonly blob?: number; readonly pod?: number }
  /** Share of the jobs whose Pods are reported, 0 to 1. Default: 1. */
  readonly podFraction?: number
  readonly enablement?: Enablement
  /** The GitHub reporter tells only about jobs of this agent. */
  readonly reportAgent?: string
  /** Output of a configured report template for a job; without it, templates give nothing. */
  readonly renderReport?: (template: string, job: ProwJob) => string
}

export const crier: Component<CrierNeeds> = {
  name: 'crier',
  async run(ctx) {
    const { clusters, host, storage, clock, log, metrics: registry, signal } = ctx
    const kube = clusters.infrastructure
    const enablement = ctx.enablement ?? {}
    const [problem] = enablementProblems(enablement)
    if (problem) throw new Error(problem)
    const config = () => ctx.config.current().config
    const jobs = informer<ProwJob>({
      ...ctx,
      kube,
      resource: prowJobs,
      selection: { namespace: config().prowjob_namespace },
      transform: slim,
      indexes: { pull: pullOf },
    })
    const { github = 10, blob = 10, pod = 0 } = ctx.workers ?? {}
    const reporters = [
      githubReporter({
        host,
        config,
        jobsOfPull: (pull) => jobs.by('pull', pull),
        clock,
        log,
        workers: github,
        ...(ctx.reportAgent ? { agent: ctx.reportAgent } : {}),
        renderReport: ctx.renderReport ?? (() => ''),
      }),
      blobReporter({ kube, storage, config, log, workers: blob }),
      podReporter({
        build: (alias) => clusters.build(alias),
        storage,
        config,
        log,
        workers: pod,
        fraction: ctx.podFraction ?? 1,
      }),
    ]
    const shared = {
      jobs,
      config,
      enablement,
      marks: marks(kube, jobs),
      clock,
      log,
      registry,
      metrics: crierMetrics(registry),
    }
    try {
      await jobs.synced
    } catch (error) {
      if (signal.aborted) return
      throw error
    }
    ctx.ready()
    await Promise.all(
      reporters.filter(({ workers }) => workers > 0).map((reporter) => runReporter({ ...shared, reporter }, signal)),
    )
  },
}

/** Reporters do not read the Pod of a job, which is most of it. */
function slim(job: ProwJob): ProwJob {
  const { pod_spec: _, ...spec } = job.spec ?? {}
  return withoutManagedFields({ ...job, spec })
}
