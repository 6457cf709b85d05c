// bowsprit sinker: deletes old ProwJobs and Pods, in any clusters.
import type { Ctx } from '../component.ts'
import type { Clusters } from '../kube/client.ts'
import { sinker } from '../sinker/sinker.ts'
import { untilAborted } from '../up/supervise.ts'
import { command } from './command.ts'
import { flag } from './flags.ts'
import { configFlags, dryRunFlag, instrumentationFlags, kubernetesFlags, onClusters, openConfig } from './groups.ts'
import { serve } from './serve.ts'

export default command({
  name: 'sinker',
  about: 'Deletes finished ProwJobs and old Pods, one round per resync_period.',
  flags: {
    'run-once': flag.bool({ about: 'One round, then the end.' }),
    host: flag.text({ about: 'Address of metrics and health; 0.0.0.0 in a Pod.', default: '127.0.0.1' }),
    ...dryRunFlag(true),
    ...configFlags,
    ...kubernetesFlags,
    ...instrumentationFlags,
  },
  examples: [['bowsprit sinker --config-path config.yaml --dry-run=false --run-once', 'Tidies up once.']],
  run: ({ flags, machine }) =>
    serve({ name: 'sinker', machine, flags }, async (building) => {
      const config = await openConfig(flags, building)
      const runOnce = flags['run-once']
      const run: typeof sinker.run = async (ctx) => {
        await sinker.run(ctx)
        if (!runOnce) return
        building.end()
        await untilAborted(ctx.signal)
      }
      const needs = {
        config,
        runOnce,
        ...(flags['job-config-path'] && { jobConfigPath: flags['job-config-path'] }),
        ...(!runOnce && { identity: building.identity }),
      }
      const parts = (clusters: Clusters) => [{ name: 'sinker', run: (ctx: Ctx) => run({ ...ctx, ...needs, clusters }) }]
      return { parts: [onClusters(flags, building, config, parts)] }
    }),
})
