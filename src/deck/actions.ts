// Rerun and abort: who may, and what they write. Pure.
import * as labels from '../api/labels.ts'
import { clusterOf, isComplete, type ProwJob, type RerunAuthConfig } from '../api/prowjob.ts'
import { timestamp } from '../api/time.ts'
import { labelsAndAnnotations } from '../jobs/labels.ts'
import { filedUnder } from '../jobs/refs.ts'
import type { Permission } from './wire.ts'

/** One entry of deck.default_rerun_auth_configs. */
export interface RerunRule {
  readonly repo?: string
  readonly cluster?: string
  readonly config: RerunAuthConfig
}

/**
 * Whether somebody may rerun or abort the job. The administrator always may; others only where the job or the last matching
 * rule of Deck lets anyone.
 */
export function permission(job: ProwJob, rules: readonly RerunRule[], admin: boolean): Permission {
  if (admin) return { allowed: true, why: '' }
  const rule = rules.findLast((entry) => covers(entry, job))
  if (job.spec.rerun_auth_config?.allow_anyone || rule?.config.allow_anyone) return { allowed: true, why: '' }
  return { allowed: false, why: 'Only the administrator of this Deck may do this, or anyone where the job allows it' }
}

function covers({ repo = '', cluster = '' }: RerunRule, job: ProwJob): boolean {
  if (cluster !== '' && cluster !== '*' && cluster !== clusterOf(job)) return false
  if (repo === '' || repo === '*') return true
  const refs = filedUnder(job.spec)
  if (!refs) return false
  return [refs.org, `${refs.org}/${refs.repo}`].some((name) => plainRepo(name) === plainRepo(repo))
}

/** Gerrit's two host names of one repository compare as equal. */
const plainRepo = (name: string): string => name.replace(/^https?:\/\//, '').replace(/^([^./]+)-review\./, '$1.')

// Belong to the run they were written for, not to the job.
const ownToARun = [labels.prowJobId, labels.buildId, labels.waitingReason, labels.waitingSince, labels.waitingNext]
const ownPrefixes = ['kubectl.kubernetes.io/']

/** A new ProwJob like the old one: same spec, labels and annotations; nothing of its run. */
export function rerunOf(
  old: ProwJob,
  fresh: { name: string; now: number; state: ProwJob['status']['state'] },
): ProwJob {
  const { namespace } = old.metadata
  return {
    apiVersion: 'prow.k8s.io/v1',
    kind: 'ProwJob',
    metadata: {
      name: fresh.name,
      ...(namespace !== undefined && { namespace }),
      ...labelsAndAnnotations(old.spec, {
        labels: keep(old.metadata.labels),
        annotations: keep(old.metadata.annotations),
      }),
    },
    spec: old.spec,
    status: { state: fresh.state, startTime: timestamp(fresh.now) },
  }
}

function keep(notes: Readonly<Record<string, string>> | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(notes ?? {}).filter(
      ([key]) => !ownToARun.includes(key) && !ownPrefixes.some((prefix) => key.startsWith(prefix)),
    ),
  )
}

/** Why a job cannot be aborted, or undefined. */
export function refuseAbort(job: ProwJob): string | undefined {
  const abortable =
    job.status.state === 'scheduling' || job.status.state === 'triggered' || job.status.state === 'pending'
  return abortable && !isComplete(job) ? undefined : `Cannot abort job with state: "${job.status.state}".`
}

/** The merge patch of an abort. Holds the version, so that an abort never overwrites a result; plank sets the completion. */
export function abortPatch(job: ProwJob): { merge: object } {
  return {
    merge: {
      metadata: { resourceVersion: job.metadata.resourceVersion },
      status: { state: 'aborted', description: `Successfully aborted ${job.metadata.name}.` },
    },
  }
}
