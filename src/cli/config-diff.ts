// bowsprit config diff: what two configurations differ in, job by job.
import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { loadConfig } from '../config/load.ts'
import type { Snapshot } from '../config/types.ts'
import { systemClock } from '../system/clock.ts'
import { diffSnapshots } from '../tools/diff.ts'
import { differenceText } from '../tools/diff-text.ts'
import { jsonText } from '../tools/json-text.ts'
import { command } from './command.ts'
import { flag, UsageError, type Values } from './flags.ts'

const flags = {
  'config-path': flag.path({ about: 'Main file in each folder.', default: 'config.yaml' }),
  'job-config-path': flag.path({ about: 'Jobs in each folder; left out where they are absent.', default: 'jobs' }),
  'plugin-config': flag.path({
    about: 'plugins.yaml in each folder; left out where it is absent.',
    default: 'plugins.yaml',
  }),
  output: flag.choice({ choices: ['text', 'json'], about: 'Form of the answer.' }),
}

export default command({
  name: 'config diff',
  about: 'Tells two configurations apart: jobs that were added, removed or changed, and settings, old → new.',
  operands: 'OLD NEW',
  flags,
  examples: [
    [
      'bowsprit config diff before after --job-config-path jobs',
      'Compares before/config.yaml and before/jobs with after/config.yaml and after/jobs.',
    ],
    ['bowsprit config diff old/prow.yaml new/prow.yaml', 'Compares main files, and what lies beside each of them.'],
  ],
  async run({ flags: values, rest, machine }) {
    const [old, next, ...more] = rest
    if (old === undefined || next === undefined || more.length > 0)
      throw new UsageError('name two configurations: OLD NEW')
    const difference = diffSnapshots(await load(old, values), await load(next, values))
    machine.stdout.write(values.output === 'json' ? jsonText(difference) : differenceText(difference))
    return 0
  },
})

/** The configuration of a folder, or of a main file and what lies beside it. */
async function load(path: string, values: Values<typeof flags>): Promise<Snapshot> {
  if (!existsSync(path)) throw new UsageError(`${path} does not exist`)
  const isFolder = statSync(path).isDirectory()
  const beside = (name: string) => {
    const file = join(isFolder ? path : dirname(path), name)
    return name !== '' && existsSync(file) ? file : undefined
  }
  const jobConfigPath = beside(values['job-config-path'])
  const pluginConfigPath = beside(values['plugin-config'])
  return loadConfig({
    configPath: isFolder ? join(path, values['config-path']) : path,
    now: systemClock.now(),
    ...(jobConfigPath && { jobConfigPath }),
    ...(pluginConfigPath && { pluginConfigPath }),
  })
}
