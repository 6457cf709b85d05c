// bowsprit needs-rebase: the plugin needs-rebase as a program of its own, behind hook.
import { needsRebase } from '../plugins/needs-rebase/needs-rebase.ts'
import { needsRebaseScan } from '../plugins/needs-rebase/scan.ts'
import { part } from '../up/supervise.ts'
import { command } from './command.ts'
import { configWithoutMain, externalPluginFlags, serveExternal } from './external-plugin.ts'
import { flag } from './flags.ts'
import { pluginFiles, pluginFlags } from './groups.ts'

export default command({
  name: 'needs-rebase',
  about:
    'Labels pull requests that conflict with their base; hook forwards pull_request, push and issue_comment to it.',
  flags: {
    'update-period': flag.duration({ about: 'How often all open pull requests are looked at.', default: '24h' }),
    'cache-valid-time': flag.duration({
      about: 'After a comment made it look at a pull request, others do not for so long; 0: all do.',
      default: '0s',
    }),
    ...pluginFlags,
    ...externalPluginFlags,
    'github-hourly-tokens': flag.number({ about: externalPluginFlags['github-hourly-tokens'].about, default: 360 }),
    'github-allowed-burst': flag.number({ about: externalPluginFlags['github-allowed-burst'].about, default: 360 }),
  },
  examples: [
    [
      'bowsprit needs-rebase --plugin-config plugins.yaml --github-token-path token --hmac-secret-file hmac --dry-run=false',
      'Looks after the repositories that name needs-rebase under external_plugins.',
    ],
  ],
  run: ({ flags, machine }) =>
    serveExternal('needs-rebase', { flags, machine }, async (building, { host }) => {
      const config = await configWithoutMain(flags['data-dir'], pluginFiles(flags), building)
      const rounds = part(needsRebaseScan, {
        host,
        config,
        place: 'external_plugins',
        covers: () => true,
        periodMs: flags['update-period'],
      })
      return { plugin: needsRebase({ cacheValidMs: flags['cache-valid-time'] }), config, beside: [rounds] }
    }),
})
