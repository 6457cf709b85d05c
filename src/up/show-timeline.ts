// Prints the timeline while it happens: what people and the bot do on the simulated GitHub, what becomes of ProwJobs and Pods.

import type { Logger } from 'pino'
import { pods } from '../api/kubernetes.ts'
import { createdByProw } from '../api/labels.ts'
import { prowJobs } from '../api/prowjob.ts'
import { informer } from '../kube/informer.ts'
import type { Simulator } from '../simulator/simulator.ts'
import type { PullView } from '../simulator/world.ts'
import type { Clock } from '../system/clock.ts'
import type { Ids } from '../system/ids.ts'
import type { Installation } from './installation.ts'
import { printable } from './printable.ts'
import { sampleOrg, sampleRepo } from './sample.ts'
import { untilAborted } from './supervise.ts'
import { at, jobLines, podLines } from './timeline.ts'
import { pullLines } from './timeline-github.ts'

export interface TimelineNeeds {
  readonly installation: Installation
  readonly simulator?: Simulator
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Logger
  readonly signal: AbortSignal
  readonly print: (line: string) => void
}

/** Starts printing what changes from now on; resolves when the signal aborts. */
export async function showTimeline({
  installation,
  simulator,
  clock,
  ids,
  log,
  signal,
  print,
}: TimelineNeeds): Promise<void> {
  const { kube, config } = installation
  const { prowjob_namespace, pod_namespace } = config.current().config
  const begin = clock.now()
  const say = (lines: readonly string[]) => {
    for (const line of lines) print(`  ${at(clock.now() - begin)}  ${printable(line)}`)
  }
  const common = { kube, clock, ids, log, signal }
  const jobs = informer({ ...common, resource: prowJobs, selection: { namespace: prowjob_namespace } })
  jobs.on((change) => {
    if (change.type === 'added' && !change.initial) say(jobLines(undefined, change.now))
    if (change.type === 'modified') say(jobLines(change.before, change.now))
  })
  const selection = { namespace: pod_namespace, labelSelector: `${createdByProw}=true` }
  const running = informer({ ...common, resource: pods, selection })
  running.on((change) => {
    if (change.type === 'modified') say(podLines(change.before, change.now))
  })
  if (simulator) watchGitHub(simulator, signal, say)
  await untilAborted(signal)
}

/** Follows the pull requests of the sample repository. */
function watchGitHub({ world }: Simulator, signal: AbortSignal, say: (lines: readonly string[]) => void): void {
  const repo = `${sampleOrg}/${sampleRepo}`
  const known = new Map<number, PullView>()
  const look = (news: boolean) => {
    for (let number = 1; ; number++) {
      let now: PullView
      try {
        now = world.pullRequest(repo, number)
      } catch {
        return
      }
      if (news) say(pullLines(known.get(number), now))
      known.set(number, now)
    }
  }
  look(false)
  const unsubscribe = world.onChange(() => look(true))
  signal.addEventListener('abort', unsubscribe, { once: true })
}
