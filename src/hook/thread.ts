// An issue or pull request as a plugin acts on it: every change is safe to repeat, and nothing is fetched twice in one task.
import type { Logger } from 'pino'
import type { ChangedFile, CodeHost, Comment, IssueRef, PullRequest } from '../api/code-host.ts'
import { replyTo, response } from '../api/replies.ts'

/** One issue or pull request, for one task. */
export interface Thread extends IssueRef {
  /** Labels as they are now, with the changes made through this object. */
  labels(): Promise<readonly string[]>
  /** Compares without regard to case, as the host does. */
  hasLabel(label: string): Promise<boolean>
  /** Adds or removes a label if that changes something; says whether it did. */
  setLabel(label: string, present: boolean): Promise<boolean>
  /** Posts exactly this text. A repeated task does not post it a second time. */
  comment(body: string): Promise<void>
  /** Answers the text that the event is about, quoting it. */
  reply(message: string): Promise<void>
  /** A message to one person, with a reason folded away. */
  respond(login: string, message: string, reason: string): Promise<void>
  /** Deletes those comments of the bot that are obsolete. Tidying never fails a task: what goes wrong is logged. */
  prune(isObsolete: (comment: Comment) => boolean): Promise<void>
  /** Comments by anybody, oldest first, as they were at the first call in this task. */
  comments(): Promise<readonly Comment[]>
  /** The pull request as it is now. */
  fetch(): Promise<PullRequest>
  changedFiles(): Promise<readonly ChangedFile[]>
  assign(logins: readonly string[]): Promise<void>
  requestReview(logins: readonly string[]): Promise<void>
}

export interface ThreadNeeds {
  readonly host: CodeHost
  readonly at: IssueRef
  /** The text that a reply answers. */
  readonly said: { login: string; body: string; html_url: string }
  readonly delivery: { readonly attempt: number; readonly receivedAt: number }
  readonly log: Logger
}

// The host's clock and ours may differ by this much when "posted after the delivery came" is asked.
const clockSkewMs = 60_000

export function thread({ host, at, said, delivery, log }: ThreadNeeds): Thread {
  const { org, repo, number } = at
  const ref: IssueRef = { org, repo, number }
  let labels: Promise<readonly string[]> | undefined
  let comments: Promise<readonly Comment[]> | undefined
  let pull: Promise<PullRequest> | undefined
  let files: Promise<readonly ChangedFile[]> | undefined

  const same = (label: string) => (other: string) => other.toLowerCase() === label.toLowerCase()

  /** The host may have carried out what an earlier attempt got no answer for. */
  async function isPosted(body: string): Promise<boolean> {
    if (delivery.attempt <= 1) return false
    for (const comment of await host.comments(ref)) {
      const isNew = Date.parse(comment.created_at) >= delivery.receivedAt - clockSkewMs
      if (isNew && normal(comment.body) === normal(body) && (await host.isBot(comment.user.login))) return true
    }
    return false
  }

  const self: Thread = {
    ...ref,
    labels: () => (labels ??= host.labels(ref)),
    hasLabel: async (label) => (await self.labels()).some(same(label)),
    async setLabel(label, present) {
      const now = await self.labels()
      const found = now.find(same(label))
      if (present === (found !== undefined)) return false
      if (present) await host.addLabel(ref, label)
      else await host.removeLabel(ref, found ?? label)
      labels = Promise.resolve(present ? [...now, label] : now.filter((other) => other !== found))
      return true
    },
    async comment(body) {
      if (!(await isPosted(body))) await host.comment(ref, body)
    },
    reply: (message) => self.comment(replyTo(said, message)),
    respond: (login, message, reason) => self.comment(response(login, message, reason)),
    comments: () => (comments ??= host.comments(ref)),
    async prune(isObsolete) {
      try {
        const all = await self.comments()
        const left: Comment[] = []
        for (const comment of all) {
          if (isObsolete(comment) && (await host.isBot(comment.user.login))) await host.deleteComment(ref, comment.id)
          else left.push(comment)
        }
        comments = Promise.resolve(left)
      } catch (error) {
        comments = undefined
        log.warn({ err: error }, 'cannot delete obsolete comments')
      }
    },
    fetch: () => (pull ??= host.pullRequest(ref)),
    changedFiles: () => (files ??= host.changedFiles(ref)),
    assign: (logins) => host.assign(ref, logins),
    requestReview: (logins) => host.requestReview(ref, logins),
  }
  return self
}

// Hosts change line ends and drop blanks at the end.
const normal = (body: string): string => body.replaceAll('\r\n', '\n').trimEnd()
