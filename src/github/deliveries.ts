// Webhook deliveries as GitHub keeps them (three days): which came through, and sending one again.
import type { RepoRef } from '../api/code-host.ts'
import { failure } from './errors.ts'
import type { Octokit, Octokits } from './octokit.ts'

/** A webhook: the app's own, or one of an organisation or repository by its id. */
export type Webhook =
  | { readonly of: 'app' }
  | { readonly of: 'org'; readonly org: string; readonly id: number }
  | ({ readonly of: 'repo'; readonly id: number } & RepoRef)

/** One attempt to deliver. Attempts for the same event have the same guid. */
export interface Attempt {
  /** Too large for a number at times. */
  readonly id: number | bigint
  /** What the receiver knows as X-GitHub-Delivery. */
  readonly guid: string
  readonly event: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly ok: boolean
}

/** What GitHub knows of deliveries. Failures are CodeHostErrors: `not-found` and `forbidden` where it does not tell this account. */
export interface Webhooks {
  /** Whether the acting account is an app, which has a webhook of its own. */
  readonly isApp: boolean
  /** Attempts since that time, newest first; those that are under way are left out. At most 20,000. */
  attempts(hook: Webhook, since: number): Promise<readonly Attempt[]>
  /** Has GitHub make another attempt. */
  redeliver(hook: Webhook, id: Attempt['id']): Promise<void>
}

const mostPages = 200
const all = { per_page: 100 } as const

export function githubWebhooks(clients: Octokits): Webhooks {
  const clientFor = (hook: Webhook) => (hook.of === 'app' ? clients.self : clients.forOrg(hook.org))
  return {
    isApp: clients.kind === 'app',
    async attempts(hook, since) {
      const found: Attempt[] = []
      let pages = 0
      try {
        const pagesOf = listing(await clientFor(hook), hook)
        for await (const { data } of pagesOf) {
          for (const { id, guid, event, status, status_code, delivered_at } of data) {
            const at = Date.parse(delivered_at)
            if (at < since) return found
            if (status !== 'pending') found.push({ id, guid, event, at, ok: status_code >= 200 && status_code < 300 })
          }
          if (++pages >= mostPages) return found
        }
        return found
      } catch (error) {
        throw failure(`cannot list the deliveries of ${nameOf(hook)}`, error)
      }
    },
    async redeliver(hook, id) {
      try {
        await again(await clientFor(hook), hook, id)
      } catch (error) {
        throw failure(`cannot have delivery ${id} of ${nameOf(hook)} sent again`, error)
      }
    },
  }
}

function listing({ paginate, rest }: Octokit, hook: Webhook) {
  switch (hook.of) {
    case 'app':
      return paginate.iterator(rest.apps.listWebhookDeliveries, all)
    case 'org':
      return paginate.iterator(rest.orgs.listWebhookDeliveries, { ...all, org: hook.org, hook_id: hook.id })
    case 'repo':
      return paginate.iterator(rest.repos.listWebhookDeliveries, { ...all, ...inRepo(hook) })
  }
}

function again({ rest }: Octokit, hook: Webhook, id: Attempt['id']): Promise<unknown> {
  // Octokit reads large ids as bigint and writes them, but its types for parameters do not say so.
  const delivery_id = id as number
  switch (hook.of) {
    case 'app':
      return rest.apps.redeliverWebhookDelivery({ delivery_id })
    case 'org':
      return rest.orgs.redeliverWebhookDelivery({ org: hook.org, hook_id: hook.id, delivery_id })
    case 'repo':
      return rest.repos.redeliverWebhookDelivery({ ...inRepo(hook), delivery_id })
  }
}

const inRepo = ({ org, repo, id }: RepoRef & { readonly id: number }) => ({ owner: org, repo, hook_id: id })

/** For messages and logs. */
export function nameOf(hook: Webhook): string {
  if (hook.of === 'app') return 'the app'
  return `webhook ${hook.id} of ${hook.of === 'org' ? hook.org : `${hook.org}/${hook.repo}`}`
}
