// What hook and the servers of external plugins have in common: a journal, a server, tasks, and an orderly end.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Ctx, Listen } from '../component.ts'
import type { Dispatcher } from './dispatcher.ts'
import { type Journal, openJournal } from './journal.ts'
import { type HookMetrics, hookMetrics } from './metrics.ts'

export interface ReceiverNeeds {
  readonly listen: Listen
  /** A folder for the database NAME.db, made when it is not there, or a journal that the caller opened and will close. */
  readonly journal: { readonly dataDir: string } | Journal
  /** How long running tasks may go on after the signal. Milliseconds. */
  readonly graceMs: number
}

/** What a receiver is built on. */
export interface Basis {
  readonly journal: Journal
  readonly metrics: HookMetrics
  /** Aborts when even running tasks must end. */
  readonly signal: AbortSignal
  /** Aborts when nothing new may start. */
  readonly stopping: AbortSignal
}

export interface Receiver {
  readonly dispatch: Dispatcher
  readonly server: FastifyInstance
  /** What runs beside the server until nothing new may start. Never rejects. */
  beside?(): Promise<void>
}

/** Deliveries handled at the same time. Handlers mostly wait for the code host. */
export const concurrency = 64

/** Runs a receiver until the signal aborts and its tasks have ended, or the grace period is over. */
export async function runReceiver(
  ctx: Ctx & ReceiverNeeds & { readonly name: string },
  build: (basis: Basis) => Receiver,
): Promise<void> {
  const { name, clock, log } = ctx
  if ('dataDir' in ctx.journal) await mkdir(ctx.journal.dataDir, { recursive: true, mode: 0o700 })
  const ownJournal = 'dataDir' in ctx.journal ? openJournal(join(ctx.journal.dataDir, `${name}.db`)) : undefined
  const journal = ownJournal ?? (ctx.journal as Journal)
  const cutOff = new AbortController()
  const { dispatch, server, beside } = build({
    journal,
    metrics: hookMetrics(ctx.metrics),
    signal: cutOff.signal,
    // A failure below ends it all, too.
    stopping: AbortSignal.any([ctx.signal, cutOff.signal]),
  })
  try {
    dispatch.recover()
    const tidying = dispatch.tidy()
    ctx.ready(await server.listen(ctx.listen))
    const running = beside?.()
    if (!ctx.signal.aborted)
      await new Promise((resolve) => ctx.signal.addEventListener('abort', resolve, { once: true }))
    const ended = server.close().then(() => dispatch.settled())
    let stopWatch = () => {}
    const cut = new Promise<'cut off'>((resolve) => {
      stopWatch = clock.after(ctx.graceMs, () => resolve('cut off'))
    })
    if ((await Promise.race([ended, cut])) === 'cut off')
      log.warn('tasks were still running at the end of the grace period; they will be repeated at the next start')
    stopWatch()
    await Promise.all([tidying, running])
  } finally {
    void server.close()
    cutOff.abort(new Error(`${name} ends`))
    ownJournal?.close()
  }
}
