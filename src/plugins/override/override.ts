// override: makes failed contexts of a pull request green, in the name of somebody who may answer for that.
import { plugin } from '../../hook/plugin.ts'
import { cancelOverrides } from './cancel.ts'
import { askedBy, commands } from './commands.ts'
import { overrideContexts } from './contexts.ts'
import { whoMay } from './who.ts'

const who =
  'Repo administrators. Where the configuration says so, also approvers of the top level OWNERS file and members of GitHub teams.'

export default plugin({
  name: 'override',
  about: 'Makes failed status contexts of a pull request green, so that it can merge although a job is broken.',
  on: 'comment created on an open pull request',
  commands: [
    {
      usage: '/override [context1] [context2]',
      about:
        'Makes contexts, or those of the jobs, green on the present base. Names with blanks go between double quotes.',
      who,
      examples: [
        '/override pull-repo-whatever',
        '/override "test / Unit Tests"',
        '/override ci/circleci pull-repo-whatever',
      ],
      forms: { override: commands.override },
    },
    {
      usage: '/override-sticky [context1] [context2]',
      about: 'The same, for this commit whatever becomes of the base: the jobs are not run again before the merge.',
      who,
      examples: ['/override-sticky pull-repo-whatever', '/override-sticky "test / Unit Tests"'],
      forms: { 'override-sticky': commands['override-sticky'] },
    },
    {
      usage: '/override-cancel [context]',
      about: 'Takes overrides back: all of them, or those of the contexts or jobs.',
      who,
      examples: ['/override-cancel', '/override-cancel pull-repo-whatever'],
      forms: { 'override-cancel': commands['override-cancel'] },
    },
  ],
  async run({ said, ...about }) {
    const cancel = askedBy(said.all('override-cancel'))
    if (cancel) await cancelOverrides(cancel, about)
    for (const command of ['override-sticky', 'override'] as const) {
      const asked = askedBy(said.all(command))
      if (asked) await overrideContexts(command, asked, about)
    }
  },
  help: ({ sections }) => ({
    config: { '': `Contexts can be overridden by: ${whoMay(sections.override ?? {})}` },
    snippet: `override:
  # Approvers of the top level OWNERS file may override.
  allow_top_level_owners: true
  # Members of these teams may, by org or org/repo.
  allowed_github_teams:
    kubernetes:
    - release-managers
    kubernetes/kubernetes:
    - test-infra-admins
`,
  }),
})
