// Runs parts on the clusters of the kubeconfig, and anew on other clusters when its files change.
import type { Ctx } from '../component.ts'
import type { Clusters } from '../kube/client.ts'
import { every } from '../system/clock.ts'
import { type Part, supervise } from '../up/supervise.ts'

/** Clusters that were opened. */
export interface OpenClusters {
  readonly clusters: Clusters
  close(): Promise<void>
}

interface Opened extends OpenClusters {
  readonly seen: string
}

// Upstream's programs end at such a change, to be started again; here nothing has to.
const lookMs = 5000

/**
 * A part that runs others. Files that cannot be used are logged, and the clusters that were opened last stay.
 * @param options.open Reads the files. Throws when they cannot be used.
 * @param options.state The same text as long as the files are the same.
 */
export function withClusters({
  open,
  state,
  parts,
}: {
  readonly open: () => Promise<OpenClusters>
  readonly state: () => Promise<string>
  readonly parts: (clusters: Clusters) => readonly Part[]
}): Part {
  // The state is taken before the files are read: what changes in between is seen afterwards.
  async function first(): Promise<Opened> {
    const seen = await state()
    return { ...(await open()), seen }
  }

  /** Resolves with other clusters when the files have changed; with undefined when the signal aborts. */
  async function change({ clock, log, signal }: Ctx, before: string): Promise<Opened | undefined> {
    let known = before
    for await (const _ of every(clock, () => lookMs, signal)) {
      const now = await state()
      if (now === known) continue
      known = now
      try {
        return { ...(await open()), seen: now }
      } catch (err) {
        log.error({ err }, 'the changed kubeconfig cannot be used; the clusters stay as they are')
      }
    }
    return undefined
  }

  return {
    name: 'clusters',
    async run(ctx) {
      for (let current: Opened | undefined = await first(); current; ) {
        const opened: Opened = current
        const over = new AbortController()
        const signal = AbortSignal.any([ctx.signal, over.signal])
        const group = supervise(parts(opened.clusters), { ...ctx, signal })
        try {
          await group.ready
          ctx.ready()
          current = await change(ctx, opened.seen)
          if (current) ctx.log.info({ clusters: current.clusters.aliases() }, 'the kubeconfig has changed')
        } finally {
          over.abort()
          await group.stopped
          await opened.close()
        }
      }
    },
  }
}
