// Conversations: tests that read like a pull request. People open, comment and push; the test says what the bot has to do about it.
import { expect, test } from 'vitest'
import { isComplete, type JobState, type ProwJob } from '../api/prowjob.ts'
import type { PullView } from '../simulator/world.ts'
import { bot, fullName, startTown, type Town, type TownOptions } from './town.ts'

/** A pull request in a conversation. Each `has…` waits until it is so, and fails with what was there instead. */
export interface Pull {
  readonly number: number
  view(): PullView
  /** It has exactly these labels, in any order. */
  hasLabels(...labels: string[]): Promise<void>
  /** The newest status of that context on the head commit. */
  hasStatus(
    context: string,
    state: 'pending' | 'success' | 'failure' | 'error',
    description?: string | RegExp,
  ): Promise<void>
  /** There is no status of that context on the head commit, and nothing is under way that could bring one. */
  hasNoStatus(context: string): Promise<void>
  /** The bot's next comment that nobody has read yet contains this text. Returns it whole. */
  botSays(text: string | RegExp): Promise<string>
  /** The bot's last comment, read or not, was edited so that it contains this text. */
  botEdits(text: string | RegExp): Promise<string>
  isMerged(): Promise<void>
}

/** Somebody with an account. */
export interface Person {
  readonly login: string
  opensPullRequest(given?: {
    title?: string
    body?: string
    files?: Record<string, string>
    draft?: boolean
    base?: string
  }): Promise<Pull>
  says(pr: Pull, text: string): Promise<void>
  pushes(pr: Pull, files?: Record<string, string>): Promise<string>
  labels(pr: Pull, label: string): Promise<void>
  unlabels(pr: Pull, label: string): Promise<void>
  reviews(pr: Pull, verdict: 'approve' | 'request changes' | 'comment', body?: string): Promise<void>
  marksReady(pr: Pull): Promise<void>
  convertsToDraft(pr: Pull): Promise<void>
  closes(pr: Pull): Promise<void>
  reopens(pr: Pull): Promise<void>
  merges(pr: Pull): Promise<void>
}

/** The runs of one job. */
export interface Runs {
  /** There are exactly so many, and nothing is under way that could make another. */
  count(wanted: number): Promise<readonly ProwJob[]>
  /** The newest run is in that state; for final states: and complete. */
  is(state: JobState): Promise<ProwJob>
}

/** What a conversation is given. */
export interface Talk {
  /** Admin of the organisation. */
  readonly alice: Person
  /** Member of the organisation. */
  readonly bob: Person
  /** Not a member; has a fork. */
  readonly casey: Person
  readonly town: Town
  readonly clock: Town['clock']
  jobs(name: string): Runs
}

/**
 * Declares a test that is a conversation. At its end every comment of the bot must have been read by `botSays`: an unexpected
 * answer fails the test.
 */
export function conversation(name: string, story: (talk: Talk) => Promise<void>): void
export function conversation(name: string, options: TownOptions, story: (talk: Talk) => Promise<void>): void
export function conversation(
  name: string,
  ...rest: [(talk: Talk) => Promise<void>] | [TownOptions, (talk: Talk) => Promise<void>]
): void {
  const [options, story] = rest.length === 2 ? rest : [{}, rest[0]]
  test(name, { timeout: 60_000 }, () => hold(options, story))
}

/** Holds one conversation in a town of its own. */
export async function hold(options: TownOptions, story: (talk: Talk) => Promise<void>): Promise<void> {
  const town = await startTown(options)
  try {
    const unread = new Unread(town)
    await story(talkIn(town, unread))
    await town.quiet()
    expect(unread.all(), 'comments of the bot that nobody expected').toEqual([])
  } finally {
    await town.stop()
  }
}

/** Remembers which comments of the bot a test has read. */
class Unread {
  private readonly read = new Set<number>()
  private readonly pulls = new Set<number>()
  private readonly town: Town

  constructor(town: Town) {
    this.town = town
  }

  watch(number: number): void {
    this.pulls.add(number)
  }

  of(number: number) {
    const { comments } = this.town.simulator.world.pullRequest(fullName, number)
    return comments.filter(({ id, user }) => user === bot && !this.read.has(id))
  }

  take(id: number): void {
    this.read.add(id)
  }

  all(): string[] {
    return [...this.pulls].flatMap((number) => this.of(number).map(({ body }) => `#${number}: ${body}`))
  }
}

function talkIn(town: Town, unread: Unread): Talk {
  return {
    alice: person('alice', town, unread),
    bob: person('bob', town, unread),
    casey: person('casey', town, unread),
    town,
    clock: town.clock,
    jobs: (name) => runsOf(name, town),
  }
}

function runsOf(name: string, town: Town): Runs {
  const runs = async () => (await town.jobs()).filter(({ spec }) => spec.job === name)
  const states = async () => (await runs()).map(({ status }) => `${status.state}: ${status.description ?? ''}`)
  return {
    async count(wanted) {
      const found = await town.until(
        `${wanted} runs of ${name}`,
        async () => {
          const now = await runs()
          return now.length >= wanted && now
        },
        states,
      )
      await town.quiet()
      expect((await runs()).length, `runs of ${name}`).toBe(wanted)
      return found
    },
    is: (state) =>
      town.until(
        `${name} to be ${state}`,
        async () => {
          const newest = (await runs()).at(-1)
          const ended = state === 'triggered' || state === 'pending' || state === 'scheduling'
          return newest?.status.state === state && (ended || isComplete(newest)) && newest
        },
        states,
      ),
  }
}

function matches(text: string, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)
}

function pullIn(town: Town, unread: Unread, number: number): Pull {
  unread.watch(number)
  const view = () => town.simulator.world.pullRequest(fullName, number)
  const statuses = () =>
    Object.entries(view().statuses).map(
      ([context, { state, description }]) => `${context}: ${state} ${description ?? ''}`,
    )
  return {
    number,
    view,
    async hasLabels(...labels) {
      const wanted = [...labels].sort()
      const now = () => [...view().labels].sort()
      await town.until(`labels [${wanted.join(', ')}] on #${number}`, () => now().join() === wanted.join(), now)
      await town.quiet()
      expect(now()).toEqual(wanted)
    },
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
    async botSays(text) {
      const bodies = () => unread.of(number).map(({ body }) => body)
      const found = await town.until(
        `the bot to say ${text} on #${number}`,
        () => {
          const [next] = unread.of(number)
          return next && matches(next.body, text) && next
        },
        bodies,
      )
      unread.take(found.id)
      return found.body
    },
    async botEdits(text) {
      const last = () =>
        view()
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
    isMerged: async () => {
      await town.until(`#${number} to be merged`, () => view().merged)
    },
  }
}

function person(login: string, town: Town, unread: Unread): Person {
  const { world } = town.simulator
  const on = (pr: Pull) => ({ repo: fullName, number: pr.number, by: login })
  const events = { approve: 'APPROVE', 'request changes': 'REQUEST_CHANGES', comment: 'COMMENT' } as const
  return {
    login,
    async opensPullRequest({ title = `Change by ${login}`, ...given } = {}) {
      const { number } = await world.openPullRequest({ repo: fullName, author: login, title, ...given })
      return pullIn(town, unread, number)
    },
    async says(pr, body) {
      // Timestamps of GitHub have whole seconds; an edit has to be seen as one.
      await town.clock.advance('1s')
      world.comment({ repo: fullName, number: pr.number, author: login, body })
    },
    async pushes(pr, files) {
      await town.clock.advance('1s')
      const changed = files ?? { [`push-${town.clock.now()}.txt`]: 'more\n' }
      return world.push({ repo: fullName, author: login, number: pr.number, files: changed })
    },
    labels: async (pr, label) => world.addLabel({ ...on(pr), label }),
    unlabels: async (pr, label) => world.removeLabel({ ...on(pr), label }),
    async reviews(pr, verdict, body = '') {
      await world.review({ repo: fullName, number: pr.number, author: login, event: events[verdict], body })
    },
    marksReady: async (pr) => world.setDraft({ ...on(pr), draft: false }),
    convertsToDraft: async (pr) => world.setDraft({ ...on(pr), draft: true }),
    async closes(pr) {
      await world.close(on(pr))
    },
    async reopens(pr) {
      await world.reopen(on(pr))
    },
    async merges(pr) {
      await world.merge(on(pr))
    },
  }
}
