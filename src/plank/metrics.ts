// Metrics about ProwJobs, by upstream's names.
import { Counter, Gauge, type Registry } from 'prom-client'
import { retest } from '../api/labels.ts'
import type { ProwJob } from '../api/prowjob.ts'
import type { Informer } from '../kube/informer.ts'

const labelNames = [
  'job_namespace',
  'job_name',
  'type',
  'state',
  'org',
  'repo',
  'base_ref',
  'cluster',
  'retest',
] as const
type Labels = Record<(typeof labelNames)[number], string>

/** The labels of one job. */
function jobLabels({ metadata, spec, status }: ProwJob): Labels {
  const refs = spec.refs ?? spec.extra_refs?.[0]
  return {
    job_namespace: metadata.namespace ?? '',
    job_name: spec.job,
    type: spec.type,
    state: status.state,
    org: refs?.org ?? '',
    repo: refs?.repo ?? '',
    base_ref: refs?.base_ref ?? '',
    cluster: spec.cluster ?? '',
    retest: metadata.labels?.[retest] === 'true' ? 'true' : 'false',
  }
}

const sources = new WeakMap<Registry, Set<Informer<ProwJob>>>()

/**
 * Counts the jobs of a cache until the returned function is called. Unlike upstream, jobs that were there at the start
 * are no transitions: the counter does not jump with each restart.
 */
export function measureJobs(jobs: Informer<ProwJob>, registry: Registry): () => void {
  const known = sources.get(registry)
  const from = known ?? new Set<Informer<ProwJob>>()
  sources.set(registry, from)
  if (!known) {
    new Gauge({
      name: 'prowjobs',
      help: 'Number of prowjobs in the system.',
      labelNames,
      registers: [registry],
      collect() {
        this.reset()
        for (const cache of from) for (const job of cache.list()) if (isOurs(job)) this.inc(jobLabels(job))
      },
    })
    new Counter({
      name: 'prowjob_state_transitions',
      help: 'Number of prowjobs transitioning states.',
      labelNames,
      registers: [registry],
    })
  }
  const transitions = registry.getSingleMetric('prowjob_state_transitions')
  from.add(jobs)
  const stop = jobs.on((change) => {
    if (change.type === 'deleted' || !isOurs(change.now) || (change.type === 'added' && change.initial)) return
    const same = change.type === 'modified' && tuple(change.before) === tuple(change.now)
    if (!same && transitions instanceof Counter) transitions.inc(jobLabels(change.now))
  })
  return () => {
    stop()
    from.delete(jobs)
  }
}

const isOurs = ({ spec }: ProwJob) => spec.agent === 'kubernetes'
const tuple = (job: ProwJob) => JSON.stringify([jobLabels(job), job.status.build_id])
