// bowsprit plugins: what people can write on pull requests and issues, who may, and which settings hold for a repository.
import { noPlugins } from '../config/sections/plugins.ts'
import { plugins } from '../plugins/index.ts'
import { listPlugins, type PluginListing } from '../tools/plugins.ts'
import { printable } from '../up/printable.ts'
import { command } from './command.ts'
import { flag, UsageError } from './flags.ts'
import { openUserPlugins, pluginModuleFlag } from './plugin-module.ts'
import { readingFlags, readSnapshot } from './reading.ts'

export default command({
  name: 'plugins',
  about: 'Lists the plugins with their commands, or those of one repository with the settings that hold for it.',
  flags: {
    ...readingFlags,
    ...pluginModuleFlag,
    repo: flag.text({ about: 'Repository (org/repo); needs the configuration.' }),
    output: flag.choice({ choices: ['text', 'json'], about: 'Form of the answer.' }),
  },
  examples: [
    ['bowsprit plugins', 'Every plugin, and what can be written for it.'],
    [
      'bowsprit plugins --repo my-org/my-repo --config-path config.yaml --plugin-config plugins.yaml',
      'What works in one repository, and why.',
    ],
  ],
  async run({ flags, rest, machine }) {
    if (rest.length > 0) throw new UsageError(`plugins takes flags only, not "${rest.join(' ')}"`)
    const { repo } = flags
    if (repo && !/^[^/]+\/[^/]+$/.test(repo)) throw new UsageError(`--repo: "${repo}" is no repository; write org/repo`)
    if (repo && !flags['plugin-config']) throw new UsageError('--repo needs --config-path and --plugin-config')
    const config = flags['plugin-config'] ? (await readSnapshot(flags)).plugins : noPlugins()
    const catalogue = { ...plugins, ...(await openUserPlugins(flags['plugin-module'], machine.cwd)) }
    const listings = await listPlugins(catalogue, config, repo || undefined)
    machine.stdout.write(flags.output === 'json' ? `${JSON.stringify(listings, undefined, 2)}\n` : text(listings, repo))
    return 0
  },
})

function text(listings: readonly PluginListing[], repo: string): string {
  if (listings.length === 0) return printable(`${repo} has no plugins.`).concat('\n')
  return `${listings.map((one) => lines(one).map(printable).join('\n')).join('\n\n')}\n`
}

function lines({ name, kind, about, enabled_by, endpoint, events, commands, settings }: PluginListing): string[] {
  const head = {
    plugin: `${name}: ${plain(about)}`,
    external: `${name}: an external plugin at ${endpoint}`,
    retired: `${name}: does nothing any more: ${plain(about)}`,
    unknown: `${name}: there is no plugin of that name, so it does nothing`,
  }[kind]
  return [
    head,
    ...(enabled_by.length > 0 ? [`  enabled by ${enabled_by.join(', ')}`] : []),
    ...(kind === 'external' ? [`  gets ${events.join(', ') || 'all events'}`] : []),
    ...commands.flatMap(({ usage, about: does, who, examples }) => [
      `  ${usage}`,
      ...(does === about ? [] : [`      ${plain(does)}`]),
      `      Who: ${plain(who)}`,
      `      E.g. ${examples.map(plain).join('   ')}`,
    ]),
    ...(settings
      ? plain(settings)
          .split('\n')
          .map((line) => `  Settings: ${line}`)
      : []),
  ]
}

// What plugins say of themselves may hold a little HTML. Other angle brackets are placeholders.
const tag = /<\/?(?:a|b|br|code|em|i|li|ol|p|strong|ul)(?:\s[^>]*)?>/gi
const named: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&', '&quot;': '"' }

/** A text for a terminal: one line for each item of a list. */
const plain = (html: string): string =>
  html
    .replace(/<\/li>\s*<li>/gi, '\n')
    .replace(tag, '')
    .replace(/&(?:lt|gt|amp|quot);/g, (code) => named[code] ?? code)
    .trim()
