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
import { answer, type Call, handTyped, noContent } from './route.ts'

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

/** Needs the sender of deliveries, for redelivery. */
export const hookRoutes = (deliveries: Deliveries) => [
  ...routesBelow('/repos/{owner}/{repo}', repoOwner, repoHook, deliveries),
  ...routesBelow('/orgs/{org}', orgOwner, orgHook, deliveries),
]

/** The hooks of one kind of owner. Typed by hand, because the description has these routes twice. */
function routesBelow<Path>(
  base: string,
  ownerOf: (call: Call<Path>) => HookOwner,
  shape: (core: Core, hook: Hook) => object,
  deliveries: Deliveries,
) {
  type HookPath = Path & { readonly hook_id: number }
  type DeliveryPath = HookPath & { readonly delivery_id: number }
  const hookIn = (call: Call<HookPath>) => hookOf(call.core, ownerOf(call), call.path.hook_id)
  const deliveryIn = (call: Call<DeliveryPath>) => deliveryOf(call.core, hookIn(call), call.path.delivery_id)
  const one = `${base}/hooks/{hook_id}`
  return [
    handTyped<Path>('get', `${base}/hooks`, (call) => {
      const hooks = call.core.state.hooks.of(ownerOf(call).of)
      return answer(
        200,
        call.page(hooks).map((hook) => shape(call.core, hook)),
      )
    }),
    handTyped<Path>('post', `${base}/hooks`, (call) => {
      const hook = createHook(call.core, ownerOf(call), call.by(), fieldsIn(call.body))
      return answer(201, shape(call.core, hook))
    }),
    handTyped<HookPath>('get', one, (call) => answer(200, shape(call.core, hookIn(call)))),
    handTyped<HookPath>('patch', one, (call) =>
      answer(200, shape(call.core, editHook(call.core, hookIn(call), changesIn(call.body)))),
    ),
    handTyped<HookPath>('delete', one, (call) => {
      deleteHook(call.core, hookIn(call))
      return noContent
    }),
    handTyped<HookPath>('post', `${one}/pings`, (call) => {
      const hook = hookIn(call)
      call.core.state.commit(() => ping(call.core, ownerOf(call), call.by(), hook))
      return noContent
    }),
    handTyped<HookPath>('get', `${one}/deliveries`, (call) => listDeliveries(call, hookIn(call))),
    handTyped<DeliveryPath>('get', `${one}/deliveries/{delivery_id}`, (call) =>
      answer(200, deliveryShape(deliveryIn(call))),
    ),
    handTyped<DeliveryPath>('post', `${one}/deliveries/{delivery_id}/attempts`, (call) => {
      deliveries.redeliver(deliveryIn(call).id)
      return answer(202, {})
    }),
  ]
}
