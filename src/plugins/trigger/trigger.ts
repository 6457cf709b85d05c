// trigger: starts the jobs of a repository when its pull requests change, when people ask for it, and on pushes.
import { plugin } from '../../hook/plugin.ts'
import { commands } from '../../jobs/commands.ts'
import { commented } from './comment.ts'
import { pullRequestChanged } from './pull-request.ts'
import { pushed } from './push.ts'
import { settingsFor } from './settings.ts'

const anybody = 'Anybody, on a pull request that is trusted.'
const members = 'Members of the organization that the repository trusts.'

export default plugin({
  name: 'trigger',
  about:
    'Starts the presubmits of a pull request when somebody trusted opens or changes it, or asks for them with a command, and the postsubmits of a branch when it is pushed to.',
  commands: [
    {
      usage: '/ok-to-test',
      about: 'Says that a pull request by somebody who is not trusted may be tested, and starts its jobs.',
      who: members,
      examples: ['/ok-to-test'],
      forms: { 'ok-to-test': commands.okToTest },
    },
    {
      usage: '/ok-to-test cancel',
      about: 'Takes that back. Jobs that are running go on.',
      who: members,
      examples: ['/ok-to-test cancel'],
      forms: { 'ok-to-test cancel': commands.okToTestCancel },
    },
    {
      usage: '/test [<job name>|all]',
      about:
        'Manually starts one, several, or all automatic jobs. Job names are those of the help that "/test ?" gives.',
      who: anybody,
      featured: true,
      examples: ['/test', '/test all', '/test pull-bazel-test'],
      forms: { 'test all': commands.testAll, 'test job': commands.testWithTarget, test: commands.testWithoutTarget },
    },
    {
      usage: '/test ?',
      about: 'Lists the jobs that can be started.',
      who: anybody,
      featured: true,
      examples: ['/test ?', '/test?'],
      forms: { help: commands.help },
    },
    {
      usage: '/retest',
      about: 'Reruns jobs that have failed.',
      who: anybody,
      featured: true,
      examples: ['/retest'],
      forms: { retest: commands.retest },
    },
    {
      usage: '/retest-required',
      about: 'Reruns required jobs that have failed.',
      who: anybody,
      examples: ['/retest-required'],
      forms: { 'retest-required': commands.retestRequired },
    },
    {
      usage: '/test-manual-required',
      about: 'Starts the required jobs that do not start by themselves.',
      who: anybody,
      examples: ['/test-manual-required'],
      forms: { 'test-manual-required': commands.testManualRequired },
    },
  ],
  handlers: {
    comment: ({ event, ...about }) => commented(event, about),
    pull_request: ({ event, ...about }) => pullRequestChanged(event, about),
    push: pushed,
  },
  help: (plugins, repos) => ({
    config: Object.fromEntries(
      repos.map((name) => {
        const [org = '', repo = ''] = name.split('/')
        const { trusted_org } = settingsFor(plugins, { org, repo })
        const also = trusted_org && trusted_org !== org ? ` and "${trusted_org}"` : ''
        return [name, `The trusted GitHub organization for this repository is "${org}"${also}.`]
      }),
    ),
    snippet: `triggers:
- repos:
  - kubernetes/test-infra
  # Apps whose pull requests are trusted.
  trusted_apps:
  - dependabot
  # Collaborators who are no members are not trusted.
  only_org_members: true
  # /ok-to-test has no effect.
  ignore_ok_to_test: true
  # Commands also rerun and approve GitHub Actions.
  trigger_github_workflows: true
`,
  }),
})
