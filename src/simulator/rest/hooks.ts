// REST: webhooks of repositories and organizations, their deliveries and redelivery.
import { createHook, deleteHook, editHook, type HookFields, type HookOwner, ping } from '../actions/hooks.ts'
import { orgNow } from '../actions/orgs.ts'
import { atLeast, demandOrgAdmin, permissionOf, person } from '../actions/permissions.ts'
import { type Core, findRepo } from '../core.ts'
import { notFound } from '../errors.ts'
import { deliveryItem, deliveryShape, orgHook, repoHook } from '../shapes/repos.ts'
import type { Hook } from '../state/records.ts'
import type { DeliveryRow } from '../state/store.ts'
import type { Deliveries } from '../webhooks/deliveries.ts'
import { type Body, given } from './body.ts'
import { answer, type Call, noContent, route } from './route.ts'

function fieldsIn(body: Body) {
  const config = body.object('config')
  return given({
    url: config?.text('url'),
    content_type: config?.text('content_type'),
    secret: config?.text('secret'),
    insecure_ssl: config?.has('insecure_ssl') ? String(config.text('insecure_ssl') ?? '0') : undefined,
    events: body.texts('events'),
    active: body.flag('active'),
  }) satisfies HookFields
}

const changesIn = (body: Body) => ({
  ...fieldsIn(body),
  ...given({ add_events: body.texts('add_events'), remove_events: body.texts('remove_events') }),
})

/** Only admins know of a repository's hooks: to others they are not found. */
function repoOwner(call: Call<{ owner: string; repo: string }>): HookOwner {
  const repo = findRepo(call.core.state, call.path.owner, call.path.repo)
  if (!repo || !atLeast(permissionOf(call.core.state, repo, person(call.actor)), 'admin')) throw notFound()
  return { of: `repo:${repo.id}`, repo }
}

function orgOwner(call: Call<{ org: string }>): HookOwner {
  const org = orgNow(call.core, call.path.org)
  demandOrgAdmin(call.core.state, org.login, call.by())
  return { of: `org:${org.login.toLowerCase()}`, org: org.login }
}

function hookOf(core: Core, owner: HookOwner, id: number): Hook {
  const hook = core.state.hooks.get(id)
  if (!hook || hook.of !== owner.of) throw notFound()
  return hook
}

export function deliveryOf(core: Core, hook: Hook, id: number): DeliveryRow {
  const row = core.store.delivery(id)
  if (!row || row.hook !== hook.id) throw notFound()
  return row
}

/** Deliveries of a hook, newest first, from the one that `cursor` names on, with a Link to the next ones. */
export function listDeliveries(call: Pick<Call, 'core' | 'query' | 'url'>, hook: Hook) {
  const size = Math.min(Number(call.query('per_page')) || 30, 100)
  const cursor = Number(call.query('cursor')) || Number.MAX_SAFE_INTEGER
  const rows = call.core.store.deliveriesOf(hook.id, cursor, size + 1)
  const shown = rows.slice(0, size)
  const next = new URL(call.url)
  next.searchParams.set('cursor', String(shown.at(-1)?.id ?? 0))
  const headers = rows.length > size ? { headers: { link: `<${next.href}>; rel="next"` } } : {}
  return { ...answer(200, shown.map(deliveryItem)), ...headers }
}

const accepted = answer(202, {})

/** Needs the sender of deliveries, for redelivery. */
export const hookRoutes = (deliveries: Deliveries) => [
  route('get', '/repos/{owner}/{repo}/hooks', (call) => {
    const hooks = call.core.state.hooks.of(repoOwner(call).of)
    return answer(
      200,
      call.page(hooks).map((hook) => repoHook(call.core, hook)),
    )
  }),

  route('post', '/repos/{owner}/{repo}/hooks', (call) => {
    const hook = createHook(call.core, repoOwner(call), call.by(), fieldsIn(call.body))
    return answer(201, repoHook(call.core, hook))
  }),

  route('get', '/repos/{owner}/{repo}/hooks/{hook_id}', (call) =>
    answer(200, repoHook(call.core, hookOf(call.core, repoOwner(call), call.path.hook_id))),
  ),

  route('patch', '/repos/{owner}/{repo}/hooks/{hook_id}', (call) => {
    const hook = hookOf(call.core, repoOwner(call), call.path.hook_id)
    return answer(200, repoHook(call.core, editHook(call.core, hook, changesIn(call.body))))
  }),

  route('delete', '/repos/{owner}/{repo}/hooks/{hook_id}', (call) => {
    deleteHook(call.core, hookOf(call.core, repoOwner(call), call.path.hook_id))
    return noContent
  }),

  route('post', '/repos/{owner}/{repo}/hooks/{hook_id}/pings', (call) => {
    const owner = repoOwner(call)
    const hook = hookOf(call.core, owner, call.path.hook_id)
    call.core.state.commit(() => ping(call.core, owner, call.by(), hook))
    return noContent
  }),

  route('get', '/repos/{owner}/{repo}/hooks/{hook_id}/deliveries', (call) =>
    listDeliveries(call, hookOf(call.core, repoOwner(call), call.path.hook_id)),
  ),

  route('get', '/repos/{owner}/{repo}/hooks/{hook_id}/deliveries/{delivery_id}', (call) => {
    const hook = hookOf(call.core, repoOwner(call), call.path.hook_id)
    return answer(200, deliveryShape(deliveryOf(call.core, hook, Number(call.path.delivery_id))))
  }),

  route('post', '/repos/{owner}/{repo}/hooks/{hook_id}/deliveries/{delivery_id}/attempts', (call) => {
    const hook = hookOf(call.core, repoOwner(call), call.path.hook_id)
    deliveries.redeliver(deliveryOf(call.core, hook, Number(call.path.delivery_id)).id)
    return accepted
  }),

  route('get', '/orgs/{org}/hooks', (call) => {
    const hooks = call.core.state.hooks.of(orgOwner(call).of)
    return answer(
      200,
      call.page(hooks).map((hook) => orgHook(call.core, hook)),
    )
  }),

  route('post', '/orgs/{org}/hooks', (call) => {
    const hook = createHook(call.core, orgOwner(call), call.by(), fieldsIn(call.body))
    return answer(201, orgHook(call.core, hook))
  }),

  route('get', '/orgs/{org}/hooks/{hook_id}', (call) =>
    answer(200, orgHook(call.core, hookOf(call.core, orgOwner(call), call.path.hook_id))),
  ),

  route('patch', '/orgs/{org}/hooks/{hook_id}', (call) => {
    const hook = hookOf(call.core, orgOwner(call), call.path.hook_id)
    return answer(200, orgHook(call.core, editHook(call.core, hook, changesIn(call.body))))
  }),

  route('delete', '/orgs/{org}/hooks/{hook_id}', (call) => {
    deleteHook(call.core, hookOf(call.core, orgOwner(call), call.path.hook_id))
    return noContent
  }),

  route('post', '/orgs/{org}/hooks/{hook_id}/pings', (call) => {
    const owner = orgOwner(call)
    const hook = hookOf(call.core, owner, call.path.hook_id)
    call.core.state.commit(() => ping(call.core, owner, call.by(), hook))
    return noContent
  }),

  route('get', '/orgs/{org}/hooks/{hook_id}/deliveries', (call) =>
    listDeliveries(call, hookOf(call.core, orgOwner(call), call.path.hook_id)),
  ),

  route('get', '/orgs/{org}/hooks/{hook_id}/deliveries/{delivery_id}', (call) => {
    const hook = hookOf(call.core, orgOwner(call), call.path.hook_id)
    return answer(200, deliveryShape(deliveryOf(call.core, hook, Number(call.path.delivery_id))))
  }),

  route('post', '/orgs/{org}/hooks/{hook_id}/deliveries/{delivery_id}/attempts', (call) => {
    const hook = hookOf(call.core, orgOwner(call), call.path.hook_id)
    deliveries.redeliver(deliveryOf(call.core, hook, Number(call.path.delivery_id)).id)
    return accepted
  }),
]
