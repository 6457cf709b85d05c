// What the programs that serve one plugin behind hook have in common: upstream's flags, and how they are run.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startConfigAgent } from '../config/agent.ts'
import type { FurtherFiles } from '../config/files.ts'
import type { ConfigAgent } from '../config/types.ts'
import { type ExternalPluginNeeds, serveExternalPlugin } from '../hook/external-server.ts'
import type { Machine } from '../system/process.ts'
import type { Part } from '../up/supervise.ts'
import { flag, type Values } from './flags.ts'
import { dryRunFlag, githubFlags, instrumentationFlags, openGitHub, openHmacFile } from './groups.ts'
import { type Building, serve } from './serve.ts'

export const externalPluginFlags = {
  port: flag.port({ about: 'Port of the webhooks that hook forwards, on any path.', default: 8888 }),
  host: flag.text({ about: 'Address to listen on; 0.0.0.0 in a Pod.', default: '127.0.0.1' }),
  'data-dir': flag.path({ about: 'Folder of the journal of deliveries.', default: '.bowsprit' }),
  'grace-period': flag.duration({ about: 'How long running handlers may go on after a signal.', default: '5s' }),
  'hmac-secret-file': flag.path({ about: 'Secrets of the webhooks.', default: '/etc/webhook/hmac' }),
  'log-level': flag.ignored(),
  ...dryRunFlag(true),
  ...githubFlags,
  ...instrumentationFlags,
}

/** The configuration of a program that upstream gives no main file: an empty one in the data directory stands for it. */
export async function configWithoutMain(
  dataDir: string,
  further: FurtherFiles,
  building: Building,
): Promise<ConfigAgent> {
  const configPath = join(dataDir, 'empty.yaml')
  await writeFile(configPath, '')
  return startConfigAgent({ configPath, ...further }, building)
}

type OpenedGitHub = ReturnType<typeof openGitHub>

/** What a program makes of its flags. */
interface Served extends Pick<ExternalPluginNeeds, 'plugin' | 'config' | 'git'> {
  /** What runs beside the server. */
  readonly beside?: readonly Part[]
}

/** Runs a program until a signal comes. Returns the exit code. */
export const serveExternal = (
  name: string,
  { flags, machine }: { readonly flags: Values<typeof externalPluginFlags>; readonly machine: Machine },
  build: (building: Building, github: OpenedGitHub) => Promise<Served>,
): Promise<number> =>
  serve({ name, machine, flags }, async (building) => {
    const hmac = openHmacFile(flags['hmac-secret-file'], building)
    const github = openGitHub(flags, name, building)
    await mkdir(flags['data-dir'], { recursive: true, mode: 0o700 })
    const { beside = [], ...served } = await build(building, github)
    const needs = {
      ...served,
      hmac,
      host: github.host,
      fetch,
      listen: { host: flags.host, port: flags.port },
      journal: { dataDir: flags['data-dir'] },
      graceMs: flags['grace-period'],
    }
    return {
      parts: [{ name, run: (ctx) => serveExternalPlugin({ ...ctx, ...needs }) }, ...beside],
      close: [() => github.close()],
      budget: github.clients.budget,
    }
  })
