// Serves the pages: what a person needs to open a pull request, act on it and watch what happens.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { withTrial } from '../actions/mergeability.ts'
import { repoNamed } from '../actions/pulls.ts'
import { type Core, gitDir, isPull, issueNow, pullNow, repoNow } from '../core.ts'
import { notFound, Refusal } from '../errors.ts'
import type { Fault, FaultKind } from '../faults.ts'
import { diff, log, mailPatches, readBlob, readPath } from '../git/read.ts'
import { resolveCommit } from '../git/refs.ts'
import { parseBody, readBody } from '../rest/body.ts'
import { pullStart } from '../rest/pulls.ts'
import type { World } from '../world.ts'
import { act, type Form, openIssue, openPull } from './acts.ts'
import { deliveriesPage, deliveryPage } from './deliveries.ts'
import { guard } from './guard.ts'
import { escapeHtml, type Html, html } from './html.ts'
import { sendPage } from './layout.ts'
import { patch, pullPage } from './pull.ts'
import { repoListPage, repoPageOf } from './repos.ts'

type Params = Readonly<Record<string, string>>

const params = (request: FastifyRequest): Params =>
  Object.fromEntries(Object.entries(request.params ?? {}).map(([k, v]) => [k, String(v)]))

export function pages(core: Core, world: World) {
  return async (app: FastifyInstance): Promise<void> => {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: 5 * 1024 * 1024 }, (_request, body, done) =>
      done(null, body),
    )
    app.setErrorHandler((error, _request, reply) => {
      const status = error instanceof Refusal ? error.status : 500
      if (status === 500) core.log.error({ err: error }, 'a page failed')
      const message = error instanceof Error ? error.message : String(error)
      const details =
        error instanceof Refusal
          ? (error.errors ?? []).map((e) => (typeof e === 'string' ? e : (e.message ?? `${e.field} ${e.code}`)))
          : []
      const content = html`<h1>${status}</h1><div class="box error"><div class="body">${message}${details.map((d) => html`<br>${d}`)}</div></div><p>Use your browser’s back button to correct it.</p>`
      return sendPage(core, reply, String(status), content, status)
    })

    const show =
      (title: string, make: (at: Params) => Html | Promise<Html>) =>
      async (request: FastifyRequest, reply: FastifyReply) =>
        sendPage(core, reply, title, await make(params(request)))

    app.get(
      '/',
      show('GitHub simulator', () => repoListPage(core)),
    )
    app.get(
      '/:owner',
      show('Repositories', ({ owner = '' }) => {
        if (!core.state.accounts.get(owner.toLowerCase())) throw notFound()
        return repoListPage(core, owner)
      }),
    )
    app.get(
      '/:owner/:repo',
      show('Repository', ({ owner, repo }) => repoPageOf(core, repoNamed(core, `${owner}/${repo}`))),
    )
    app.get('/:owner/:repo/issues/:number', (request, reply) => showIssue(core, request, reply))
    app.get('/:owner/:repo/pull/:number', (request, reply) => showIssue(core, request, reply))
    app.get(
      '/:owner/:repo/commit/:sha',
      show('Commit', ({ owner, repo, sha = '' }) => commitPage(core, `${owner}/${repo}`, sha)),
    )
    for (const kind of ['blob', 'tree', 'raw']) {
      app.get(`/:owner/:repo/${kind}/*`, (request, reply) => showFile(core, request, reply, kind === 'raw'))
    }
    app.get('/-/avatars/:login', (request, reply) =>
      reply.type('image/svg+xml').send(avatar(params(request).login ?? '')),
    )
    app.get('/-/events', (request, reply) => changes(world, request, reply))
    app.get(
      '/-/deliveries',
      show('Webhook deliveries', () => deliveriesPage(core)),
    )
    app.get(
      '/-/deliveries/:id',
      show('Webhook delivery', ({ id }) => {
        const row = core.store.delivery(Number(id))
        if (!row) throw notFound()
        return deliveryPage(row)
      }),
    )

    const submit = (path: string, work: (at: Params, form: Form) => string | Promise<string>) =>
      app.post(path, async (request, reply) => {
        guard(request.headers, core.url())
        const fields = new URLSearchParams(String(request.body ?? ''))
        return reply.redirect(await work(params(request), (field) => fields.get(field) ?? ''), 303)
      })
    submit('/-/deliveries/:id/redeliver', ({ id }) => {
      world.redeliver(Number(id))
      return '/-/deliveries'
    })
    submit('/:owner/:repo/pulls', ({ owner, repo }, form) => openPull(world, `${owner}/${repo}`, form))
    submit('/:owner/:repo/issues', ({ owner, repo }, form) => openIssue(world, `${owner}/${repo}`, form))
    for (const kind of ['pull', 'issues']) {
      submit(`/:owner/:repo/${kind}/:number/:act`, async ({ owner, repo, number, act: name = '' }, form) => {
        await act(world, `${owner}/${repo}`, Number(number), name, form)
        return `/${owner}/${repo}/${kind}/${number}`
      })
    }
    faultRoutes(core, world, app)
  }
}

/** For tests outside of the process: what is to go wrong, as JSON of the shape of Fault. */
function faultRoutes(core: Core, world: World, app: FastifyInstance): void {
  app.get('/-/faults', (_request, reply) => reply.send(world.faults.list()))
  app.post('/-/faults', (request, reply) => {
    guard(request.headers, core.url())
    world.faults.add(readFault(String(request.body)))
    return reply.code(201).send(world.faults.list())
  })
  app.delete('/-/faults', (request, reply) => {
    guard(request.headers, core.url())
    world.faults.clear()
    return reply.code(204).send()
  })
}

function readFault(text: string): Fault {
  const body = readBody(parseBody(text))
  const numbers = ['times', 'delayMs', 'retryAfterSeconds', 'status'].map((field) => [field, body.number(field)])
  const texts = ['method', 'path', 'message'].map((field) => [field, body.text(field)])
  const rest = Object.fromEntries([...numbers, ...texts].filter(([, value]) => value !== undefined))
  return { kind: body.requiredText('kind') as FaultKind, ...rest } // add() refuses an unknown kind
}

async function showIssue(core: Core, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { owner, repo: name, number = '' } = params(request)
  const repo = repoNamed(core, `${owner}/${name}`)
  const [, digits, media] = /^(\d+)(\.diff|\.patch)?$/.exec(number) ?? []
  const issue = issueNow(core.state, repo.id, Number(digits))
  if (media && isPull(issue)) {
    const make = media === '.diff' ? diff : mailPatches
    const text = await make(gitDir(core, repo), await pullStart(core, repo, issue), issue.pull.head.sha)
    return reply.type('text/plain; charset=utf-8').send(text)
  }
  if (isPull(issue)) await withTrial(core, repo, pullNow(core.state, repo.id, issue.number))
  const now = issueNow(core.state, repo.id, issue.number)
  return sendPage(core, reply, `${now.title} · #${now.number}`, await pullPage(core, repoNow(core.state, repo.id), now))
}

async function commitPage(core: Core, name: string, sha: string): Promise<Html> {
  const repo = repoNamed(core, name)
  const dir = gitDir(core, repo)
  const full = await resolveCommit(dir, sha)
  const [commit] = full ? await log(dir, [full], ['-1']) : []
  if (!commit) throw notFound()
  const [parent] = commit.parents
  return html`<p class="small"><a href="/${name}">${name}</a></p><h1>${commit.message.split('\n')[0]}</h1>
    <p class="soft small">${commit.author.name} · ${commit.author.date} · <code>${commit.sha}</code></p><pre>${commit.message}</pre>
    ${parent ? patch(await diff(dir, parent, commit.sha)) : html`<p class="soft">the first commit</p>`}`
}

async function showFile(
  core: Core,
  request: FastifyRequest,
  reply: FastifyReply,
  asIs: boolean,
): Promise<FastifyReply> {
  const { owner, repo: name, '*': rest = '' } = params(request)
  const repo = repoNamed(core, `${owner}/${name}`)
  const dir = gitDir(core, repo)
  // Branches may have slashes: the longest name that exists is taken.
  const parts = rest.split('/')
  for (let length = parts.length; length > 0; length -= 1) {
    const commit = await resolveCommit(dir, parts.slice(0, length).join('/'))
    const found = commit && (await readPath(dir, commit, parts.slice(length).join('/')))
    if (!found) continue
    const revision = parts.slice(0, length).join('/')
    if (found.entries) {
      const links = found.entries.map(
        (e) => html`<li><a href="/${owner}/${name}/blob/${revision}/${e.path}">${e.path}</a></li>`,
      )
      return sendPage(core, reply, rest, html`<h1>${rest}</h1><ul>${links}</ul>`)
    }
    const bytes = (await readBlob(dir, found.entry.sha)) ?? Buffer.alloc(0)
    // Files come from anybody: as plain text, a browser runs nothing of them.
    if (asIs)
      return reply.headers({ 'x-content-type-options': 'nosniff' }).type('text/plain; charset=utf-8').send(bytes)
    return sendPage(
      core,
      reply,
      rest,
      html`<p class="small"><a href="/${owner}/${name}">${owner}/${name}</a></p><h1>${rest}</h1><pre>${bytes.toString('utf8')}</pre>`,
    )
  }
  throw notFound()
}

/** Server-sent events: one message per change, bundled so that a burst is one. */
function changes(world: World, request: FastifyRequest, reply: FastifyReply): void {
  reply.hijack()
  reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  reply.raw.write(': hello\n\n')
  let told = false
  const stop = world.onChange(() => {
    if (told) return
    told = true
    setImmediate(() => {
      told = false
      if (!reply.raw.destroyed) reply.raw.write('data: changed\n\n')
    })
  })
  request.raw.on('close', stop)
}

function avatar(login: string): string {
  const hue = [...login].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 360, 7)
  const letter = escapeHtml((login[0] ?? '?').toUpperCase())
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" fill="hsl(${hue} 55% 45%)"/><text x="20" y="27" font-size="20" text-anchor="middle" font-family="sans-serif" fill="#fff">${letter}</text></svg>`
}
