// The flags of Bugzilla and Jira, and what they describe. Names and defaults are upstream's.
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import {
  type AuthMethod,
  authMethods,
  type Bugzilla,
  type BugzillaSettings,
  bugzillaClient,
} from '../bugzilla/bugzilla.ts'
import { dryRunBugzilla } from '../bugzilla/dry-run.ts'
import type { PluginConfig } from '../config/types.ts'
import { dryRunJira } from '../jira/dry-run.ts'
import { type Jira, type JiraSettings, jiraClient } from '../jira/jira.ts'
import type { Clock } from '../system/clock.ts'
import { version } from '../up/version.ts'
import { flag, UsageError, type Values } from './flags.ts'
import { secretFile } from './github-flags.ts'

/** Trackers of bugs, for programs with the plugins bugzilla and jira. */
export const trackerFlags = {
  'bugzilla-endpoint': flag.text({ about: 'Base address of Bugzilla; without it there is none.' }),
  'bugzilla-api-key-path': flag.path({ about: 'File with an API key of Bugzilla; read again when it changes.' }),
  'bugzilla-auth-method': flag.text({
    about: `How the key is sent: ${authMethods.join(', ')}. Without it, as header and in the query.`,
  }),
  'bugzilla-github-external-tracker-id': flag.number({
    about: "Bugzilla's number of the tracker for GitHub; 0: it is named by its address.",
    max: 4_294_967_295,
  }),
  'jira-endpoint': flag.text({ about: 'Base address of Jira; without it there is none.' }),
  'jira-bearer-token-file': flag.path({ about: 'File with a token of Jira; read again when it changes.' }),
  'jira-username': flag.text({ about: 'Account of Jira; needs a password.' }),
  'jira-password-file': flag.path({ about: 'File with its password; read again when it changes.' }),
}

type TrackerValues = Values<typeof trackerFlags>
interface Opening {
  readonly clock: Clock
  readonly log: Logger
}

/** Files of the flags that hold secrets; empty texts where there is none. */
export const trackerSecrets = (flags: TrackerValues): readonly string[] => [
  flags['bugzilla-api-key-path'],
  flags['jira-bearer-token-file'],
  flags['jira-password-file'],
]

/**
 * The trackers that the flags name.
 * @throws UsageError for flags that do not go together, or a file that cannot be read.
 */
export function trackersOf(
  flags: TrackerValues,
  { clock, log }: Opening,
): { readonly bugzilla?: BugzillaSettings; readonly jira?: JiraSettings } {
  const bugzilla = bugzillaOf(flags, clock, log)
  const jira = jiraOf(flags, clock, log)
  return { ...(bugzilla && { bugzilla }), ...(jira && { jira }) }
}

/** Clients of these; with --dry-run nothing is written there. @throws UsageError, as above. */
export function openTrackers(
  flags: TrackerValues & { readonly 'dry-run': boolean },
  opening: Opening & { readonly metrics: Registry },
): { readonly bugzilla?: Bugzilla; readonly jira?: Jira } {
  const settings = trackersOf(flags, opening)
  const { clock, log, metrics } = opening
  const needs = { userAgent: `hook/${version}`, fetch, clock, metrics }
  const bugzilla = settings.bugzilla && bugzillaClient({ ...settings.bugzilla, ...needs })
  const jira = settings.jira && jiraClient({ ...settings.jira, ...needs })
  const dry = flags['dry-run']
  return {
    ...(bugzilla && { bugzilla: dry ? dryRunBugzilla(bugzilla, log) : bugzilla }),
    ...(jira && { jira: dry ? dryRunJira(jira, log) : jira }),
  }
}

/** @throws UsageError when a plugin is enabled whose tracker no flag names. */
export function checkTrackers(
  trackers: { readonly bugzilla?: unknown; readonly jira?: unknown },
  { plugins }: Pick<PluginConfig, 'plugins'>,
): void {
  for (const name of ['bugzilla', 'jira'] as const) {
    const by = Object.keys(plugins).find((key) => plugins[key]?.plugins.includes(name))
    if (by !== undefined && !trackers[name])
      throw new UsageError(`--${name}-endpoint is needed: ${by} has the plugin ${name}`)
  }
}

function bugzillaOf(flags: TrackerValues, clock: Clock, log: Logger): BugzillaSettings | undefined {
  const path = flags['bugzilla-api-key-path']
  const method = flags['bugzilla-auth-method']
  const trackerId = flags['bugzilla-github-external-tracker-id']
  const isMethod = (text: string): text is AuthMethod => authMethods.some((one) => one === text)
  if (method !== '' && !isMethod(method))
    throw new UsageError(`--bugzilla-auth-method: "${method}" is not one of ${authMethods.join(', ')}`)
  if (!Number.isInteger(trackerId))
    throw new UsageError(`--bugzilla-github-external-tracker-id: ${trackerId} is not a whole number`)
  const endpoint = endpointOf('--bugzilla-endpoint', flags['bugzilla-endpoint'])
  if (endpoint === '') return undefined
  return {
    endpoint,
    ...(path && { apiKey: secretFile('--bugzilla-api-key-path', path, clock, log) }),
    ...(method !== '' && { authMethod: method }),
    ...(trackerId > 0 && { trackerId }),
  }
}

function jiraOf(flags: TrackerValues, clock: Clock, log: Logger): JiraSettings | undefined {
  const token = flags['jira-bearer-token-file']
  const username = flags['jira-username']
  const password = flags['jira-password-file']
  if ((username === '') !== (password === ''))
    throw new UsageError('--jira-username and --jira-password-file go together')
  if (token && username) throw new UsageError('--jira-bearer-token-file and --jira-username exclude each other')
  const endpoint = endpointOf('--jira-endpoint', flags['jira-endpoint'])
  if (endpoint === '') return undefined
  const secret = (name: string, path: string) => secretFile(name, path, clock, log)
  if (token) return { endpoint, credentials: { bearerToken: secret('--jira-bearer-token-file', token) } }
  if (username) return { endpoint, credentials: { username, password: secret('--jira-password-file', password) } }
  return { endpoint }
}

function endpointOf(name: string, given: string): string {
  if (given === '') return ''
  const { protocol, username, password } = URL.canParse(given) ? new URL(given) : { protocol: '' }
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new UsageError(`${name}: "${given}" is no address that begins with https:// or http://`)
  if (username || password) throw new UsageError(`${name}: credentials belong into a file, not into the address`)
  return given
}
