// bowsprit hook: receives webhooks and runs plugins, against any cluster.
import { join } from 'node:path'
import { isEnabled } from '../hook/enablement.ts'
import { hook } from '../hook/hook.ts'
import { openOwners } from '../owners/owners.ts'
import { plugins } from '../plugins/index.ts'
import { defaultPeriodMs, needsRebaseScan } from '../plugins/needs-rebase/scan.ts'
import { retired } from '../plugins/retired.ts'
import { gitAccess } from '../up/git.ts'
import { part } from '../up/supervise.ts'
import { command } from './command.ts'
import { flag } from './flags.ts'
import {
  configFlags,
  dryRunFlag,
  gitFlags,
  githubFlags,
  instrumentationFlags,
  kubernetesFlags,
  openClusters,
  openConfig,
  openGitHub,
  openHmacFile,
  openSlack,
  pluginFlags,
  slackFlags,
} from './groups.ts'
import { openUserPlugins, pluginModuleFlag } from './plugin-module.ts'
import { serve } from './serve.ts'
import { checkTrackers, openTrackers, trackerFlags } from './tracker-flags.ts'

export default command({
  name: 'hook',
  about: 'Receives webhooks and runs plugins. What it has acknowledged it does, whatever happens to the process.',
  flags: {
    port: flag.port({ about: 'Port of the webhook.', default: 8888 }),
    host: flag.text({ about: 'Address to listen on; 0.0.0.0 in a Pod.', default: '127.0.0.1' }),
    'webhook-path': flag.text({ about: 'Path of the webhook.', default: '/hook' }),
    'data-dir': flag.path({ about: 'Folder of the journal of deliveries.', default: '.bowsprit' }),
    'grace-period': flag.duration({ about: 'How long running handlers may go on after a signal.', default: '180s' }),
    'hmac-secret-file': flag.path({ about: 'Secrets of the webhooks.', default: '/etc/webhook/hmac' }),
    'github-enabled-org': flag.list({ about: 'Only these organisations.' }),
    'github-enabled-repo': flag.list({ about: 'Only these repositories (org/repo).' }),
    'github-disabled-org': flag.list({ about: 'Not these organisations.' }),
    'github-disabled-repo': flag.list({ about: 'Not these repositories (org/repo).' }),
    ...trackerFlags,
    ...dryRunFlag(true),
    ...configFlags,
    ...pluginFlags,
    ...pluginModuleFlag,
    ...githubFlags,
    ...gitFlags,
    ...kubernetesFlags,
    ...slackFlags,
    ...instrumentationFlags,
  },
  examples: [
    [
      'bowsprit hook --config-path config.yaml --plugin-config plugins.yaml --hmac-secret-file hmac --github-token-path token',
      'Serves /hook on port 8888; ProwJobs go to the cluster of the current kubeconfig context.',
    ],
  ],
  run: ({ flags, machine }) =>
    serve({ name: 'hook', machine, flags }, async (building) => {
      const { clock, log } = building
      const ownPlugins = await openUserPlugins(flags['plugin-module'], machine.cwd)
      const config = await openConfig({ ...flags, 'plugin-config': flags['plugin-config'] }, building)
      const trackers = openTrackers(flags, building)
      checkTrackers(trackers, config.current().plugins)
      const { clusters, close } = await openClusters(flags, building, config.current().config.disabled_clusters)
      const github = openGitHub(flags, 'hook', building)
      const slack = openSlack(flags, building)
      const repositories = gitAccess({
        ...building,
        ...github,
        link: `https://${flags['github-host']}`,
        cacheDir: flags['cache-dir-base'] || join(flags['data-dir'], 'mirrors'),
        cacheSize: flags['in-repo-config-cache-size'],
        dryRun: flags['dry-run'],
      })
      const repos = {
        enabledOrgs: flags['github-enabled-org'],
        enabledRepos: flags['github-enabled-repo'],
        disabledOrgs: flags['github-disabled-org'],
        disabledRepos: flags['github-disabled-repo'],
      }
      const needs = {
        ...repositories,
        owners: openOwners({
          ...building,
          git: repositories.git,
          config,
          collaborators: (at) => github.host.collaborators(at),
        }),
        listen: { host: flags.host, port: flags.port },
        path: flags['webhook-path'],
        journal: { dataDir: flags['data-dir'] },
        hmac: openHmacFile(flags['hmac-secret-file'], { clock, log }),
        host: github.host,
        hostFor: github.hostFor,
        // Sending again is a change, too.
        ...(!flags['dry-run'] && { webhooks: github.webhooks }),
        kube: clusters.infrastructure,
        clusters,
        config,
        ...(slack && !flags['dry-run'] && { slack }),
        ...trackers,
        plugins: { ...plugins, ...ownPlugins },
        retired,
        repos,
        fetch,
        graceMs: flags['grace-period'],
      }
      const rounds = part(needsRebaseScan, {
        host: github.hostFor('needs-rebase'),
        config,
        place: 'plugins',
        covers: (at) => isEnabled(repos, at),
        periodMs: defaultPeriodMs,
      })
      return { parts: [part(hook, needs), rounds], close: [close, () => github.close()], budget: github.clients.budget }
    }),
})
