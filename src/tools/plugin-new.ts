// The beginning of a plugin: a file that works as it stands, and the conversation that shows it.
import { relative, resolve } from 'node:path'

/** Absolute path of this checkout, which holds what plugins import. */
const root = resolve(import.meta.dirname, '../..')

/**
 * The files of a new plugin, by name.
 * @param folder Where they will lie; absolute.
 */
export function newPlugin(name: string, folder: string): Readonly<Record<string, string>> {
  const way = relative(folder, root).replaceAll('\\', '/')
  const src = `${way === '' ? '.' : way}/src`
  return { [`${name}.ts`]: declaration(name, src), [`${name}.test.ts`]: story(name, src) }
}

/** What is wrong with a name; undefined when nothing is. */
export const problemWithName = (name: string): string | undefined =>
  /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)
    ? undefined
    : `"${name}" cannot be the name of a plugin: take small letters, digits, and single dashes between them`

const declaration = (
  name: string,
  src: string,
): string => `// ${name}: puts a label on pull requests when somebody asks for it. Make it yours.
import { re2 } from '${src}/config/re2.ts'
import { plugin } from '${src}/hook/plugin.ts'

export default plugin({
  name: '${name}',
  contract: 1,
  about: 'Puts the label ${name} on a pull request, or takes it off.',
  on: 'comment created on an open pull request',
  commands: [
    {
      usage: '/${name} [cancel]',
      who: 'Members of the organisation.',
      examples: ['/${name}', '/${name} cancel'],
      // Tried in this order; the first that matches gives "said.form".
      forms: {
        cancel: re2\`(?mi)^/${name}\\s+cancel\\s*$\`,
        add: re2\`(?mi)^/${name}\\s*$\`,
      },
    },
  ],
  async run({ said, event, pr, host }) {
    if (!(await host.isMember(pr.org, event.user.login))) return pr.reply('only members can do that.')
    await pr.setLabel('${name}', said.form === 'add')
  },
})
`

const story = (name: string, src: string): string => `// ${name}, as the people on a pull request see it.
import { conversation } from '${src}/testing/conversation.ts'
import it from './${name}.ts'

conversation('/${name} puts the label on until it is taken back', { with: [it] }, async ({ alice, bob, casey }) => {
  const pr = await alice.opensPullRequest()
  await bob.says(pr, '/${name}')
  await pr.hasLabels('${name}')
  await casey.says(pr, '/${name} cancel')
  await pr.botSays('@casey: only members can do that.')
  await bob.says(pr, '/${name} cancel')
  await pr.hasLabels()
})
`
