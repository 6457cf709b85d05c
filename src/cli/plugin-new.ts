// bowsprit plugin new: writes the first version of a plugin and of its test.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { plugins } from '../plugins/index.ts'
import { newPlugin, problemWithName } from '../tools/plugin-new.ts'
import { command } from './command.ts'
import { flag, UsageError } from './flags.ts'
import { shownFrom } from './reading.ts'

export default command({
  name: 'plugin new',
  about: 'Begins a plugin: a file that works as it stands, and the conversation that shows it.',
  operands: 'NAME',
  flags: { dir: flag.path({ about: 'Folder for the two files.', default: '.' }) },
  examples: [
    ['bowsprit plugin new greet --dir my-plugins', 'Writes my-plugins/greet.ts and my-plugins/greet.test.ts.'],
  ],
  async run({ flags, rest, machine }) {
    const [name = '', ...more] = rest
    if (name === '' || more.length > 0) throw new UsageError('give the plugin one name: plugin new NAME')
    const problem = Object.hasOwn(plugins, name)
      ? `a plugin named ${name} is built in; take another name`
      : problemWithName(name)
    if (problem) throw new UsageError(problem)
    const folder = resolve(machine.cwd, flags.dir)
    const files = Object.entries(newPlugin(name, folder)).map(([file, text]) => ({ path: join(folder, file), text }))
    const there = files.find(({ path }) => existsSync(path))
    if (there) throw new Error(`${there.path} is there already; nothing was written`)
    mkdirSync(folder, { recursive: true })
    for (const { path, text } of files) writeFileSync(path, text, { flag: 'wx' })
    const shown = shownFrom(machine.cwd)
    const file = shown(join(folder, `${name}.ts`))
    const lines = [
      ...files.map(({ path }) => `wrote ${shown(path)}`),
      '',
      `Talk to it:     bowsprit plugin try ${file}`,
      `Run its test:   npx vitest run --root ${folder} ${name}   (in Bowsprit's checkout)`,
      `Bring it along: bowsprit hook --plugin-module ${name}=${file} …, and enable ${name} in plugins.yaml`,
    ]
    machine.stdout.write(`${lines.join('\n')}\n`)
    return 0
  },
})
