// ProwJob → the row of the list. Says of every job that has not ended why, since when, and what would move it.
import * as labels from '../api/labels.ts'
import { clusterOf, isComplete, type ProwJob, type Pull, type Refs } from '../api/prowjob.ts'
import { milliseconds } from '../api/time.ts'
import { filedUnder } from '../jobs/refs.ts'
import type { JobRow, RowPull } from './wire.ts'

/** @param codeHost Base address of the code host, for links that nobody has put into the job. */
export function rowOf(job: ProwJob, codeHost: string): JobRow {
  const { spec, status, metadata } = job
  const refs = filedUnder(spec)
  const repoLink = refs ? repoLinkOf(refs, codeHost) : ''
  const created = millis(status.startTime) || millis(metadata.creationTimestamp)
  return {
    name: metadata.name ?? '',
    job: spec.job,
    type: spec.type,
    state: status.state,
    build: status.build_id ?? '',
    cluster: clusterOf(job),
    org: refs?.org ?? '',
    repo: refs?.repo ?? '',
    repoLink,
    base: refs?.base_ref ?? '',
    pulls: (spec.refs?.pulls ?? []).map((pull) => pullOf(pull, repoLink)),
    created,
    pending: millis(status.pendingTime),
    completed: millis(status.completionTime),
    description: status.description ?? '',
    ...waitingOf(job, created),
  }
}

/** RFC 3339 → milliseconds since the epoch, 0 for nothing. */
export function millis(time: string | undefined): number {
  return milliseconds(time) ?? 0
}

function repoLinkOf(refs: Refs, codeHost: string): string {
  if (refs.repo_link) return refs.repo_link
  if (/^https?:/.test(refs.org)) return `${refs.org}/${refs.repo}`
  return codeHost ? `${codeHost.replace(/\/+$/, '')}/${refs.org}/${refs.repo}` : ''
}

const pullOf = (pull: Pull, repoLink: string): RowPull => ({
  number: pull.number,
  author: pull.author,
  title: pull.title ?? '',
  link: pull.link ?? (repoLink ? `${repoLink}/pull/${pull.number}` : ''),
  sha: pull.sha,
})

/** The controllers' own words where they left some, else what the state alone tells. */
function waitingOf(job: ProwJob, created: number): Pick<JobRow, 'reason' | 'since' | 'next'> {
  if (isComplete(job)) return { reason: '', since: 0, next: '' }
  const notes = job.metadata.annotations
  const fallback = fromState(job, created)
  return {
    reason: notes?.[labels.waitingReason] || fallback.reason,
    since: millis(notes?.[labels.waitingSince]) || fallback.since,
    next: notes?.[labels.waitingNext] || fallback.next,
  }
}

function fromState({ status }: ProwJob, created: number): Pick<JobRow, 'reason' | 'since' | 'next'> {
  switch (status.state) {
    case 'scheduling':
      return { reason: 'No build cluster chosen yet', since: created, next: 'The scheduler assigns one' }
    case 'triggered':
      return { reason: 'Waiting for its Pod', since: created, next: 'plank makes the Pod when a slot is free' }
    case 'pending':
      return {
        reason: 'Running',
        since: millis(status.pendingTime) || created,
        next: 'It ends when its containers end, or at its timeout',
      }
    case 'aborted':
      return { reason: 'Being stopped', since: created, next: 'plank deletes the Pod and sets the completion time' }
    default:
      return { reason: 'Being wrapped up', since: created, next: 'plank sets the completion time' }
  }
}
