// What can be wrong with a ProwJob when its Pod is made.

/** A ProwJob from which no Pod can be built: the job ends in state `error` with this message; trying again is useless. */
export class CannotBuildPod extends Error {
  override readonly name = 'CannotBuildPod'
  readonly reason: string

  constructor(job: string, reason: string) {
    super(`the pod of job ${job} cannot be built: ${reason}`)
    this.reason = reason
  }
}
