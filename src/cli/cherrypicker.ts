// bowsprit cherrypicker: the plugin cherrypicker as a program of its own, behind hook.
import { join } from 'node:path'
import { cherrypicker, defaultSettings } from '../plugins/cherrypicker/cherrypicker.ts'
import { gitAccess } from '../up/git.ts'
import { command } from './command.ts'
import { configWithoutMain, externalPluginFlags, serveExternal } from './external-plugin.ts'
import { flag } from './flags.ts'

export default command({
  name: 'cherrypicker',
  about: 'Brings merged pull requests on further branches; hook forwards issue_comment and pull_request to it.',
  flags: {
    labels: flag.list({ about: 'Labels for the pull requests that are made.' }),
    'use-prow-assignments': flag.bool({
      about: 'Assign whoever asked, also with /assign.',
      default: defaultSettings.useProwAssignments,
    }),
    'allow-all': flag.bool({ about: 'Anybody may ask, not only members of the organisation.' }),
    'create-issue-on-conflict': flag.bool({ about: 'Open an issue when a pull request cannot be picked.' }),
    'label-prefix': flag.text({
      about: 'How labels begin that ask for a cherry-pick; the branch follows.',
      default: defaultSettings.labelPrefix,
    }),
    ...externalPluginFlags,
  },
  examples: [
    [
      'bowsprit cherrypicker --github-token-path token --hmac-secret-file hmac --dry-run=false',
      "Listens on port 8888, the endpoint for external_plugins in hook's plugins.yaml.",
    ],
  ],
  run: ({ flags, machine }) =>
    serveExternal('cherrypicker', { flags, machine }, async (building, github) => ({
      plugin: cherrypicker({
        labels: flags.labels,
        useProwAssignments: flags['use-prow-assignments'],
        allowAll: flags['allow-all'],
        createIssueOnConflict: flags['create-issue-on-conflict'],
        labelPrefix: flags['label-prefix'],
      }),
      config: await configWithoutMain(flags['data-dir'], {}, building),
      git: gitAccess({
        ...building,
        clients: github.clients,
        link: `https://${flags['github-host']}`,
        cacheDir: join(flags['data-dir'], 'mirrors'),
        cacheSize: undefined,
        dryRun: flags['dry-run'],
      }).git,
    })),
})
