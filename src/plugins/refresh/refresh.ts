// refresh: tells the results of a pull request's jobs once more, for when the code host has missed or lost them.
import type { PullRequest } from '../../api/code-host.ts'
import { jobType, pull as pullLabel } from '../../api/labels.ts'
import { type ProwJob, prowJobs } from '../../api/prowjob.ts'
import { re2 } from '../../config/re2.ts'
import { type ContextOf, plugin } from '../../hook/plugin.ts'
import { type Clusters, KubeError } from '../../kube/client.ts'
import { takeAll } from '../shared/steps.ts'

const refreshCommand = re2`(?mi)^/refresh\s*$`

export type About = Omit<ContextOf<'issue_comment'>, 'event'>

/** Where ProwJobs come from, and how one is reported. */
export interface Reporting {
  /** All that may be of the pull request. */
  jobs(context: About): Promise<readonly ProwJob[]>
  /** @param all What `jobs` gave. */
  report(job: ProwJob, all: readonly ProwJob[], context: About): Promise<void>
}

/** Of each presubmit the newest run on the head of a pull request, as far as it is to be reported. */
export function newestRuns(jobs: readonly ProwJob[], { base, number, head }: PullRequest): readonly ProwJob[] {
  const newest = new Map<string, ProwJob>()
  for (const job of jobs) {
    const { type, report, agent, refs, job: name } = job.spec
    const [first] = refs?.pulls ?? []
    if (type !== 'presubmit' || !report || (agent !== 'kubernetes' && agent !== 'jenkins')) continue
    if (refs?.org !== base.repo.org || refs.repo !== base.repo.repo) continue
    if (first?.number !== number || first.sha !== head.sha) continue
    const other = newest.get(name)
    if (!other || startOf(job) > startOf(other)) newest.set(name, job)
  }
  return [...newest.values()].sort((a, b) => (a.spec.job < b.spec.job ? -1 : 1))
}

const startOf = ({ status }: ProwJob): number => Date.parse(status.startTime ?? '') || 0

/** The plugin, with where it gets jobs from and how it reports them. */
export const refresh = ({ jobs, report }: Reporting) =>
  plugin({
    name: 'refresh',
    about: 'Reports the results of the jobs of a pull request once more: statuses, then the comment.',
    commands: [
      {
        usage: '/refresh',
        about: 'Sets the statuses of the pull request as its jobs are, for when they went stale.',
        who: 'Anyone.',
        examples: ['/refresh'],
        forms: { refresh: refreshCommand },
      },
    ],
    handlers: {
      async issue_comment({ event, ...context }) {
        const { action, issue, comment } = event
        if (action !== 'created' || !issue.isPullRequest || issue.state === 'closed') return
        if (!refreshCommand.test(comment.body)) return
        const all = await jobs(context)
        const runs = newestRuns(all, await context.pr.fetch())
        await takeAll(runs.map((job) => () => report(job, all, context)))
      },
    },
  })

function kubeOf({ clusters }: { readonly clusters?: Clusters }) {
  if (!clusters) throw new Error('refresh needs the cluster of the ProwJobs, which this program does not have')
  return clusters.infrastructure
}

// What crier notes when it has told GitHub of a state.
const reporter = 'github-reporter'

/** Inside hook: crier is made to forget that it has reported. It then does so again, by its own rules. */
export default refresh({
  async jobs(context) {
    // The labels of org and repo are cut to what a label may hold, so the refs decide later.
    const labelSelector = `${jobType}=presubmit,${pullLabel}=${context.pr.number}`
    const { items } = await kubeOf(context).list(prowJobs, {
      namespace: context.config.prowjob_namespace,
      labelSelector,
    })
    return items
  },
  async report({ metadata }, _all, context) {
    const at = { namespace: metadata.namespace ?? '', name: metadata.name ?? '' }
    try {
      await kubeOf(context).patch(prowJobs, at, { merge: { status: { prev_report_states: { [reporter]: null } } } })
    } catch (error) {
      // Deleted meanwhile: there is nothing to report.
      if (!(error instanceof KubeError && error.code === 404)) throw error
    }
  },
})
