// Takes deliveries into the journal and sees to it that each of their tasks is done: in order, again after failures and restarts.
import type { ConfigAgent } from '../config/types.ts'
import { every } from '../system/clock.ts'
import { type Demuxed, demux, type Task, taskNamed } from './demux.ts'
import { forward } from './external.ts'
import type { Delivery, Journal } from './journal.ts'
import { type Job, lanes } from './lanes.ts'
import type { Later } from './later.ts'
import type { Plugin } from './plugin.ts'
import { type PluginHost, runPlugin } from './plugin-host.ts'
import { backoffMs, isTransient, maxAttempts } from './retry.ts'

/** Which tasks a delivery leads to, as things are now. */
export type Plan = (event: string, demuxed: Demuxed) => Promise<readonly Task[]>

export interface DispatcherNeeds extends PluginHost {
  readonly journal: Journal
  readonly config: ConfigAgent
  readonly plan: Plan
  /** Undefined for a name that nobody knows. */
  readonly load: (name: string) => Promise<Plugin | undefined>
  /** Deliveries handled at the same time. */
  readonly concurrency: number
  /** Aborts when nothing new may start. What is running goes on until `signal` aborts. */
  readonly stopping: AbortSignal
}

export interface Dispatcher {
  /** Resolves when the delivery is on disk; from then on its effects are sure. */
  accept(delivery: Delivery, payload: unknown): Promise<void>
  /** Takes up what an earlier process has left. */
  recover(): void
  /** Forgets old deliveries, now and every hour, until `stopping`. */
  tidy(): Promise<void>
  /** Resolves when no task is running and none waits for another attempt. */
  settled(): Promise<void>
}

const day = 86_400_000
/** Done deliveries are remembered this long, so that a repetition is recognised. */
const keepDoneMs = 3 * day
/** Failed ones longer: somebody may want to know, or to send them again. */
const keepFailedMs = 30 * day
/** No task is tried again after this time in one process: what waits behind it must get its turn. */
const patienceMs = 900_000
/**
 * Up to this many waiting deliveries are kept in memory as events, if they came in no more bytes than that; others are read from the
 * journal when their turn comes. Bodies are never kept: they may be large, and most of them nobody needs again.
 */
const keepInMemory = 256
const keepAtMostBytes = 256 * 1024

/** What the work for a delivery needs to know of it. */
type Facts = Pick<Delivery, 'id' | 'event' | 'receivedAt'>

/** A delivery that has just come, for which nothing is planned yet. */
interface Fresh {
  readonly facts: Facts
  readonly demuxed: Demuxed
}

export function dispatcher(needs: DispatcherNeeds): Dispatcher {
  const { journal, clock, log, stopping } = needs
  const queue = lanes({ concurrency: needs.concurrency, clock, signal: stopping })

  function enqueue(id: string, lane: string | undefined, fresh?: Fresh) {
    queue.push(lane ?? id, () => orNothing(id, prepare(id, fresh)))
  }

  async function orNothing(id: string, jobs: Promise<Job[]>): Promise<Job[]> {
    try {
      return await jobs
    } catch (error) {
      log.error({ err: error, 'event-GUID': id }, 'cannot take up a delivery; it will be tried at the next start')
      return []
    }
  }

  /** The jobs of a delivery whose turn has come. */
  async function prepare(id: string, fresh?: Fresh): Promise<Job[]> {
    const read = fresh ?? readFresh(id)
    if (!read) return []
    const { facts, demuxed } = read
    const left = fresh ? undefined : journal.left(id)?.tasks
    if (left) {
      const jobs: Job[] = []
      for (const [name, { attempts, notBefore }] of left) {
        const task = taskNamed(name, demuxed)
        if (task && notBefore > 0) comeBack(id, task, demuxed.lane, notBefore)
        else if (task) jobs.push(jobFor(task, demuxed, facts, attempts))
        else await journal.finish(id, name, 'this version does not know the task any more')
      }
      return jobs
    }
    if (demuxed.unusable)
      log.error({ 'event-GUID': id, 'event-type': facts.event }, `no plugin can use this: ${demuxed.unusable}`)
    const tasks = await needs.plan(facts.event, demuxed)
    await journal.plan(
      id,
      tasks.map(({ name }) => name),
    )
    return tasks.map((task) => jobFor(task, demuxed, facts, 0))
  }

  function readFresh(id: string): Fresh | undefined {
    const delivery = journal.read(id)
    return delivery && { facts: factsOf(delivery), demuxed: demuxDelivery(delivery) }
  }

  /** Puts a task that has been put off behind what its lane holds at that time. Until then nothing of it is in memory. */
  function comeBack(id: string, { name }: Task, lane: string | undefined, notBefore: number) {
    const wait = Math.max(0, notBefore - clock.now())
    queue.pushLater(wait, lane ?? id, () => orNothing(id, takeUp(id, name)))
  }

  async function takeUp(id: string, name: string): Promise<Job[]> {
    await journal.begin(id, name)
    const read = readFresh(id)
    const open = journal.left(id)?.tasks?.get(name)
    const task = read && taskNamed(name, read.demuxed)
    return read && open && task ? [jobFor(task, read.demuxed, read.facts, open.attempts)] : []
  }

  function jobFor(task: Task, { lane }: Demuxed, facts: Facts, attemptsBefore: number): Job {
    const { id } = facts
    const patienceEnds = clock.now() + patienceMs
    let attempts = attemptsBefore
    const fields = { 'event-GUID': id, 'event-type': facts.event, plugin: task.plugin }

    async function attempt(): Promise<number | undefined> {
      if (attempts >= maxAttempts) {
        await journal.finish(id, task.name, `given up after ${attempts} attempts that did not come to an end`)
        return undefined
      }
      attempts++
      let again: Later | undefined
      try {
        again = await run(task, facts, attempts)
      } catch (error) {
        // Cut off by the end of the process: not the task's fault, and the journal still has it.
        if (needs.signal.aborted) return undefined
        const wait = isTransient(error) && clock.now() < patienceEnds ? backoffMs[attempts - 1] : undefined
        if (wait === undefined) {
          log.error({ ...fields, err: error, attempts }, 'a task failed')
          await journal.finish(id, task.name, messageOf(error))
        } else {
          log.warn({ ...fields, err: error, attempts, againInMs: wait }, 'a task failed and will be tried again')
          await journal.attempted(id, task.name, messageOf(error))
        }
        return wait
      }
      if (again) {
        const notBefore = clock.now() + again.inMs
        await journal.postpone(id, task.name, notBefore)
        comeBack(id, task, lane, notBefore)
      } else await journal.finish(id, task.name)
      return undefined
    }

    return {
      actor: task.plugin,
      attempt: () =>
        attempt().catch((error: unknown) => {
          log.error({ ...fields, err: error }, 'cannot write the journal; the task will be repeated at the next start')
          return undefined
        }),
    }
  }

  async function run(task: Task, { id, event, receivedAt }: Facts, attempt: number): Promise<Later | undefined> {
    if (task.kind === 'external') {
      const delivery = journal.read(id)
      if (!delivery) throw new Error('the journal has the delivery no more')
      const fields = { 'external-plugin': task.plugin, 'event-type': event, 'event-GUID': id }
      await forward(delivery, task.endpoint, { ...needs, log: log.child(fields) })
      return undefined
    }
    const plugin = await needs.load(task.plugin)
    if (!plugin) throw new Error(`there is no plugin ${task.plugin} any more`)
    return runPlugin(plugin, task.event, { id, attempt, receivedAt }, needs)
  }

  return {
    async accept(delivery, payload) {
      const outcome = await journal.receive(delivery)
      if (outcome === 'known') {
        log.info({ 'event-GUID': delivery.id }, 'a delivery came again and is not handled twice')
        return
      }
      try {
        const demuxed = demux(delivery.event, payload)
        const keep = outcome === 'new' && queue.waiting() < keepInMemory && delivery.body.length <= keepAtMostBytes
        enqueue(delivery.id, demuxed.lane, keep ? { facts: factsOf(delivery), demuxed } : undefined)
      } catch (error) {
        // It is in the journal, so the sender is told that all is well.
        log.error(
          { err: error, 'event-GUID': delivery.id },
          'cannot read a delivery; it will be tried at the next start',
        )
      }
    },
    recover() {
      for (const { id } of journal.unfinished()) {
        const delivery = journal.read(id)
        if (delivery) enqueue(id, demuxDelivery(delivery).lane)
      }
    },
    async tidy() {
      for await (const now of every(clock, () => 3_600_000, stopping)) {
        try {
          await journal.prune(now - keepDoneMs, now - keepFailedMs)
        } catch (error) {
          log.error({ err: error }, 'cannot forget old deliveries')
        }
      }
    },
    settled: () => queue.settled(),
  }
}

const factsOf = ({ id, event, receivedAt }: Delivery): Facts => ({ id, event, receivedAt })

const demuxDelivery = ({ event, body }: Delivery): Demuxed =>
  demux(event, JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')))

function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return `${error.message}: ${error.errors.map(messageOf).join('; ')}`
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : `${error.message}: ${messageOf(error.cause)}`
}
