// The code host of an installation on GitHub, and the same one as each plugin and component uses it: with its own name and priority.
import type { CodeHost } from '../api/code-host.ts'
import type { Priority } from '../github/budget.ts'
import { githubHost } from '../github/host.ts'
import type { Octokits } from '../github/octokit.ts'

export interface GitHubHosts {
  readonly host: CodeHost
  /** The same for one plugin or component: its requests count under its name, and those of mere ornaments wait first. */
  hostFor(name: string): CodeHost
}

// What people like, and nothing waits for. Everything else answers a command, or keeps pull requests from merging.
const ornaments: ReadonlySet<string> = new Set([
  'cat',
  'dog',
  'goose',
  'heart',
  'pony',
  'shrug',
  'size',
  'trick-or-treat',
  'welcome',
  'yuks',
])

const priorityOf = (name: string): Priority =>
  name === 'tide' ? 'merge' : ornaments.has(name) ? 'cosmetic' : 'command'

/** @param around Put around each of them, for a dry run. */
export function hostsOf(clients: Octokits, around = (host: CodeHost): CodeHost => host): GitHubHosts {
  const made = new Map<string, CodeHost>()
  const main = githubHost(clients)
  // Who the bot is, is asked for once.
  const { bot, isBot } = main
  const make = (name: string) =>
    around({ ...githubHost(clients.as({ by: name, priority: priorityOf(name) })), bot, isBot })
  return {
    host: around(main),
    hostFor(name) {
      const host = made.get(name) ?? make(name)
      made.set(name, host)
      return host
    },
  }
}
