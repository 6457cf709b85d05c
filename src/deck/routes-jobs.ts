// The API that the pages use: the list, its changes, one job, one run, the session.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { compressed } from './compress.ts'
import { type DetailParts, detailOf, detailOfKept } from './detail.ts'
import { securityHeaders } from './guard.ts'
import { byAdmin, pathPart, query, type Routes, type Site } from './routes.ts'
import { parseRun } from './runs.ts'
import { type Session, toColumns } from './wire.ts'

const json = 'application/json; charset=utf-8'

export const jobRoutes: Routes = (app, site) => {
  const list = snapshotOfList(site)

  app.get('/api/jobs', async (request, reply) => {
    const accept = request.headers['accept-encoding']
    const etag = `W/"${site.board.revision()}"`
    reply.headers({ etag, 'cache-control': 'no-cache', vary: 'Accept-Encoding' }).type(json)
    if (request.headers['if-none-match'] === etag) return reply.code(304).send()
    const { body, encoding } = await list(accept)
    if (encoding) reply.header('content-encoding', encoding)
    return reply.send(body)
  })

  app.get('/api/events', (request, reply) => {
    const last = request.headers['last-event-id']
    const since = (Array.isArray(last) ? last[0] : last) || query(request, 'since') || undefined
    reply.hijack()
    site.events.serve(reply.raw, since, securityHeaders)
  })

  app.get('/api/jobs/:name', async (request, reply) => {
    const name = pathPart(request, 'name')
    const job = await site.fresh(name)
    if (!job)
      return reply.code(404).send({ error: `There is no ProwJob ${name}. Finished ones are removed after a while.` })
    return reply.header('cache-control', 'no-store').send(await detailOf(job, await partsFor(site, request, job)))
  })

  app.get('/api/runs/*', (request, reply) => sendRun(site, request, reply))

  app.get('/api/session', async (request, reply) => {
    const session: Session = { admin: byAdmin(site, request), mode: site.admin.mode }
    return reply.header('cache-control', 'no-store').send(session)
  })
}

async function partsFor(
  site: Site,
  request: FastifyRequest,
  job: Parameters<typeof detailOf>[0],
): Promise<DetailParts> {
  return {
    clusters: site.clusters,
    objects: site.objects,
    config: site.config(),
    admin: byAdmin(site, request),
    now: site.clock.now(),
    run: site.runFolder(job),
  }
}

/** A run by its address: of the cluster's ProwJob while there is one, else of what the bucket kept. */
async function sendRun(site: Site, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const at = parseRun(pathPart(request, '*'))
  reply.header('cache-control', 'no-store')
  if ('refuse' in at) return reply.code(400).send({ error: at.refuse })
  const job = site.board.byBuild(at.job, at.build)
  const run = job && site.runFolder(job)
  if (job && (at.kind === 'prowjob' || run === at.url)) {
    return reply.send(await detailOf(job, await partsFor(site, request, job)))
  }
  if (at.kind === 'prowjob')
    return reply.code(404).send({ error: `There is no ProwJob of ${at.job} with build id ${at.build}` })
  const refusal = await site.objects.refuse(at.url)
  if (refusal) return reply.code(refusal.status).send({ error: refusal.error })
  const kept = await site.objects.kept(at.url)
  if (!kept.prowjob && !kept.started && !kept.finished) {
    return reply.code(404).send({ error: `There are no results at ${at.url}: not yet, or not any more` })
  }
  const parts = { objects: site.objects, config: site.config(), now: site.clock.now() }
  return reply.send(await detailOfKept(kept, { run: at.url, job: at.job, build: at.build }, parts))
}

/** The list as it is sent, made and compressed once per revision and encoding. */
function snapshotOfList({ board }: Site) {
  let revision = ''
  let text = ''
  const ready = new Map<string, ReturnType<typeof compressed>>()
  return (accept: string | undefined): ReturnType<typeof compressed> => {
    if (revision !== board.revision()) {
      revision = board.revision()
      text = JSON.stringify(toColumns(revision, board.rows()))
      ready.clear()
    }
    const key = accept ?? ''
    const made = ready.get(key) ?? compressed(text, accept)
    if (ready.size < 8) ready.set(key, made)
    return made
  }
}
