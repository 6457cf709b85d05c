// Conversations: tests that read like a pull request. People open, comment and push; the test says what the bot has to do about it.
import { expect, test } from 'vitest'
import { isComplete, type JobState, type ProwJob } from '../api/prowjob.ts'
import { type Person, person } from './conversation/people.ts'
import { type Unread, unreadIn } from './conversation/threads.ts'
import { startTown, type Town, type TownOptions } from './town.ts'

export type { Person } from './conversation/people.ts'
export type { Pull, Thread } from './conversation/threads.ts'

/** The runs of one job. */
export interface Runs {
  /** There are exactly so many, and nothing is under way that could make another. */
  count(wanted: number): Promise<readonly ProwJob[]>
  /** The newest run is in that state; for final states: and complete. */
  is(state: JobState): Promise<ProwJob>
  /** The code host has been told of the present state of all of them. */
  areReported(): Promise<void>
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
    const unread = unreadIn(town)
    await story(talkIn(town, unread))
    await town.quiet()
    expect(unread.all(), 'comments of the bot that nobody expected').toEqual([])
  } finally {
    await town.stop()
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
    async areReported() {
      await town.until(
        `reports of ${name}`,
        async () =>
          (await runs()).every(({ status }) => status.prev_report_states?.['github-reporter'] === status.state),
        states,
      )
    },
  }
}
