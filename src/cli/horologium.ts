// bowsprit horologium: starts periodic ProwJobs, in any cluster. Exactly one may run at a time.
import { horologium } from '../horologium/horologium.ts'
import { newPeriodic } from '../jobs/build.ts'
import { part } from '../up/supervise.ts'
import { command } from './command.ts'
import { flag } from './flags.ts'
import { configFlags, dryRunFlag, instrumentationFlags, kubernetesFlags, openClusters, openConfig } from './groups.ts'
import { serve } from './serve.ts'

export default command({
  name: 'horologium',
  about: 'Makes a ProwJob for each periodic whose time has come.',
  flags: {
    host: flag.text({ about: 'Address of metrics and health; 0.0.0.0 in a Pod.', default: '127.0.0.1' }),
    // The cache is waited for as long as it takes.
    'timeout-listing-prowjobs': flag.ignored(),
    ...dryRunFlag(true),
    ...configFlags,
    ...kubernetesFlags,
    ...instrumentationFlags,
  },
  examples: [
    [
      'bowsprit horologium --config-path config.yaml --job-config-path jobs --dry-run=false',
      'Runs until it is stopped.',
    ],
  ],
  run: ({ flags, machine }) =>
    serve({ name: 'horologium', machine, flags }, async (building) => {
      const config = await openConfig(flags, building)
      const { clusters, close } = await openClusters(flags, building, config.current().config.disabled_clusters)
      return { parts: [part(horologium, { kube: clusters.infrastructure, config, newPeriodic })], close: [close] }
    }),
})
