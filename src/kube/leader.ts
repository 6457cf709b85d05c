// Leader election by a Lease, as client-go does it, so that old and new programs exclude each other during a migration.
import type { Logger } from 'pino'
import { Gauge, type Registry } from 'prom-client'
import { type Lease, leases } from '../api/kubernetes.ts'
import type { Clock } from '../system/clock.ts'
import type { Ids } from '../system/ids.ts'
import { type Kube, KubeError } from './client.ts'

export interface LeaderOptions {
  readonly kube: Kube
  readonly namespace: string
  /** Name of the lease. */
  readonly name: string
  /** Who asks: `<hostname>_<uuid>`. */
  readonly identity: string
  readonly clock: Clock
  readonly ids: Pick<Ids, 'fraction'>
  readonly log: Logger
  readonly metrics: Registry
  readonly signal: AbortSignal
  /** What only the leader does. Its signal aborts when the lease is lost or `signal` aborts. */
  readonly lead: (signal: AbortSignal) => Promise<void>
}

/** The lease went to somebody else or could not be renewed in time: whoever led has to start over. */
export class LeadershipLostError extends Error {
  override readonly name = 'LeadershipLostError'
}

// client-go's defaults, milliseconds.
const leaseMs = 15_000
const renewDeadlineMs = 10_000
const retryMs = 2_000

/**
 * Waits for the lease, leads while it holds, and gives it back at the end, so that the next one need not wait.
 * @throws LeadershipLostError when the lease is lost; what `lead` throws.
 */
export async function runAsLeader(options: LeaderOptions): Promise<void> {
  const { clock, log, signal, name } = options
  const election = elector(options)
  const status = statusGauge(options.metrics)
  status.set({ name }, 0)
  while (!(await election.attempt().catch(logFailure(log)))) {
    // Spread, so that several candidates do not ask in step.
    await clock.sleep(retryMs * (1 + 1.2 * options.ids.fraction()), signal).catch(() => {})
    if (signal.aborted) return
  }
  status.set({ name }, 1)
  log.info({ lease: name, identity: options.identity }, 'became the leader')

  const ending = new AbortController()
  const leading = options.lead(AbortSignal.any([signal, ending.signal]))
  const renewing = renew(election, options, ending.signal)
  try {
    await Promise.race([leading, renewing])
  } finally {
    ending.abort(new LeadershipLostError(`no longer the leader of ${name}`))
    status.set({ name }, 0)
    // Whoever still works must not do so beside the next leader.
    await leading.catch(() => {})
    await renewing.catch(() => {})
    await election.release().catch(logFailure(log))
  }
}

async function renew(
  election: ReturnType<typeof elector>,
  { clock, log, name, signal }: LeaderOptions,
  ending: AbortSignal,
) {
  let renewedAt = clock.now()
  const over = AbortSignal.any([signal, ending])
  while (!over.aborted) {
    await clock.sleep(retryMs, over).catch(() => {})
    if (over.aborted) return
    // An attempt that hangs must not outlast the deadline: by then somebody else may be about to take over.
    const asked = new AbortController()
    const deadline = clock.sleep(renewedAt + renewDeadlineMs - clock.now(), asked.signal).then(
      () => false,
      () => false,
    )
    const mine = await Promise.race([election.attempt().catch(logFailure(log)), deadline])
    asked.abort()
    if (mine) renewedAt = clock.now()
    else if (election.holder() !== undefined || clock.now() - renewedAt >= renewDeadlineMs) {
      throw new LeadershipLostError(
        `lost the lease ${name}${election.holder() ? ` to ${election.holder()}` : ': it could not be renewed in time'}`,
      )
    }
  }
}

/** One candidate. Other candidates' clocks are not trusted: a lease is over when it has not changed for its duration by one's own. */
function elector({ kube, namespace, name, identity, clock }: LeaderOptions) {
  let seen: { lease: Lease; at: number } | undefined

  function observe(lease: Lease): Lease {
    if (seen?.lease.metadata?.resourceVersion !== lease.metadata?.resourceVersion) seen = { lease, at: clock.now() }
    return lease
  }
  const held = (seconds: number, transitions: number, acquireTime: string | undefined): NonNullable<Lease['spec']> => ({
    holderIdentity: identity,
    leaseDurationSeconds: seconds,
    acquireTime: acquireTime ?? microTime(clock.now()),
    renewTime: microTime(clock.now()),
    leaseTransitions: transitions,
  })

  return {
    /** True when the lease is ours now. A lost race is false; a failure of the API is thrown. */
    async attempt(): Promise<boolean> {
      const lease = await kube.get(leases, { namespace, name })
      try {
        if (!lease) {
          observe(
            await kube.create(leases, { metadata: { name, namespace }, spec: held(leaseMs / 1000, 0, undefined) }),
          )
          return true
        }
        observe(lease)
        const { holderIdentity, leaseTransitions = 0, acquireTime } = lease.spec ?? {}
        const mine = holderIdentity === identity
        if (!mine && holderIdentity && seen && clock.now() - seen.at < leaseMs) return false
        const spec = held(
          leaseMs / 1000,
          mine ? leaseTransitions : leaseTransitions + 1,
          mine ? acquireTime : undefined,
        )
        observe(await kube.replace(leases, { ...lease, spec }))
        return true
      } catch (error) {
        if (error instanceof KubeError && error.code === 409) return false
        throw error
      }
    },
    /** Who else was seen to hold it. */
    holder(): string | undefined {
      const holder = seen?.lease.spec?.holderIdentity
      return holder && holder !== identity ? holder : undefined
    },
    /** Gives it back, if it is ours. */
    async release(): Promise<void> {
      const lease = await kube.get(leases, { namespace, name })
      if (lease?.spec?.holderIdentity !== identity) return
      const { leaseTransitions = 0 } = lease.spec
      const spec = { ...held(1, leaseTransitions, undefined), holderIdentity: '' }
      await kube.replace(leases, { ...lease, spec })
    },
  }
}

const microTime = (ms: number) => new Date(ms).toISOString().replace('Z', '000Z')

const logFailure = (log: Logger) => (err: unknown) => {
  log.warn({ err }, 'cannot reach the lease')
  return false
}

function statusGauge(registry: Registry): Gauge<'name'> {
  const name = 'leader_election_master_status'
  const known = registry.getSingleMetric(name)
  if (known instanceof Gauge) return known
  return new Gauge({ name, help: '1 while this process leads.', labelNames: ['name'], registers: [registry] })
}
