// milestonestatus: says with labels how far something planned for a milestone is, at the word of those who plan releases.
import { re2 } from '../config/re2.ts'
import { type CommandContext, plugin } from '../hook/plugin.ts'
import { trimSpace } from './shared/go-text.ts'
import { milestoneTeamHelp, refusalOf } from './shared/milestone-team.ts'
import { takeAll } from './shared/steps.ts'

const statuses: ReadonlySet<string> = new Set(['approved-for-milestone', 'in-progress', 'in-review'])

async function run({ said, event, issue, ...context }: CommandContext<'status'>): Promise<void> {
  const refusal = await refusalOf(event.user.login, 'add status labels', issue, context)
  if (refusal) return issue.comment(refusal)
  const wanted = said.all('status').map(({ groups: [status = ''] }) => trimSpace(status))
  await takeAll(
    wanted.filter((status) => statuses.has(status)).map((status) => () => issue.setLabel(`status/${status}`, true)),
  )
}

export default plugin({
  name: 'milestonestatus',
  about:
    "Lets those who plan releases set the labels 'status/approved-for-milestone', 'status/in-progress' and 'status/in-review'.",
  on: 'comment created',
  commands: [
    {
      usage: '/status (approved-for-milestone|in-progress|in-review)',
      about: 'Adds the label of that status.',
      who: 'Members of the milestone maintainers team.',
      examples: ['/status approved-for-milestone', '/status in-progress', '/status in-review'],
      forms: { status: re2`(?m)^/status\s+(.+)$` },
    },
  ],
  run,
  help: (plugins, repos) => ({
    config: milestoneTeamHelp(plugins, repos, false),
    snippet: `repo_milestone:
  kubernetes/kubernetes:
    # Slug of the team whose members may set these labels.
    maintainers_team: milestone-maintainers
`,
  }),
})
