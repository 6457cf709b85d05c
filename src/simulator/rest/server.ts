// The REST API on Fastify: authentication, faults, conditional requests, pages of lists and errors, for all routes alike.
import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { person } from '../actions/permissions.ts'
import { apiUrl, type Core } from '../core.ts'
import { Moved, Refusal } from '../errors.ts'
import type { Faults } from '../faults.ts'
import type { Deliveries } from '../webhooks/deliveries.ts'
import { actionRoutes } from './actions.ts'
import { appRoutes } from './apps.ts'
import { callerOf } from './auth.ts'
import { parseBody, readBody } from './body.ts'
import { branchRoutes } from './branches.ts'
import { contentsRoutes } from './contents.ts'
import { gitRoutes } from './git.ts'
import { hookRoutes } from './hooks.ts'
import { issueRoutes } from './issues.ts'
import { labelRoutes } from './labels.ts'
import { paginate } from './lists.ts'
import { orgRoutes } from './orgs.ts'
import { pullRoutes } from './pulls.ts'
import { countRequest, rateLimitHeaders } from './rate-limit.ts'
import { repoRoutes } from './repos.ts'
import { reviewRoutes } from './reviews.ts'
import type { AnyAnswer, Call, Route } from './route.ts'
import { searchRoutes } from './search.ts'
import { statusRoutes } from './statuses.ts'
import { strike } from './strike.ts'
import { teamRoutes } from './teams.ts'
import { userRoutes } from './users.ts'

export const restBase = '/api/v3'

export const allRoutes = (deliveries: Deliveries): readonly Route[] => [
  ...userRoutes,
  ...orgRoutes,
  ...teamRoutes,
  ...repoRoutes,
  ...branchRoutes,
  ...labelRoutes,
  ...issueRoutes,
  ...pullRoutes,
  ...reviewRoutes,
  ...statusRoutes,
  ...gitRoutes,
  ...contentsRoutes,
  ...hookRoutes(deliveries),
  ...appRoutes(deliveries),
  ...searchRoutes,
  ...actionRoutes,
]

/** Serves the REST API below /api/v3. */
export function restApi(core: Core, faults: Faults, deliveries: Deliveries) {
  return async (app: FastifyInstance): Promise<void> => {
    // GitHub reads JSON whatever the content type says.
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: 25 * 1024 * 1024 }, (_request, body, done) =>
      done(null, body),
    )
    for (const route of allRoutes(deliveries)) {
      const url = route.path.replace(/\{(\w+)\}/g, ':$1')
      app.route({
        method: route.method.toUpperCase(),
        url,
        exposeHeadRoute: false,
        handler: (request, reply) => serve(core, faults, request, reply, route.handle),
      })
    }
    app.setNotFoundHandler((request, reply) =>
      serve(core, faults, request, reply, () => {
        throw new Refusal(404, 'Not Found')
      }),
    )
  }
}

async function serve(
  core: Core,
  faults: Faults,
  request: FastifyRequest,
  reply: FastifyReply,
  handle: Route['handle'],
): Promise<FastifyReply> {
  const { method } = request
  const fault = faults.take(method, request.url.slice(restBase.length))
  if (fault && (await strike(core, fault, reply))) return reply
  const header = request.headers.authorization
  let answer: AnyAnswer
  let token: string | undefined
  let link: string | undefined
  try {
    const caller = callerOf(core, header)
    token = caller.token
    const url = `${apiUrl(core)}${request.url.slice(restBase.length)}`
    const query = readQuery(request.query)
    const call: Call = {
      core,
      path: pathOf(request.params),
      query,
      body: readBody(parseBody(typeof request.body === 'string' ? request.body : '')),
      accept: request.headers.accept ?? '',
      ...caller,
      url,
      page(items) {
        const page = paginate(items, url, query)
        link = page.link
        return page.items
      },
      by: () => person(caller.actor),
    }
    answer = await handle(call)
  } catch (error) {
    answer = error instanceof Moved ? sentOn(core, error, request) : refusalAnswer(core, error)
  }
  if (fault?.kind === 'reset-after') {
    reply.hijack()
    reply.raw.destroy()
    return reply
  }
  return send(core, request, reply, { ...answer, headers: { ...(link ? { link } : {}), ...answer.headers } }, token)
}

/** The same question about an issue where it is now. A change is asked for again as it was, a GET may be cached. */
function sentOn(core: Core, { to }: Moved, request: FastifyRequest): AnyAnswer {
  const { owner = '', name = '' } = core.state.repos.get(to.repo) ?? {}
  const below = request.url.slice(restBase.length).replace(/^\/repos\/[^/]+\/[^/]+\/issues\/\d+/, '')
  const location = `${apiUrl(core)}/repos/${owner}/${name}/issues/${to.number}${below}`
  const [status, message] = request.method === 'GET' ? [301, 'Moved Permanently'] : [307, 'Temporary Redirect']
  const documentation_url = 'https://docs.github.com/rest'
  return { status, body: { message, url: location, documentation_url }, headers: { location } }
}

/** The JSON of a refusal. Anything else is a fault of the simulator and becomes a 500 with its message, so that it is seen. */
function refusalAnswer(core: Core, error: unknown): AnyAnswer {
  const documentation = 'https://docs.github.com/rest'
  if (error instanceof Refusal) {
    const { status, message, errors } = error
    return {
      status,
      body: { message, ...(errors ? { errors } : {}), documentation_url: documentation, status: String(status) },
    }
  }
  core.log.error({ err: error }, 'a REST route failed')
  return { status: 500, body: { message: `simulator failure: ${String(error)}`, documentation_url: documentation } }
}

function send(
  core: Core,
  request: FastifyRequest,
  reply: FastifyReply,
  answer: AnyAnswer,
  token: string | undefined,
): FastifyReply {
  const { status, headers = {} } = answer
  const text =
    typeof answer.body === 'string' || Buffer.isBuffer(answer.body) || answer.body === undefined
      ? (answer.body ?? '')
      : JSON.stringify(answer.body)
  const cacheable = request.method === 'GET' && status === 200
  const etag = cacheable
    ? `W/"${createHash('sha256')
        .update(text)
        .update(headers.link ?? '')
        .digest('hex')}"`
    : undefined
  const unchanged = etag !== undefined && (request.headers['if-none-match'] ?? '').split(/\s*,\s*/).includes(etag)
  if (!unchanged) countRequest(core, token)
  reply.headers({
    ...rateLimitHeaders(core, token),
    'x-github-request-id': core.ids.uuid(),
    'x-github-media-type': 'github.v3; format=json',
    'x-github-enterprise-version': 'enterprise-server@3.19.0',
    'x-github-api-version-selected': '2022-11-28',
    ...(token === undefined ? {} : { 'x-oauth-scopes': 'admin:org, admin:org_hook, admin:repo_hook, repo, workflow' }),
    ...(cacheable
      ? {
          etag,
          'cache-control': 'private, max-age=60, s-maxage=60',
          vary: 'Accept, Authorization, Cookie, X-GitHub-OTP',
        }
      : {}),
    ...headers,
  })
  if (unchanged) return reply.code(304).send()
  if (answer.body === undefined) return reply.code(status).send()
  return reply
    .code(status)
    .type(answer.type ?? 'application/json; charset=utf-8')
    .send(text)
}

/** Variables of the path; those that are numbers in the description become numbers. */
function pathOf(params: unknown): Record<string, string | number> {
  const entries = Object.entries(typeof params === 'object' && params !== null ? params : {})
  return Object.fromEntries(
    entries.map(([name, value]) => {
      const text = String(value)
      if (!/(_number|_id)$/.test(name)) return [name, text]
      if (!/^\d{1,15}$/.test(text)) throw new Refusal(404, 'Not Found')
      return [name, Number(text)]
    }),
  )
}

function readQuery(query: unknown): (name: string) => string | undefined {
  const entries = new Map(Object.entries(typeof query === 'object' && query !== null ? query : {}))
  return (name) => {
    const value: unknown = entries.get(name)
    if (value === undefined) return undefined
    return String(Array.isArray(value) ? value.at(-1) : value)
  }
}

// Names that may hold slashes, with what may follow them. GitHub takes them escaped and unescaped.
const slashed = [
  /^(\/repos\/[^/]+\/[^/]+\/commits\/)(.+?)(\/(?:status|statuses|check-runs))?$/,
  /^(\/repos\/[^/]+\/[^/]+\/branches\/)(.+?)(\/protection(?:\/.*)?)?$/,
  /^(\/repos\/[^/]+\/[^/]+\/(?:git\/(?:refs|ref|matching-refs|trees)|compare|labels|statuses|issues\/\d+\/labels|contents)\/)(.+)()$/,
]

/** Escapes the slashes within such names, so that one variable of a route takes the whole name. */
export function escapeSlashes(url: string): string {
  if (!url.startsWith(`${restBase}/repos/`)) return url
  const [path = '', ...query] = url.split('?')
  const below = path.slice(restBase.length).replace(/\/contents\/?$/, '/contents/%2F')
  const rule = slashed.find((pattern) => pattern.test(below))
  const escaped = rule
    ? below.replace(
        rule,
        (_all, head: string, name: string, tail = '') => `${head}${name.replaceAll('/', '%2F')}${tail}`,
      )
    : below
  return `${restBase}${escaped}${query.length > 0 ? `?${query.join('?')}` : ''}`
}
