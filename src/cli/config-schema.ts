// bowsprit config schema: the fields of a configuration file as JSON Schema, for editors.
import { configSchema, schemaFiles } from '../config/schema.ts'
import { jsonText } from '../tools/json-text.ts'
import { command } from './command.ts'
import { UsageError } from './flags.ts'

type FileName = keyof typeof schemaFiles
const names = Object.keys(schemaFiles)
const isName = (name: string): name is FileName => Object.hasOwn(schemaFiles, name)

export default command({
  name: 'config schema',
  about: 'Prints the JSON Schema of a configuration file, by which editors complete and check.',
  operands: `[${names.join('|')}]`,
  flags: {},
  examples: [
    ['bowsprit config schema', 'Of the main file.'],
    ['bowsprit config schema plugins.yaml', 'Of plugins.yaml.'],
  ],
  async run({ rest, machine }) {
    const [name = 'config.yaml', ...more] = rest
    if (!isName(name) || more.length > 0) throw new UsageError(`name one kind of file: ${names.join(', ')}`)
    machine.stdout.write(jsonText(configSchema(name)))
    return 0
  },
})
