// bowsprit prow-controller-manager: plank, against any clusters.
import { podFor } from '../jobs/pod.ts'
import { jobUrl } from '../jobs/url.ts'
import { snowflakes, tot } from '../plank/build-ids.ts'
import { plank } from '../plank/plank.ts'
import { part } from '../up/supervise.ts'
import { version } from '../up/version.ts'
import { command } from './command.ts'
import { flag } from './flags.ts'
import { configFlags, dryRunFlag, instrumentationFlags, kubernetesFlags, openClusters, openConfig } from './groups.ts'
import { serve } from './serve.ts'

export default command({
  name: 'prow-controller-manager',
  about: 'Runs plank: turns ProwJobs into Pods, follows the Pods, and writes down how each job ended.',
  flags: {
    'tot-url': flag.text({ about: 'Where build ids come from; made here when it is empty.' }),
    'label-selector': flag.text({ about: 'Only Pods that match this too are followed.' }),
    host: flag.text({ about: 'Address of metrics and health; 0.0.0.0 in a Pod.', default: '127.0.0.1' }),
    ...dryRunFlag(true),
    ...configFlags,
    ...kubernetesFlags,
    ...instrumentationFlags,
  },
  examples: [
    [
      'bowsprit prow-controller-manager --config-path config.yaml --job-config-path jobs --kubeconfig kubeconfig',
      'Every context of the kubeconfig is a build cluster.',
    ],
  ],
  run: ({ flags, machine }) =>
    serve(
      { name: 'prow-controller-manager', machine, metricsPort: flags['metrics-port'], host: flags.host },
      async (building) => {
        const config = await openConfig(flags, building)
        const { clusters, close } = await openClusters(flags, building, config.current().config.disabled_clusters)
        const needs = {
          clusters,
          config,
          buildIds: flags['tot-url'] ? tot(flags['tot-url'], building.clock) : snowflakes(building.clock),
          podFor,
          jobUrl,
          version,
          identity: building.identity,
          ...(flags['label-selector'] && { labelSelector: flags['label-selector'] }),
        }
        return { parts: [part(plank, needs)], close: [close] }
      },
    ),
})
