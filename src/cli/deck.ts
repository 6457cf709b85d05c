// bowsprit deck: serves the pages, for the ProwJobs of any cluster.
import { resolve } from 'node:path'
import { deck } from '../deck/deck.ts'
import { bucketsOf } from '../jobs/buckets.ts'
import { openStorage } from '../storage/open.ts'
import { askHook } from '../up/hook-help.ts'
import { part } from '../up/supervise.ts'
import { command } from './command.ts'
import { flag, UsageError } from './flags.ts'
import { configFlags, instrumentationFlags, kubernetesFlags, openClusters, openConfig, secretFile } from './groups.ts'
import { serve } from './serve.ts'

export default command({
  name: 'deck',
  about: 'Serves the pages: the list of jobs, their logs and results; reruns and aborts them for those who may.',
  flags: {
    port: flag.port({ about: 'Port of the pages.', default: 8080 }),
    host: flag.text({ about: 'Address to listen on; 0.0.0.0 in a Pod.', default: '127.0.0.1' }),
    'hook-url': flag.text({ about: 'Address of hook’s /plugin-help, for the pages of commands and plugins.' }),
    'admin-token-file': flag.path({ about: 'Whoever sends this bearer token may rerun and abort.' }),
    ...configFlags,
    ...kubernetesFlags,
    ...instrumentationFlags,
  },
  examples: [['bowsprit deck --config-path config.yaml --kubeconfig kubeconfig', 'Serves http://127.0.0.1:8080.']],
  run({ flags, machine }) {
    const help = flags['hook-url']
    if (help && !URL.canParse(help)) throw new UsageError(`--hook-url: "${help}" is not a URL`)
    return serve({ name: 'deck', machine, flags }, async (building) => {
      const { clock, log, signal } = building
      const config = await openConfig(flags, building)
      const { clusters, close } = await openClusters(
        { ...flags, 'dry-run': false },
        building,
        config.current().config.disabled_clusters,
      )
      const token = flags['admin-token-file']
      const needs = {
        listen: { host: flags.host, port: flags.port },
        kube: clusters.infrastructure,
        clusters,
        config,
        storage: openStorage(() => bucketsOf(config.current().config)),
        admin: token
          ? ({ mode: 'token', token: secretFile('--admin-token-file', token, clock, log)() } as const)
          : ({ mode: 'nobody' } as const),
        webRoot: resolve(import.meta.dirname, '../../web/dist'),
        ...(help && { pluginHelp: () => askHook(help, { fetch, clock, signal }) }),
      }
      return { parts: [part(deck, needs)], close: [close] }
    })
  },
})
