// milestoneapplier: puts pull requests into the milestone of their branch.
import { htmlEscaped } from '../config/templates/escapes.ts'
import { type PullRequestEvent, plugin } from '../hook/plugin.ts'

/** Whether this is when a pull request gets its milestone: on the default branch when it has merged, elsewhere also at once. */
export function isDue({ action, pr, repo }: PullRequestEvent): boolean {
  if (action === 'closed') return pr.merged
  return action === 'opened' && pr.base.ref !== repo.default_branch
}

export default plugin({
  name: 'milestoneapplier',
  about: 'Puts pull requests into the milestone that the configuration names for their branch.',
  handlers: {
    async pull_request({ event, pr, host, plugins }) {
      const branch = event.pr.base.ref
      const branches = plugins.sections.milestone_applier?.[`${pr.org}/${pr.repo}`] ?? {}
      const wanted = Object.hasOwn(branches, branch) ? branches[branch] : undefined
      if (wanted === undefined || event.pr.milestone?.title === wanted || !isDue(event)) return
      const milestone = (await host.milestones(pr)).find(({ title }) => title === wanted)
      if (!milestone)
        throw new Error(
          `milestone_applier: ${pr.org}/${pr.repo} has no open milestone "${wanted}" for branch ${branch}`,
        )
      await host.setMilestone(pr, milestone.number)
    },
  },
  help: ({ sections }, repos) => ({
    config: Object.fromEntries(
      repos.flatMap((name) => {
        const branches = Object.entries(sections.milestone_applier?.[name] ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
        if (branches.length === 0) return []
        const points = branches.map(
          ([branch, title]) => `<li><code>${htmlEscaped(branch)}</code>: <code>${htmlEscaped(title)}</code></li>`,
        )
        return [[name, `Pull requests get these milestones by their branch:<ul>${points.join('')}</ul>`]]
      }),
    ),
    snippet:
      'milestone_applier:\n  kubernetes/kubernetes:\n    # Branch and title of the milestone.\n    release-1.30: v1.30\n',
  }),
})
