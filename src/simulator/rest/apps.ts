// REST: the GitHub App: itself, its installations, their tokens, and its webhook deliveries.
import { type Core, findRepo } from '../core.ts'
import { notFound, Refusal } from '../errors.ts'
import { isoTime } from '../git/read.ts'
import { deliveryShape, repoShape } from '../shapes/repos.ts'
import { nodeId, type Schemas } from '../shapes/shape.ts'
import { installationShape, userOf } from '../shapes/users.ts'
import type { App, Hook, Installation } from '../state/records.ts'
import type { Deliveries } from '../webhooks/deliveries.ts'
import { deliveryOf, listDeliveries } from './hooks.ts'
import { answer, type Call, handTyped, noContent, route } from './route.ts'

const tokenLifeMs = 3_600_000

function appOf(call: Pick<Call, 'app'>): App {
  if (!call.app) throw new Refusal(401, 'A JSON web token could not be decoded')
  return call.app
}

function installationOf(core: Core, app: App, id: number): Installation {
  const installation = core.state.installations.get(id)
  if (!installation || installation.app !== app.id) throw notFound()
  return installation
}

function appShape(core: Core, app: App): Schemas['integration'] {
  return {
    id: app.id,
    slug: app.slug,
    node_id: nodeId('App', app.id),
    client_id: `Iv1.${app.id}`,
    owner: userOf(core, app.owner),
    name: app.name,
    description: null,
    external_url: core.url(),
    html_url: `${core.url()}/github-apps/${app.slug}`,
    created_at: app.created_at,
    updated_at: app.created_at,
    permissions: app.permissions,
    events: [...app.events],
    installations_count: core.state.installations.of(app.id).length,
  }
}

function appHook(core: Core, app: App): Hook {
  const [hook] = core.state.hooks.of(`app:${app.id}`)
  if (!hook) throw notFound()
  return hook
}

/** Needs the sender of deliveries, for redelivery. */
export const appRoutes = (deliveries: Deliveries) => [
  route('get', '/app', (call) => answer(200, appShape(call.core, appOf(call)))),

  // Typed by hand, because the types make one account that is both a user and an enterprise.
  handTyped('get', '/app/installations', (call) => {
    const all = call.core.state.installations.of(appOf(call).id)
    return answer(
      200,
      call.page(all).map((installation) => installationShape(call.core, installation)),
    )
  }),

  route('get', '/app/installations/{installation_id}', (call) =>
    answer(200, installationShape(call.core, installationOf(call.core, appOf(call), call.path.installation_id))),
  ),

  route('post', '/app/installations/{installation_id}/access_tokens', (call) => {
    const { core, path } = call
    const app = appOf(call)
    const installation = installationOf(core, app, path.installation_id)
    const expires = isoTime(core.clock.now() + tokenLifeMs)
    const token = `ghs_${core.ids.uuid().replaceAll('-', '')}`
    core.state.commit(() => {
      const login = `${app.slug}[bot]`
      const now = isoTime(core.clock.now())
      for (const old of core.state.tokens.of(login))
        if (old.expires_at && old.expires_at < now) core.state.tokens.delete(old.token)
      core.state.tokens.put({ token, login, installation: installation.id, expires_at: expires })
    })
    return answer(201, { token, expires_at: expires, permissions: app.permissions, repository_selection: 'all' })
  }),

  route('get', '/app/hook/deliveries', (call) => listDeliveries(call, appHook(call.core, appOf(call)))),

  route('get', '/app/hook/deliveries/{delivery_id}', (call) => {
    const row = deliveryOf(call.core, appHook(call.core, appOf(call)), Number(call.path.delivery_id))
    return answer(200, deliveryShape(row))
  }),

  route('post', '/app/hook/deliveries/{delivery_id}/attempts', (call) => {
    deliveries.redeliver(deliveryOf(call.core, appHook(call.core, appOf(call)), Number(call.path.delivery_id)).id)
    return answer(202, {})
  }),

  route('get', '/repos/{owner}/{repo}/installation', (call) => {
    const app = appOf(call)
    const repo = findRepo(call.core.state, call.path.owner, call.path.repo)
    const found = call.core.state.installations
      .of(app.id)
      .find((i) => i.account.toLowerCase() === repo?.owner.toLowerCase())
    if (!repo || !found) throw notFound()
    return answer(200, installationShape(call.core, found))
  }),

  route('get', '/installation/repositories', (call) => {
    const { core, page, token } = call
    const id = token === undefined ? undefined : core.state.tokens.get(token)?.installation
    const installation = id === undefined ? undefined : core.state.installations.get(id)
    if (!installation) throw new Refusal(403, 'Resource not accessible by personal access token')
    const repos = core.state.repos.of(installation.account.toLowerCase())
    return answer(200, { total_count: repos.length, repositories: page(repos).map((repo) => repoShape(core, repo)) })
  }),

  // Revoking is by the token itself.
  route('delete', '/installation/token', (call) => {
    const { core, token } = call
    if (token === undefined || core.state.tokens.get(token)?.installation === undefined) throw notFound()
    core.state.commit(() => core.state.tokens.delete(token))
    return noContent
  }),
]
