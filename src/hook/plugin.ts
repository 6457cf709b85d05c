// What a plugin is: one declaration, from which come its parser, its help and its page, and one decision.
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { CodeHost } from '../api/code-host.ts'
import type { Bugzilla } from '../bugzilla/bugzilla.ts'
import type { Match, Pattern } from '../config/re2.ts'
import type { Config, PluginConfig } from '../config/types.ts'
import type { WritableGit } from '../git/open.ts'
import type { InRepo } from '../inrepo/in-repo.ts'
import type { Jira } from '../jira/jira.ts'
import type { Clusters } from '../kube/client.ts'
import type { Owners } from '../owners/owners.ts'
import type { Slack } from '../slack/slack.ts'
import type { Clock } from '../system/clock.ts'
import type { Ids } from '../system/ids.ts'
import type { CommentEvent, EventKind, EventKinds } from './events.ts'
import type { JobRuns } from './job-runs.ts'
import type { Thread } from './thread.ts'

// What plugins may use of hook; they import nothing else from this folder.
export { aboutThisBotAndCommands, replyTo, simpleResponse } from '../api/replies.ts'
export type { Owners } from '../owners/owners.ts'
export { entryFor } from './enablement.ts'
export type {
  CommentEvent,
  IssueCommentEvent,
  IssuesEvent,
  OtherEvent,
  PullRequestEvent,
  PushEvent,
  ReviewCommentEvent,
  ReviewEvent,
  StatusEvent,
} from './events.ts'
export { withoutFences } from './fences.ts'
export { later } from './later.ts'
export type { Thread } from './thread.ts'

/**
 * Version of what plugins rely on: this file and what it exports. It is raised when a plugin that worked may stop working;
 * what only adds something leaves it as it is. docs/plugins.md tells what has changed.
 */
export const contractVersion = 1

/** One command, as people see it. */
export interface Command {
  /** How to write it: `[]` is optional, `<>` a placeholder, `|` a choice. */
  readonly usage: string
  /** What it does. May hold HTML. Default: the plugin's `about`. */
  readonly about?: string
  /** Who may use it. */
  readonly who: string
  /** Listed among the first in Deck's command help. */
  readonly featured?: boolean
  /** Each that begins with a slash is understood by one of the forms. May hold HTML. */
  readonly examples: readonly string[]
  /** Its forms by name, tried in this order. Absent when what counts as the command is decided by the configuration. */
  readonly forms?: Readonly<Record<string, Pattern>>
}

/** Where commands are heard. Only texts that are new count: edits never run a command. */
export type Hearing =
  | 'comment created'
  | 'comment created on an issue'
  | 'comment created on an open issue'
  | 'comment created on a pull request'
  | 'comment created on an open pull request'

/** A command that somebody gave. */
export interface Said<Form extends string = string> {
  /** The first form that matched. */
  readonly form: Form
  readonly match: Match
  /** The whole text. */
  readonly text: string
  /** Every place where that form matches, in order; empty when it does not. For commands that may come several times. */
  all(form: Form): readonly Match[]
}

/** What every handler is given for one task. */
export interface Context {
  /** The webhook that led here. `attempt` counts from 1; above that, effects of an earlier attempt may be there. */
  readonly delivery: { readonly id: string; readonly attempt: number; readonly receivedAt: number }
  /** The configuration as it was when the task began. */
  readonly config: Config
  readonly plugins: PluginConfig
  readonly host: CodeHost
  readonly jobs: JobRuns
  /** Mirrors and working copies of repositories; absent where the installation has no git. */
  readonly git?: WritableGit
  /** Build clusters and the cluster of the ProwJobs, for plugins that write other objects; absent in programs without them. */
  readonly clusters?: Clusters
  /** Who OWNERS files name; absent where the installation reads none. */
  readonly owners?: Owners
  /** Jobs that repositories bring themselves; absent where the installation has no git. */
  readonly inRepo?: InRepo
  /** Messages to channels; absent where the installation has no token for Slack, or writes nothing. */
  readonly slack?: Slack
  /** Bugs; absent where the installation names no Bugzilla. */
  readonly bugzilla?: Bugzilla
  /** Issues of Jira; absent where the installation names none. */
  readonly jira?: Jira
  /** For services other than the code host. Answers within ten seconds and one mebibyte, or throws; see `boundedFetch`. */
  readonly fetch: typeof globalThis.fetch
  /** Chance: `ids.fraction()` is a number in [0, 1). */
  readonly ids: Ids
  readonly log: Logger
  /** Where a plugin registers metrics of its own. One registry for the whole process: register once, not in each task. */
  readonly metrics: Registry
  readonly clock: Clock
  /** Aborts when hook ends or the task has taken too long. */
  readonly signal: AbortSignal
}

type ThreadOf<Kind extends EventKind> = Kind extends 'push' | 'status' | 'other'
  ? unknown
  : Kind extends 'issues'
    ? { readonly issue: Thread }
    : Kind extends 'pull_request' | 'pull_request_review' | 'pull_request_review_comment'
      ? { readonly pr: Thread }
      : { readonly issue: Thread; readonly pr: Thread }

/** What the handler of one kind of event is given. Of a comment, `pr` and `issue` are the same: what was commented on. */
export type ContextOf<Kind extends EventKind> = Context & { readonly event: EventKinds[Kind] } & ThreadOf<Kind>

export type CommandContext<Form extends string = string> = ContextOf<'comment'> & { readonly said: Said<Form> }

type Handlers = { readonly [Kind in EventKind]?: (context: ContextOf<Kind>) => Promise<unknown> }

/** What a plugin says about the repositories it is enabled for. Keys are `org/repo`; `''` is for all of them. */
interface ConfigHelp {
  readonly config?: Readonly<Record<string, string>>
  /** YAML that shows its settings. */
  readonly snippet?: string
}

interface Declaration {
  readonly name: string
  /** The version of the contract that it was written for. Plugins that come with Bowsprit leave it out: they change with it. */
  readonly contract?: number
  /** What it does, in one or two sentences. May hold HTML. */
  readonly about: string
  /** Handlers of events other than commands. For one delivery they run before `run`, never beside it. */
  readonly handlers?: Handlers
  /** @param repos `org/repo` of each repository that the plugin is enabled for. */
  help?(plugins: PluginConfig, repos: readonly string[]): ConfigHelp
}

type FormsOf<Commands extends readonly Command[]> = Commands[number] extends infer One
  ? One extends { readonly forms: infer Forms }
    ? keyof Forms & string
    : never
  : never

/** A plugin, as hook sees it. Made by `plugin`. */
export interface Plugin extends Declaration {
  readonly commands: readonly Command[]
  readonly on?: Hearing
  run?(context: CommandContext): Promise<unknown>
}

/** Plugins by name, loaded when they are first needed, so that start-up stays fast. */
export type Catalogue = Readonly<Record<string, () => Promise<{ readonly default: Plugin }>>>

/**
 * Declares a plugin. With `run` it is called once for each new text in which a form matches; with `handlers` it gets events
 * as they come. Everything a plugin does must be safe to repeat: after a crash, or when a server failed, the task runs again.
 * What handlers and `run` return is ignored, unless it is "not now", made by `later`: then they are called again.
 * What it throws is logged and counted; failures of servers and of the network are tried again.
 */
export function plugin<const Commands extends readonly Command[]>(
  declaration: Declaration & {
    readonly commands?: Commands
    readonly on?: Hearing
    run?(context: CommandContext<FormsOf<Commands>>): Promise<unknown>
  },
): Plugin {
  const { name, run, on, commands = [], handlers, contract = contractVersion } = declaration
  if (contract !== contractVersion)
    throw new Error(
      `plugin ${name} was written for version ${contract} of the plugin contract, and this Bowsprit has version ${contractVersion}; docs/plugins.md says what has changed`,
    )
  if (run && (!on || !commands.some(({ forms }) => forms)))
    throw new Error(`plugin ${name}: "run" needs "on", and a command with forms`)
  if (!run && !handlers) throw new Error(`plugin ${name} has neither "run" nor handlers`)
  return { ...declaration, commands }
}

/** The command in a text: the first form that matches, in the order of declaration. */
export function parse({ commands }: Pick<Plugin, 'commands'>, text: string): Said | undefined {
  const patterns = commands.flatMap(({ forms = {} }) => Object.entries(forms))
  for (const [form, pattern] of patterns) {
    const match = pattern.exec(text)
    const all = (other: string) => patterns.flatMap(([name, one]) => (name === other ? one.all(text) : []))
    if (match) return { form, match, text, all }
  }
  return undefined
}

/** Whether a plugin listens to comments like this one. */
export function hears({ on = 'comment created' }: Pick<Plugin, 'on'>, { action, issue }: CommentEvent): boolean {
  if (action !== 'created') return false
  if (on.includes('open') && issue.state !== 'open') return false
  if (on.endsWith('pull request')) return issue.isPullRequest
  return !on.endsWith('issue') || !issue.isPullRequest
}
