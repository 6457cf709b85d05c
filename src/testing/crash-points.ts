// Crash points: a conversation held again and again, with the process dying just before and just after each of its writes.
import { expect, test } from 'vitest'
import { hold, type Talk } from './conversation.ts'
import type { TownOptions } from './town.ts'

/** What a story at crash points is given. */
export interface CrashTalk extends Talk {
  /**
   * The moment from which on writes count; until here the story only sets the scene. Everything after it has to survive.
   */
  begins(): void
  /** Waits until the process is dead, or until nothing is left to do if it does not die; then starts another on the same data. */
  startsAgain(): Promise<void>
}

/** Which of an object's methods change something outside of the process. */
const writes = new Set([
  ...['receive', 'plan', 'attempted', 'finish'],
  ...['create', 'replace', 'patch', 'delete'],
  ...['addLabel', 'removeLabel', 'comment', 'editComment', 'deleteComment', 'setStatus', 'assign', 'requestReview'],
  ...['createIssue', 'edit', 'reopen', 'lock', 'setMilestone', 'unassign', 'react', 'reactToComment', 'pinIssue'],
  ...['transferIssue', 'createPullRequest', 'updateBranch', 'createReview', 'dismissReview', 'editReviewComment'],
  ...['unrequestReview', 'createLabel', 'createFork', 'createRef', 'deleteRef', 'createCheckRun', 'rerunWorkflow'],
])

/**
 * Declares one test that holds the conversation once undisturbed, counting its writes (to the journal, the cluster and the code
 * host), and then twice per write: the process dies just before it, and just after it.
 */
export function atEveryCrashPoint(name: string, options: TownOptions, story: (talk: CrashTalk) => Promise<void>): void {
  test(`${name}, wherever the process dies`, { timeout: 300_000 }, async () => {
    const undisturbed = crash(0, 'before')
    await play(options, story, undisturbed)
    const count = undisturbed.count()
    expect(count, 'writes that could be lost').toBeGreaterThan(0)
    for (let write = 1; write <= count; write++) {
      for (const when of ['before', 'after'] as const) {
        try {
          await play(options, story, crash(write, when))
        } catch (error) {
          throw new Error(`died ${when} write ${write} of ${count}: ${(error as Error).message}`, { cause: error })
        }
      }
    }
  })
}

async function play(options: TownOptions, story: (talk: CrashTalk) => Promise<void>, crash: Crash): Promise<void> {
  await hold({ ...options, around: crash.around }, (talk) =>
    story({
      ...talk,
      begins: crash.begins,
      async startsAgain() {
        await Promise.race([crash.died, talk.town.quiet()])
        crash.bury()
        await talk.town.restart()
      },
    }),
  )
}

interface Crash {
  begins(): void
  /** Writes since `begins`. */
  count(): number
  /** Resolves when the process is dead: from then on nothing that it asks for is answered. */
  readonly died: Promise<void>
  /** Lets what hangs on the dead process fail, so that the test can clear it away. */
  bury(): void
  around<Writer extends object>(writer: Writer): Writer
}

/** Dies at the n-th write; never, for 0. */
function crash(at: number, when: 'before' | 'after'): Crash {
  const died = Promise.withResolvers<void>()
  const buried = Promise.withResolvers<never>()
  const never = buried.promise
  // Nobody may be waiting.
  never.catch(() => undefined)
  let counting = false
  let dead = false
  let count = 0
  const die = () => {
    dead = true
    died.resolve()
    return never
  }
  const dying =
    (name: string, act: (...args: unknown[]) => unknown) =>
    (...args: unknown[]): unknown => {
      if (dead) return never
      if (!counting || !writes.has(name)) return act(...args)
      const mine = ++count
      if (mine === at && when === 'before') return die()
      const done = Promise.resolve(act(...args))
      return done.then((result) => (dead ? never : mine === at ? die() : result))
    }
  return {
    begins: () => {
      counting = true
    },
    count: () => count,
    died: died.promise,
    bury: () => buried.reject(new Error('the process is dead')),
    around: (writer) =>
      new Proxy(writer, {
        get(target, name, receiver) {
          const value: unknown = Reflect.get(target, name, receiver)
          // Streams of a cluster go on: who reads them is dead, and they end with the installation. So do plain reads of the journal.
          const isStream =
            typeof name === 'string' &&
            ['watch', 'logs', 'unfinished', 'left', 'read', 'failed', 'close'].includes(name)
          if (typeof value !== 'function' || typeof name !== 'string' || isStream) return value
          return dying(name, value.bind(target))
        },
      }),
  }
}
