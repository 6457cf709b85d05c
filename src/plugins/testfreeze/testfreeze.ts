// testfreeze: tells authors in kubernetes/kubernetes that a release is near.
import { jobName } from '../../api/labels.ts'
import { prowJobs } from '../../api/prowjob.ts'
import type { Config } from '../../config/types.ts'
import { type ContextOf, plugin } from '../../hook/plugin.ts'
import { freezeOf, freezeText, unixDate } from './freeze.ts'

const fastForwardJob = 'ci-fast-forward'

/** Branches that a Tide query for the repository leaves out. */
const frozenBranches = (where: string, { tide }: Config): ReadonlySet<string> =>
  new Set(
    tide.queries
      .filter(({ repos }) => repos?.includes(where))
      .flatMap(({ excludedBranches }) => excludedBranches ?? []),
  )

/** When the job that brings the release branch up to date last succeeded. */
async function lastFastForward({ clusters, config, log }: ContextOf<'pull_request'>): Promise<string> {
  try {
    const { items = [] } =
      (await clusters?.infrastructure.list(prowJobs, {
        namespace: config.prowjob_namespace,
        labelSelector: `${jobName}=${fastForwardJob}`,
      })) ?? {}
    const ends = items.flatMap(({ spec, status }) =>
      spec.job === fastForwardJob && status.state === 'success' ? (status.completionTime ?? []) : [],
    )
    const last = ends.sort().at(-1)
    return last === undefined ? 'unknown' : unixDate(last)
  } catch (err) {
    log.warn({ err }, 'cannot see when the release branch was last brought up to date')
    return 'unknown'
  }
}

/** The plugin for one repository: its schedule is nobody else's. @param where `org/repo` */
export const testfreezeOf = (where: string) =>
  plugin({
    name: 'testfreeze',
    about: `Tells authors of pull requests in ${where} when the repository is in Test Freeze or Code Freeze.`,
    handlers: {
      async pull_request(context) {
        const { event, pr, host, config } = context
        if (event.action !== 'opened' && event.action !== 'reopened') return
        if (`${pr.org}/${pr.repo}` !== where || event.pr.base.ref !== 'master') return
        const branches = await host.refs(pr, 'heads/release-')
        const freeze = await freezeOf({
          branches: branches.map(({ ref }) => ref.replace('heads/', '')),
          isTagged: async (tag) => (await host.refs(pr, `tags/${tag}`)).some(({ ref }) => ref === `tags/${tag}`),
          frozen: frozenBranches(where, config),
        })
        if (!freeze?.code && !freeze?.test) return
        const isBug = await pr.hasLabel('kind/bug')
        await pr.comment(freezeText(freeze, isBug, freeze.test ? await lastFastForward(context) : ''))
      },
    },
  })

export default testfreezeOf('kubernetes/kubernetes')
