// One stage for the tests of code hosts: the same people, files and pull requests on the simulated GitHub and in memory.
import { afterAll, beforeAll, describe, test } from 'vitest'
import type { CodeHost, IssueRef } from '../../api/code-host.ts'
import { inMemory } from './in-memory.ts'
import { onSimulator } from './on-simulator.ts'

/**
 * What a test is given. `alice` is an admin of the organisation, `bob` a member who may write, `casey` a stranger, `robot` the bot, an
 * admin. The team Lamp Keepers has bob in it.
 */
interface Stage {
  /** Acts as the bot. */
  readonly host: CodeHost
  openIssue(author: string, title: string, body?: string): Promise<IssueRef>
  /** By default with one new file, `lamp.txt`, in one commit whose message is the title. */
  openPull(author: string, title: string, given?: { body?: string; base?: string }): Promise<IssueRef>
  merge(on: IssueRef): Promise<void>
  say(on: IssueRef, login: string, body: string): Promise<number>
  review(on: IssueRef, login: string, state: 'approved' | 'changes_requested', body?: string): Promise<void>
  /** By hand. */
  label(on: IssueRef, login: string, label: string): Promise<void>
  protect(branch: string, contexts: readonly string[]): Promise<void>
  setBusy(login: string): Promise<void>
  checkRun(sha: string, name: string, conclusion?: 'success' | 'failure'): Promise<void>
}

/** A stage and how it is taken down. */
export interface Standing {
  readonly stage: Stage
  stop(): Promise<void>
}

type Play = (title: string, run: (stage: Stage) => Promise<void>) => void

/** Declares tests once for the GitHub client on the simulator, and once for the code host in memory. */
export function onEveryHost(name: string, declare: (play: Play) => void): void {
  describe.each([
    ['on GitHub', onSimulator],
    ['in memory', inMemory],
  ] as const)(`${name} %s`, (_where, start) => {
    const standing = Promise.withResolvers<Standing>()
    beforeAll(async () => standing.resolve(await start()))
    afterAll(async () => (await standing.promise).stop())
    declare((title, run) => test(title, async () => run((await standing.promise).stage)))
  })
}
