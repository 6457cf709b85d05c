// The commit status of a job: pure, exactly as dashboards and Tide read it.
import type { CommitStatus, StatusState } from '../../api/code-host.ts'
import type { JobState, ProwJob } from '../../api/prowjob.ts'
import { descriptionOf } from '../../api/status-description.ts'

const states: Readonly<Record<Exclude<JobState, 'scheduling'>, StatusState>> = {
  triggered: 'pending',
  pending: 'pending',
  success: 'success',
  failure: 'failure',
  aborted: 'failure',
  error: 'error',
}

/** Throws for a state that cannot be told. */
export function statusOf({ spec, status }: ProwJob): CommitStatus {
  if (!Object.hasOwn(states, status.state)) throw new Error(`Unknown prowjob state: ${status.state}`)
  return {
    context: spec.context ?? '',
    state: states[status.state as keyof typeof states],
    description: descriptionOf(status.description ?? '', spec.refs?.base_sha ?? ''),
    target_url: status.url ?? '',
  }
}
