// bowsprit prow-controller-manager: plank and the scheduler, against any clusters.
import { parseLabelSelector } from '../engine/apiserver/selectors.ts'
import { podFor } from '../jobs/pod.ts'
import { jobUrl } from '../jobs/url.ts'
import type { Clusters } from '../kube/client.ts'
import { snowflakes, tot } from '../plank/build-ids.ts'
import { plank } from '../plank/plank.ts'
import { scheduler } from '../scheduler/scheduler.ts'
import { openStorage } from '../storage/open.ts'
import { part } from '../up/supervise.ts'
import { version } from '../up/version.ts'
import { command } from './command.ts'
import { flag, UsageError } from './flags.ts'
import {
  configFlags,
  dryRunFlag,
  instrumentationFlags,
  kubernetesFlags,
  onClusters,
  openConfig,
  unusedGithubFlags,
} from './groups.ts'
import { serve } from './serve.ts'

const controllers: readonly string[] = ['plank', 'scheduler']

export default command({
  name: 'prow-controller-manager',
  about:
    'Runs plank, which turns ProwJobs into Pods, follows the Pods and writes down how each job ended; and, if it is asked for, the scheduler.',
  flags: {
    'enable-controller': flag.list({
      about: 'What to run: plank, scheduler. The first use replaces the default.',
      default: ['plank'],
    }),
    'tot-url': flag.text({ about: 'Where build ids come from; made here when it is empty.' }),
    'label-selector': flag.text({ about: 'Only Pods that match this too are followed.' }),
    host: flag.text({ about: 'Address of metrics and health; 0.0.0.0 in a Pod.', default: '127.0.0.1' }),
    ...dryRunFlag(true),
    ...configFlags,
    ...kubernetesFlags,
    ...instrumentationFlags,
    ...unusedGithubFlags,
  },
  examples: [
    [
      'bowsprit prow-controller-manager --config-path config.yaml --job-config-path jobs --kubeconfig kubeconfig',
      'Every context of the kubeconfig is a build cluster.',
    ],
    [
      'bowsprit prow-controller-manager --config-path config.yaml --enable-controller plank --enable-controller scheduler',
      'With the scheduler, for a configuration with scheduler.enabled.',
    ],
  ],
  run({ flags, machine }) {
    const enabled = new Set(flags['enable-controller'])
    for (const name of enabled) {
      if (!controllers.includes(name)) {
        throw new UsageError(`--enable-controller: "${name}" is not one of ${controllers.join(', ')}`)
      }
    }
    try {
      parseLabelSelector(flags['label-selector'])
    } catch (error) {
      throw new UsageError(`--label-selector: ${error instanceof Error ? error.message : String(error)}`)
    }
    return serve({ name: 'prow-controller-manager', machine, flags }, async (building) => {
      const config = await openConfig(flags, building)
      const { clock, log, identity } = building
      if (config.current().config.scheduler.enabled && !enabled.has('scheduler')) {
        log.warn('scheduler.enabled is set: new jobs wait for a scheduler, and this program runs none')
      }
      const needs = {
        config,
        buildIds: flags['tot-url'] ? tot(flags['tot-url'], clock) : snowflakes(clock),
        podFor,
        jobUrl,
        version,
        identity,
        ...(flags['label-selector'] && { labelSelector: flags['label-selector'] }),
        ...(!flags['dry-run'] && { storage: openStorage() }),
      }
      const parts = (clusters: Clusters) => [
        ...(enabled.has('plank') ? [part(plank, { ...needs, clusters })] : []),
        ...(enabled.has('scheduler')
          ? [part(scheduler, { kube: clusters.infrastructure, config, fetch: globalThis.fetch })]
          : []),
      ]
      return { parts: [onClusters(flags, building, config, parts)] }
    })
  },
})
