// The first conversation of a new sample installation, so that there is something to see: a newcomer's pull request, from comment to green.
import type { Simulator } from '../simulator/simulator.ts'
import type { Clock } from '../system/clock.ts'
import { firstPullRequest, sampleOrg, sampleRepo } from './sample.ts'

export interface ConversationNeeds {
  readonly simulator: Simulator
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly print: (line: string) => void
}

const repo = `${sampleOrg}/${sampleRepo}`

/** True before anybody has opened a pull request. */
export function isUntouched({ world }: Simulator): boolean {
  try {
    world.pullRequest(repo, 1)
    return false
  } catch {
    return true
  }
}

// Long enough to read a line before the next, short enough not to bore.
const pauseMs = 1000
const longestWaitMs = 30_000

/** Opens the pull request, waits for the bot's label, and answers with the commands that start the tests. */
export async function firstConversation({ simulator, clock, signal, print }: ConversationNeeds): Promise<void> {
  const { world } = simulator
  const readme = (await world.file(repo, 'README.md')) ?? ''
  print('The life of a job, as it happens:')
  print('')
  const { number } = await world.openPullRequest({
    repo,
    author: 'casey',
    title: firstPullRequest.title,
    body: firstPullRequest.body,
    branch: 'our-own-lamp',
    files: { 'README.md': readme + firstPullRequest.addToReadme },
  })
  const deadline = clock.now() + longestWaitMs
  while (!world.pullRequest(repo, number).labels.includes('needs-ok-to-test')) {
    if (clock.now() > deadline) throw new Error('hook has not answered the first pull request: its log says why')
    await changed(simulator, clock, signal)
  }
  await clock.sleep(pauseMs, signal)
  world.comment({ repo, number, author: 'alice', body: firstPullRequest.answer })
}

/** Resolves at the next change of the simulated GitHub, or after a while. */
function changed({ world }: Simulator, clock: Clock, signal: AbortSignal): Promise<void> {
  const end = new AbortController()
  const unsubscribe = world.onChange(() => end.abort())
  return clock
    .sleep(pauseMs, AbortSignal.any([signal, end.signal]))
    .catch(() => signal.throwIfAborted())
    .finally(unsubscribe)
}
