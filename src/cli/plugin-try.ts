// bowsprit plugin try: talk to a plugin, a line a comment, and read what it does.

import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { pino } from 'pino'
import { loadPlugin } from '../hook/user-plugins.ts'
import { systemClock } from '../system/clock.ts'
import { systemIds } from '../system/ids.ts'
import { people, startTrying } from '../tools/plugin-try.ts'
import { printable } from '../up/printable.ts'
import { command } from './command.ts'
import { flag, UsageError } from './flags.ts'

export default command({
  name: 'plugin try',
  about:
    'Runs a plugin on a simulated pull request. Each line that you type is a comment; what the plugin does is shown.',
  operands: 'FILE',
  flags: {
    repo: flag.text({ about: 'Repository that it plays in (org/repo).', default: 'harbor/lighthouse' }),
    'plugin-config': flag.path({ about: 'plugins.yaml; without it the plugin is enabled, with no settings.' }),
  },
  examples: [
    ['bowsprit plugin try my-plugins/greet.ts', 'Type "/greet"; or "--user casey /greet" to be somebody else.'],
    ['printf "/greet\\n--user casey /greet cancel\\n" | bowsprit plugin try greet.ts', 'The same, from a script.'],
  ],
  async run({ flags, rest, machine }) {
    const [file = '', ...more] = rest
    if (file === '' || more.length > 0) throw new UsageError('name one file: plugin try FILE')
    const [org = '', repo = '', ...parts] = flags.repo.split('/')
    if (!org || !repo || parts.length > 0)
      throw new UsageError(`--repo: "${flags.repo}" is no repository; write org/repo`)
    const plugin = await loadPlugin(file, machine.cwd)
    const stage = await startTrying({
      plugins: { [plugin.name]: async () => ({ default: plugin }) },
      org,
      repo,
      ...(flags['plugin-config'] && { pluginConfigPath: resolve(machine.cwd, flags['plugin-config']) }),
      clock: systemClock,
      ids: systemIds,
      log: pino({ level: 'silent' }),
      machine,
    })
    const say = (line: string) => machine.stdout.write(`${line}\n`)
    const [admin, member, stranger] = people
    say(`${plugin.name} listens on ${stage.url} of ${admin} (an admin).`)
    say(
      `You are ${member} (a member). Begin a line with "--user ${stranger}" to be a stranger, "--user ${admin}" for the admin.`,
    )
    const input = createInterface({ input: machine.stdin })
    const stopped = machine.stopped()
    stopped.addEventListener('abort', () => input.close(), { once: true })
    try {
      for await (const line of input) {
        const [, login = member, text = ''] = /^(?:--user[ =](\S+)\s+)?(.*)$/.exec(line.trim()) ?? []
        if (text === '') continue
        say(printable(`${login}: ${text}`))
        if (!people.some((one) => one === login)) {
          say(`  there is no ${login}: take ${people.join(', ')}`)
          continue
        }
        const did = await stage.says(login, text)
        for (const one of did.length > 0 ? did : ['(nothing happens)']) say(indented(one))
      }
    } finally {
      await stage.close()
    }
    return 0
  },
})

/** Every line, safe for a terminal. What pages fold away is left out. */
const indented = (text: string): string =>
  text
    .replace(/\s*<details[\s\S]*?<\/details>/g, ' (more is folded away)')
    .split('\n')
    .map((line) => `  ${printable(line)}`)
    .join('\n')
