// bowsprit up: the whole installation in one process on the embedded engine, for a real GitHub or for the simulated one.
import { resolve } from 'node:path'
import type { Logger } from 'pino'
import { fixedHmac, type HmacSource } from '../hook/hmac.ts'
import type { Clock } from '../system/clock.ts'
import { runUp } from '../up/up.ts'
import { command } from './command.ts'
import { flag, UsageError } from './flags.ts'
import {
  configFlags,
  furtherFiles,
  gitFlags,
  githubFlags,
  githubSettings,
  openCredentials,
  openHmacFile,
  openSlack,
  pluginFlags,
  slackFlags,
} from './groups.ts'
import { openUserPlugins, pluginModuleFlag } from './plugin-module.ts'
import { trackerFlags, trackerSecrets, trackersOf } from './tracker-flags.ts'

export default command({
  name: 'up',
  about: 'Runs everything on this machine: API server, node, hook, plank, crier, sinker, horologium and Deck.',
  flags: {
    'data-dir': flag.path({ about: 'Folder of everything that is kept.', default: '.bowsprit' }),
    simulator: flag.bool({ about: 'Bring a GitHub of our own that runs offline, with a sample organisation.' }),
    ...configFlags,
    ...pluginFlags,
    ...pluginModuleFlag,
    'plugin-config': {
      ...pluginFlags['plugin-config'],
      shown: '',
      read: (given: readonly string[]) => given.at(-1) ?? '',
    },
    ...githubFlags,
    ...gitFlags,
    ...slackFlags,
    ...trackerFlags,
    'hmac-secret-file': flag.path({ about: 'Secrets of the webhooks; $BOWSPRIT_HMAC_SECRET if there is no file.' }),
    host: flag.text({
      about: 'Address to listen on. Others than this machine can reach it when it is not a loopback one.',
      default: '127.0.0.1',
    }),
    'deck-port': flag.port({ about: 'Port of Deck.', default: 8080 }),
    'hook-port': flag.port({ about: 'Port of hook; GitHub posts to /hook there.', default: 8888 }),
    'api-port': flag.port({ about: 'Port of the Kubernetes API.', default: 6443 }),
    'metrics-port': flag.port({ about: 'Port of /metrics and /healthz.', default: 9090 }),
    'simulator-port': flag.port({ about: 'Port of the simulated GitHub.', default: 8090 }),
    'max-pods': flag.number({ about: 'Pods that run at once; 0: as many as the machine has room for.', default: 0 }),
    'log-level': flag.text({ about: 'Least level that is written to DATA-DIR/bowsprit.log.', default: 'info' }),
  },
  examples: [
    ['bowsprit up --simulator', 'Try it: shows the life of a first job, and where to look.'],
    [
      'bowsprit up --config-path config.yaml --plugin-config plugins.yaml --github-token-path token --hmac-secret-file hmac',
      'Work for github.com. Its webhooks must reach the port of hook.',
    ],
    [
      'bowsprit up --simulator --deck-port 0 --hook-port 0 --api-port 0 --metrics-port 0 --simulator-port 0',
      'On free ports; DATA-DIR/addresses.json tells which.',
    ],
  ],
  async run({ flags, rest, machine }) {
    if (rest.length > 0) throw new UsageError(`up takes flags only, not "${rest.join(' ')}"`)
    if (!flags.simulator && !flags['config-path']) {
      throw new UsageError('--config-path is needed with a real GitHub; or try it with --simulator')
    }
    return runUp({
      dataDir: resolve(machine.cwd, flags['data-dir']),
      host: flags.host,
      ports: {
        deck: flags['deck-port'],
        hook: flags['hook-port'],
        api: flags['api-port'],
        metrics: flags['metrics-port'],
        simulator: flags['simulator-port'],
      },
      simulator: flags.simulator,
      ...(flags['config-path'] && { configPath: flags['config-path'] }),
      ...furtherFiles(flags),
      github: githubSettings(flags),
      ...(flags['github-host'] !== 'github.com' && { link: `https://${flags['github-host']}` }),
      ...(flags['cache-dir-base'] && { gitCacheDir: resolve(machine.cwd, flags['cache-dir-base']) }),
      inRepoCacheSize: flags['in-repo-config-cache-size'],
      credentials: (clock, log) => openCredentials(flags, { machine, clock, log }),
      hmac: (clock, log) => openHmac(flags['hmac-secret-file'], machine.env.BOWSPRIT_HMAC_SECRET, clock, log),
      slack: (clock, log) => openSlack(flags, { clock, log }),
      trackers: (clock, log) => trackersOf(flags, { clock, log }),
      secretFiles: [
        flags['github-token-path'],
        flags['github-app-private-key-path'],
        flags['hmac-secret-file'],
        flags['slack-token-file'],
        ...trackerSecrets(flags),
      ]
        .filter((file) => file !== '')
        .map((file) => resolve(machine.cwd, file)),
      ...(flags['max-pods'] > 0 && { pods: flags['max-pods'] }),
      plugins: await openUserPlugins(flags['plugin-module'], machine.cwd),
      logLevel: flags['log-level'],
      machine,
    })
  },
})

function openHmac(file: string, fromEnv: string | undefined, clock: Clock, log: Logger): HmacSource {
  if (file) return openHmacFile(file, { clock, log })
  if (fromEnv) return fixedHmac({ '*': [fromEnv] })
  throw new UsageError(
    '--hmac-secret-file (or $BOWSPRIT_HMAC_SECRET) is needed: without it anybody could send webhooks',
  )
}
