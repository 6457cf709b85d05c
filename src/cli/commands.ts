// The list of commands. A command's file is loaded only when it is asked for, so that `bowsprit help` is quick.
import type { Command } from './command.ts'

interface Entry {
  /** One line for the overview; the whole help is in the command's own file. */
  readonly about: string
  /** `any` flags: the list holds commands with different ones. */
  load(): Promise<{ default: Command }>
}

const load = (module: Promise<{ default: unknown }>) => module as Promise<{ default: Command }>

/** Command name → how to load it, in the order in which the overview shows them. */
export const commands: Readonly<Record<string, Entry>> = {
  up: { about: 'Run everything on this machine.', load: () => load(import('./up.ts')) },
  hook: { about: 'Receive webhooks and run plugins.', load: () => load(import('./hook.ts')) },
  'prow-controller-manager': {
    about: 'Run plank: start, watch and finish ProwJobs.',
    load: () => load(import('./prow-controller-manager.ts')),
  },
  crier: { about: 'Report ProwJobs to the code host and the bucket.', load: () => load(import('./crier.ts')) },
  horologium: { about: 'Start periodic ProwJobs.', load: () => load(import('./horologium.ts')) },
  sinker: { about: 'Delete old ProwJobs and Pods.', load: () => load(import('./sinker.ts')) },
  deck: { about: 'Serve the pages.', load: () => load(import('./deck.ts')) },
  ghproxy: { about: 'Cache the API of GitHub for several programs.', load: () => load(import('./ghproxy.ts')) },
  cherrypicker: {
    about: 'Serve the plugin that picks pull requests onto further branches.',
    load: () => load(import('./cherrypicker.ts')),
  },
  'needs-rebase': {
    about: 'Serve the plugin that labels pull requests with conflicts.',
    load: () => load(import('./needs-rebase.ts')),
  },
  refresh: { about: 'Serve the plugin that reports jobs once more.', load: () => load(import('./refresh.ts')) },
  checkconfig: { about: 'Check the configuration before it is used.', load: () => load(import('./checkconfig.ts')) },
  'config which': {
    about: 'Tell which jobs a change would start, and why not the others.',
    load: () => load(import('./config-which.ts')),
  },
  'config explain': {
    about: 'Print a job with every default, and where each value comes from.',
    load: () => load(import('./config-explain.ts')),
  },
  'config dump': { about: 'Print the configuration as it is loaded.', load: () => load(import('./config-dump.ts')) },
  'config diff': { about: 'Tell two configurations apart, job by job.', load: () => load(import('./config-diff.ts')) },
  'config schema': { about: 'Print JSON Schema for editors.', load: () => load(import('./config-schema.ts')) },
  'config-bootstrapper': {
    about: 'Fill ConfigMaps from folders.',
    load: () => load(import('./config-bootstrapper.ts')),
  },
  plugins: {
    about: 'List plugins, their commands, and the settings of a repository.',
    load: () => load(import('./plugins.ts')),
  },
  'plugin new': { about: 'Begin a plugin: its file and its test.', load: () => load(import('./plugin-new.ts')) },
  'plugin try': {
    about: 'Talk to a plugin on a simulated pull request.',
    load: () => load(import('./plugin-try.ts')),
  },
  mkpj: { about: 'Print the ProwJob of a configured job, or run it.', load: () => load(import('./mkpj.ts')) },
  mkpod: { about: 'Print the Pod of a ProwJob.', load: () => load(import('./mkpod.ts')) },
}

/** A command that was found, and what follows its name on the command line. */
interface Found {
  readonly name: string
  readonly entry: Entry
  readonly args: readonly string[]
}

/** The command that the arguments begin with; a name may have two words, as in `config dump`. */
export function findCommand(args: readonly string[]): Found | undefined {
  for (const words of [2, 1]) {
    const name = args.slice(0, words).join(' ')
    const entry = Object.hasOwn(commands, name) ? commands[name] : undefined
    if (entry) return { name, entry, args: args.slice(words) }
  }
  return undefined
}
