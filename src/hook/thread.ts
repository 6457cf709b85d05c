// An issue or pull request as a plugin acts on it: every change is safe to repeat, and nothing is fetched twice in one task.
import type { Logger } from 'pino'
import type { ChangedFile, CodeHost, Comment, IssueRef, PullRequest } from '../api/code-host.ts'
import { replyTo, response, simpleResponse } from '../api/replies.ts'

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
  /** A message to nobody in particular. */
  announce(message: string): Promise<void>
  /** A message to one person, with a reason folded away. */
  respond(login: string, message: string, reason: string): Promise<void>
  /** Deletes those comments of the bot that are obsolete. Tidying never fails a task: what goes wrong is logged. */
  prune(isObsolete: (comment: Comment) => boolean): Promise<void>
  /** Comments by anybody, oldest first, as they were at the first call in this task. */
  comments(): Promise<readonly Comment[]>
  /** Those among them by the bot. */
  ownComments(): Promise<readonly Comment[]>
  /**
   * Sees to it that of the bot's comments of a kind there is just one, with this text. When the newest holds it already nothing
   * happens; otherwise all of the kind are deleted, and the text is posted. Without a text they are only deleted.
   */
  keepOne(isOfKind: (comment: Comment) => boolean, body: string | undefined): Promise<void>
  /** The pull request as it is now. */
  fetch(): Promise<PullRequest>
  changedFiles(): Promise<readonly ChangedFile[]>
  /** Both return whom the host left out. */
  assign(logins: readonly string[]): Promise<readonly string[]>
  requestReview(logins: readonly string[]): Promise<readonly string[]>
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

  /** Deletes a comment; one that cannot be deleted stays, and the others do not suffer. */
  async function forget(comment: Comment): Promise<void> {
    try {
      await host.deleteComment(ref, comment.id)
      comments = comments?.then((all) => all.filter(({ id }) => id !== comment.id))
    } catch (error) {
      log.warn({ err: error, comment: comment.html_url }, 'cannot delete an obsolete comment')
    }
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
    announce: (message) => self.comment(simpleResponse(message)),
    respond: (login, message, reason) => self.comment(response(login, message, reason)),
    comments: () => (comments ??= host.comments(ref)),
    async ownComments() {
      const own: Comment[] = []
      for (const comment of await self.comments()) if (await host.isBot(comment.user.login)) own.push(comment)
      return own
    },
    async prune(isObsolete) {
      try {
        for (const comment of await self.ownComments()) if (isObsolete(comment)) await forget(comment)
      } catch (error) {
        comments = undefined
        log.warn({ err: error }, 'cannot find out which comments are obsolete')
      }
    },
    async keepOne(isOfKind, body) {
      const own = await self.ownComments()
      const newest = own.findLast(isOfKind)
      if (body !== undefined && newest && normal(newest.body).includes(normal(body))) return
      await self.prune(isOfKind)
      if (body !== undefined) await self.comment(body)
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
