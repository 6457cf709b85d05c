// Pull requests and issues in a conversation: what the bot has to have done to them.
import { expect } from 'vitest'
import { Refusal } from '../../simulator/errors.ts'
import type { PullView } from '../../simulator/world.ts'
import { bot, fullName, type Town } from '../town.ts'

/** An issue or pull request. Each `has…` and `is…` waits until it is so, and fails with what was there instead. */
export interface Thread {
  readonly number: number
  /** It has exactly these labels, in any order. */
  hasLabels(...labels: string[]): Promise<void>
  hasTitle(title: string): Promise<void>
  hasBody(text: string | RegExp): Promise<void>
  /** Exactly these people are assigned, in any order. */
  hasAssignees(...logins: string[]): Promise<void>
  /** Undefined: none. */
  hasMilestone(title: string | undefined): Promise<void>
  isOpen(): Promise<void>
  /** For a reason, where it is an issue. */
  isClosed(reason?: 'completed' | 'not_planned'): Promise<void>
  /** The bot's next comment that nobody has read yet contains this text. Returns it whole. */
  botSays(text: string | RegExp): Promise<string>
  /** The bot's last comment, read or not, was edited so that it contains this text. */
  botEdits(text: string | RegExp): Promise<string>
  /** None of the comments that are there contains this text: it was deleted, or never posted. */
  hasNoComment(text: string | RegExp): Promise<void>
}

/** A pull request. */
export interface Pull extends Thread {
  view(): PullView
  /** The newest status of that context on the head commit. */
  hasStatus(
    context: string,
    state: 'pending' | 'success' | 'failure' | 'error',
    description?: string | RegExp,
  ): Promise<void>
  /** There is no status of that context on the head commit, and nothing is under way that could bring one. */
  hasNoStatus(context: string): Promise<void>
  /** Exactly these people are asked for a review, in any order. */
  hasReviewers(...logins: string[]): Promise<void>
  /** The bot has posted a review that contains this text. Returns it whole. */
  botReviews(text: string | RegExp): Promise<string>
  isMerged(): Promise<void>
}

const matches = (text: string, wanted: string | RegExp) =>
  typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)

/** Remembers which comments of the bot a test has read. */
export interface Unread {
  /** Unread comments of the bot on one issue or pull request; from then on it is watched. */
  of(number: number): { readonly id: number; readonly body: string }[]
  read(id: number): void
  /** All that nobody has read where somebody looked or wrote. */
  all(): string[]
}

/** None on what was moved to another repository. */
function commentsOn({ simulator }: Town, number: number) {
  try {
    return simulator.world.issue(fullName, number).comments
  } catch (error) {
    if (error instanceof Refusal) return []
    throw error
  }
}

export function unreadIn(town: Town): Unread {
  const read = new Set<number>()
  const watched = new Set<number>()
  const of = (number: number) => {
    watched.add(number)
    return commentsOn(town, number).filter(({ id, user }) => user === bot && !read.has(id))
  }
  return {
    of,
    read: (id) => void read.add(id),
    all: () => [...watched].flatMap((number) => of(number).map(({ body }) => `#${number}: ${body}`)),
  }
}

export function threadIn(town: Town, unread: Unread, number: number): Thread {
  const { world } = town.simulator
  const now = () => world.issue(fullName, number)
  unread.of(number)

  /** Waits until a value is as wanted, and that it stays so when all work is done. */
  async function settles<T>(what: string, read: () => T, wanted: T): Promise<void> {
    await town.until(`${what} of #${number} to be ${wanted}`, () => String(read()) === String(wanted), read)
    await town.quiet()
    expect(read(), `${what} of #${number}`).toEqual(wanted)
  }
  const sorted = (list: readonly string[]) => [...list].sort()

  return {
    number,
    hasLabels: (...labels) => settles('labels', () => sorted(now().labels), sorted(labels)),
    hasTitle: (title) => settles('title', () => now().title, title),
    async hasBody(text) {
      await town.until(`the description of #${number} to say ${text}`, () => matches(now().body ?? '', text), now)
    },
    hasAssignees: (...logins) => settles('assignees', () => sorted(now().assignees), sorted(logins)),
    hasMilestone: (title) => settles('milestone', () => now().milestone, title),
    isOpen: () => settles('state', () => now().state, 'open'),
    async isClosed(reason) {
      await settles('state', () => now().state, 'closed')
      if (reason) expect(now().state_reason).toBe(reason)
    },
    async botSays(text) {
      const found = await town.until(
        `the bot to say ${text} on #${number}`,
        () => {
          const [next] = unread.of(number)
          return next && matches(next.body, text) && next
        },
        () => unread.of(number).map(({ body }) => body),
      )
      unread.read(found.id)
      return found.body
    },
    async botEdits(text) {
      const last = () =>
        now()
          .comments.filter(({ user }) => user === bot)
          .at(-1)
      const found = await town.until(
        `the bot's last comment on #${number} to say ${text}`,
        () => {
          const comment = last()
          return comment && comment.updated_at !== comment.created_at && matches(comment.body, text) && comment
        },
        last,
      )
      return found.body
    },
    async hasNoComment(text) {
      await town.quiet()
      expect(now().comments.filter(({ body }) => matches(body, text))).toEqual([])
    },
  }
}

export function pullIn(town: Town, unread: Unread, number: number): Pull {
  const view = () => town.simulator.world.pullRequest(fullName, number)
  const statuses = () =>
    Object.entries(view().statuses).map(
      ([context, { state, description }]) => `${context}: ${state} ${description ?? ''}`,
    )
  return {
    ...threadIn(town, unread, number),
    view,
    async hasStatus(context, state, description = '') {
      await town.until(
        `status ${context} to be ${state} on #${number}`,
        () => {
          const status = view().statuses[context]
          return status?.state === state && matches(status.description ?? '', description)
        },
        statuses,
      )
    },
    async hasNoStatus(context) {
      await town.quiet()
      expect(view().statuses[context]).toBeUndefined()
    },
    async hasReviewers(...logins) {
      const wanted = [...logins].sort()
      const asked = () => [...view().reviewers].sort()
      await town.until(`reviewers of #${number} to be ${wanted}`, () => asked().join() === wanted.join(), asked)
      await town.quiet()
      expect(asked()).toEqual(wanted)
    },
    async botReviews(text) {
      const own = () => view().reviews.filter(({ user }) => user === bot)
      const found = await town.until(
        `the bot to review #${number} with ${text}`,
        () => own().find(({ body }) => matches(body, text)),
        own,
      )
      return found.body
    },
    isMerged: async () => {
      await town.until(`#${number} to be merged`, () => view().merged)
    },
  }
}
