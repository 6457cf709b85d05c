// milestone: puts an issue or pull request into a milestone, at the word of those who plan releases.
import { re2 } from '../config/re2.ts'
import { type CommandContext, plugin } from '../hook/plugin.ts'
import { codeList } from './shared/code-list.ts'
import { milestoneTeamHelp, refusalOf } from './shared/milestone-team.ts'

const clear = 'clear'

async function run({ said, event, issue, ...context }: CommandContext): Promise<void> {
  const { host } = context
  const refusal = await refusalOf(event.user.login, 'set the milestone', issue, context)
  if (refusal) return issue.reply(refusal)
  const known = await host.milestones(issue)
  const wanted = said.match.groups[0] ?? ''
  if (wanted === clear) return host.setMilestone(issue, undefined)
  const milestone = known.find(({ title }) => title === wanted)
  if (milestone) return host.setMilestone(issue, milestone.number)
  const titles = known.map(({ title }) => title).sort()
  await issue.reply(
    `The provided milestone is not valid for this repository. Milestones in this repository: [${codeList(titles)}]\n\nUse \`/milestone ${clear}\` to clear the milestone.`,
  )
}

export default plugin({
  name: 'milestone',
  about: 'Lets those who plan releases set the milestone of issues and pull requests.',
  on: 'comment created',
  commands: [
    {
      usage: '/milestone <version> or /milestone clear',
      about: 'Sets the milestone, or takes it away.',
      who: 'Members of the milestone maintainers team.',
      examples: ['/milestone v1.10', '/milestone v1.9', '/milestone clear'],
      forms: { milestone: re2`(?m)^/milestone\s+(.+?)\s*$` },
    },
  ],
  run,
  help: (plugins, repos) => ({
    config: milestoneTeamHelp(plugins, repos, true),
    snippet: `repo_milestone:
  # For all repositories without an entry of their own.
  "":
    maintainers_team: release-team
  kubernetes/kubernetes:
    # Slug of the team whose members may set milestones.
    maintainers_team: milestone-maintainers
    # Whom others are told to ask.
    maintainers_friendly_name: SIG Chairs/TLs
`,
  }),
})
