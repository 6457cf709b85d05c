// bowsprit config dump: prints everything that was loaded, with all defaults, in upstream's words.
import { dumpConfig, dumpPlugins } from '../tools/dump.ts'
import { jsonText } from '../tools/json-text.ts'
import { command } from './command.ts'
import { readingFlags, readSnapshot } from './reading.ts'

export default command({
  name: 'config dump',
  about: 'Prints the configuration as it is loaded, with every default, as JSON.',
  flags: readingFlags,
  examples: [
    [
      'bowsprit config dump --config-path config.yaml --job-config-path jobs',
      'A JSON object with the sections and jobs under "config", and plugins.yaml under "plugins".',
    ],
  ],
  async run({ flags, machine }) {
    const { config, plugins } = await readSnapshot(flags)
    const dumped = { config: dumpConfig(config), ...(flags['plugin-config'] && { plugins: dumpPlugins(plugins) }) }
    machine.stdout.write(jsonText(dumped))
    return 0
  },
})
