// Sends webhook deliveries: signed, in order of their start, with a time limit, once; and again when a person asks.
import { createHmac } from 'node:crypto'
import { type Core, timestamp } from '../core.ts'
import { notFound } from '../errors.ts'
import type { Hook } from '../state/records.ts'
import type { DeliveryRow } from '../state/store.ts'

export interface Deliveries {
  /** Starts what waits. */
  kick(): void
  /** Makes a new attempt with the same guid and payload; returns its id. Refuses 404 for an unknown delivery. */
  redeliver(id: number): number
  /** Resolves when nothing waits or is under way. */
  idle(): Promise<void>
  /** Breaks off what is under way; that and what waits is sent after the next start, with the same guid. */
  close(): Promise<void>
}

const timeoutMs = 10_000
// A slow receiver gets no more than this many at once; the rest waits in order.
const concurrentPerUrl = 50
const keptResponseBytes = 64 * 1024

export function startDeliveries(core: Core, changed: () => void): Deliveries {
  const { state, store, log } = core
  const active = new Map<string, number>()
  const underWay = new Set<Promise<void>>()
  const aborts = new Set<AbortController>()
  let lastSeen = 0
  let waiting: DeliveryRow[] = []
  const idlers: (() => void)[] = []
  let closing = false

  function kick(): void {
    if (closing) return
    const fresh = store.unsentDeliveries(lastSeen)
    lastSeen = fresh.at(-1)?.id ?? lastSeen
    waiting.push(...fresh)
    const left: DeliveryRow[] = []
    for (const row of waiting) {
      const hook = state.hooks.get(row.hook)
      if (!hook) {
        finish(row, { status: 'the hook was deleted' })
        continue
      }
      const count = active.get(hook.url) ?? 0
      if (count >= concurrentPerUrl) {
        left.push(row)
        continue
      }
      active.set(hook.url, count + 1)
      const work = attempt(row, hook).finally(() => {
        active.set(hook.url, (active.get(hook.url) ?? 1) - 1)
        underWay.delete(work)
        kick()
        tellIdle()
      })
      underWay.add(work)
    }
    waiting = left
    tellIdle()
  }

  function tellIdle(): void {
    if (underWay.size > 0 || waiting.length > 0) return
    for (const resolve of idlers.splice(0)) resolve()
  }

  async function attempt(row: DeliveryRow, hook: Hook): Promise<void> {
    const start = core.clock.now()
    const headers = requestHeaders(core, row, hook)
    const abort = new AbortController()
    aborts.add(abort)
    const cancelTimeout = core.clock.after(timeoutMs, () => abort.abort(new Error('timed out')))
    const common = { url: hook.url, request_headers: JSON.stringify(headers) }
    const seconds = (): number => Math.round((core.clock.now() - start) / 10) / 100
    try {
      const response = await fetch(hook.url, {
        method: 'POST',
        headers,
        body: body(row, hook),
        redirect: 'manual',
        signal: abort.signal,
      })
      const text = (await response.text()).slice(0, keptResponseBytes)
      finish(row, {
        ...common,
        status: response.ok ? 'OK' : response.statusText || `HTTP ${response.status}`,
        status_code: response.status,
        duration: seconds(),
        response_headers: JSON.stringify(Object.fromEntries(response.headers)),
        response_body: text,
      })
    } catch (error) {
      if (closing) return // without an outcome it is sent again after the next start
      const status = abort.signal.aborted ? 'timed out' : 'failed to connect to host'
      log.warn(
        { delivery: row.guid, event: row.event, url: hook.url, error: String(error) },
        'webhook was not delivered',
      )
      finish(row, { ...common, status, status_code: abort.signal.aborted ? 504 : 502, duration: seconds() })
    } finally {
      aborts.delete(abort)
      cancelTimeout()
    }
  }

  function finish(row: DeliveryRow, outcome: Partial<DeliveryRow> & { status: string }): void {
    store.finishDelivery({ ...row, delivered_at: timestamp(core), ...outcome })
    changed()
  }

  return {
    kick,
    redeliver(id) {
      const row = store.delivery(id)
      if (!row || !state.hooks.get(row.hook)) throw notFound()
      const again = state.commit(() => {
        const newId = state.nextId()
        state.addDelivery({ ...row, id: newId, redelivery: 1, created_at: timestamp(core) })
        return newId
      })
      kick()
      return again
    },
    idle: () =>
      new Promise((resolve) => {
        idlers.push(resolve)
        kick()
      }),
    async close() {
      closing = true
      for (const abort of aborts) abort.abort(new Error('the simulator ends'))
      await Promise.all(underWay)
      for (const resolve of idlers.splice(0)) resolve()
    },
  }
}

const body = (row: DeliveryRow, hook: Hook): string =>
  hook.content_type === 'form' ? new URLSearchParams({ payload: row.payload }).toString() : row.payload

function requestHeaders(core: Core, row: DeliveryRow, hook: Hook): Record<string, string> {
  const [type = '', target = ''] = hook.of.split(':')
  const targetType = { org: 'organization', repo: 'repository', app: 'integration' }[type] ?? type
  const targetId = type === 'org' ? String(core.state.accounts.get(target.toLowerCase())?.id ?? 0) : target
  const signature = (algorithm: string): string =>
    `${algorithm}=${createHmac(algorithm, hook.secret).update(body(row, hook)).digest('hex')}`
  return {
    accept: '*/*',
    'content-type': hook.content_type === 'form' ? 'application/x-www-form-urlencoded' : 'application/json',
    'user-agent': 'GitHub-Hookshot/51mu1at',
    'x-github-delivery': row.guid,
    'x-github-event': row.event,
    'x-github-hook-id': String(hook.id),
    'x-github-hook-installation-target-id': targetId,
    'x-github-hook-installation-target-type': targetType,
    'x-github-enterprise-host': new URL(core.url()).host,
    'x-github-enterprise-version': '3.19.0',
    ...(hook.secret ? { 'x-hub-signature': signature('sha1'), 'x-hub-signature-256': signature('sha256') } : {}),
  }
}
