// bowsprit config-bootstrapper: fills ConfigMaps from folders, for a new installation or after a loss.
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { systemClock } from '../system/clock.ts'
import { systemIds } from '../system/ids.ts'
import { bootstrap } from '../tools/config-bootstrapper.ts'
import { command } from './command.ts'
import { explain } from './explain.ts'
import { flag, UsageError } from './flags.ts'
import { configFlags, dryRunFlag, kubernetesFlags, openClusters, pluginFlags } from './groups.ts'
import { readSnapshot } from './reading.ts'

export default command({
  name: 'config-bootstrapper',
  about: 'Makes the ConfigMaps of config_updater hold what lies in folders, and nothing else.',
  flags: {
    'source-path': flag.list({ about: 'Checkout of a repository; of two with the same file the first counts.' }),
    ...dryRunFlag(true),
    ...configFlags,
    'config-path': flag.path({ about: 'Main configuration file.', default: '/etc/config/config.yaml' }),
    ...pluginFlags,
    ...kubernetesFlags,
  },
  examples: [
    [
      'bowsprit config-bootstrapper --source-path . --config-path config.yaml --plugin-config plugins.yaml',
      'Tells which ConfigMaps would be written.',
    ],
    [
      'bowsprit config-bootstrapper --source-path . --config-path config.yaml --plugin-config plugins.yaml --dry-run=false',
      'Writes them, and removes every key without a file.',
    ],
  ],
  async run({ flags, machine }) {
    if (flags['source-path'].length === 0) throw new UsageError('--source-path is needed')
    const { config, plugins } = await readSnapshot(flags)
    const settings = plugins.sections.config_updater
    if (!settings) throw new Error('there is no plugin configuration')
    const opening = {
      machine,
      clock: systemClock,
      ids: systemIds,
      log: pino({ level: 'error' }, machine.stderr),
      metrics: new Registry(),
    }
    const opened = await openClusters(flags, opening, config.disabled_clusters)
    try {
      const { outcomes, ambiguous, leftOut } = await bootstrap({
        folders: flags['source-path'],
        settings,
        defaultNamespace: config.prowjob_namespace,
        clusters: opened.clusters,
      })
      const warn = (text: string) => machine.stderr.write(`bowsprit config-bootstrapper: ${text}\n`)
      for (const glob of leftOut)
        warn(`${glob} is left out: it has allowed_repos, and nobody says which repository this is`)
      for (const { path, globs } of ambiguous) warn(`${path} is meant by ${globs.join(', ')}; the first counts`)
      const verb = flags['dry-run'] ? 'would update' : 'updated'
      for (const outcome of outcomes) {
        const { cluster, namespace, name } = outcome.target
        const about = `${namespace}/${name} at cluster ${cluster}`
        if ('done' in outcome) machine.stdout.write(`${verb} ${about}: ${outcome.done.length} keys\n`)
        else warn(`${about}: ${'refused' in outcome ? outcome.refused : explain(outcome.failed, flags)}`)
      }
      return outcomes.every((outcome) => 'done' in outcome) ? 0 : 1
    } finally {
      await opened.close()
    }
  },
})
