// Labels, annotations and markers that Prow's users, dashboards and scripts select by.

/** Marks every ProwJob and Pod that belongs to Prow; value "true". */
export const createdByProw = 'created-by-prow'
/** Job type. */
export const jobType = 'prow.k8s.io/type'
/** Job name: label cut to 63 characters, annotation in full. */
export const jobName = 'prow.k8s.io/job'
/** Status context: label cut to 63 characters, annotation in full. */
export const context = 'prow.k8s.io/context'
export const org = 'prow.k8s.io/refs.org'
export const repo = 'prow.k8s.io/refs.repo'
export const baseRef = 'prow.k8s.io/refs.base_ref'
/** Number of the first pull request. */
export const pull = 'prow.k8s.io/refs.pull'
/** On Pods: name of the ProwJob. Plank also adds it to the ProwJob itself. */
export const prowJobId = 'prow.k8s.io/id'
export const buildId = 'prow.k8s.io/build-id'
/** Version of the controller that made the Pod. */
export const plankVersion = 'prow.k8s.io/plank-version'
/** Delivery id of the webhook that led to the job. */
export const eventGuid = 'event-GUID'
/** "true" or "false" on presubmits created from a pull request event. */
export const isOptional = 'prow.k8s.io/is-optional'
/** "true" when a retest command started the job. */
export const retest = 'prow.k8s.io/retest'
/** Retry counter of periodics with `retry`. */
export const rerun = 'prow.k8s.io/re-run'
export const gerritReportLabel = 'prow.k8s.io/gerrit-report-label'
/** Finalizer of crier's pod reporter. */
export const podReporterFinalizer = 'prow.x-k8s.io/gcsk8sreporter'

/** Annotations of a ProwJob that has not ended: why, since when (RFC 3339), and what would move it. */
export const waitingReason = 'bowsprit.dev/waiting-reason'
export const waitingSince = 'bowsprit.dev/waiting-since'
export const waitingNext = 'bowsprit.dev/waiting-next'

/** GitHub labels that Prow's plugins set and Tide reads. */
export const github = {
  approved: 'approved',
  lgtm: 'lgtm',
  okToTest: 'ok-to-test',
  needsOkToTest: 'needs-ok-to-test',
  hold: 'do-not-merge/hold',
  workInProgress: 'do-not-merge/work-in-progress',
} as const

/** Annotation of a ProwJob: UID of the Pod that runs it. */
export const podUid = 'bowsprit.dev/pod-uid'
/** Annotation of a ProwJob: UID of the last Pod whose loss is in `pod_revival_count`, so that no loss is counted twice. */
export const lostPodUid = 'bowsprit.dev/lost-pod-uid'
