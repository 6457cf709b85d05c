// What a reporter is: it tells one audience about the state of ProwJobs.
import type { ProwJob } from '../api/prowjob.ts'
import type { Config } from '../config/types.ts'

interface Reported {
  /** Jobs whose state has been told; each is noted as handled in the state it has here. */
  readonly mark: readonly ProwJob[]
  /** Look again after so many milliseconds; nothing is noted then. */
  readonly requeueAfterMs?: number
}

export interface Reporter {
  /** Key in `status.prev_report_states`. */
  readonly name: string
  /** Jobs reported at once. */
  readonly workers: number
  /** A report that takes longer has failed. Milliseconds. */
  readonly deadlineMs: number
  /** Whether the reporter has anything to say about the job in this state. */
  shouldReport(job: ProwJob, config: Config): boolean
  /** Safe to repeat: a report that was made but not noted is made again. Throws when it could not be made. */
  report(job: ProwJob, signal: AbortSignal): Promise<Reported>
}
