// Rerun and abort, under upstream's routes and under the API of the pages.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type ProwJob, prowJobs } from '../api/prowjob.ts'
import { KubeError } from '../kube/client.ts'
import { abortPatch, permission, refuseAbort, rerunOf } from './actions.ts'
import { toYaml } from './feeds.ts'
import { refuseOrigin } from './guard.ts'
import { byAdmin, noCache, pathPart, query, type Routes, type Site } from './routes.ts'
import { plain } from './server.ts'
import type { Rerun } from './wire.ts'

type Outcome = { readonly status: number; readonly message: string; readonly name?: string }

export const actionRoutes: Routes = (app, site) => {
  app.route({
    method: ['GET', 'POST'],
    url: '/rerun',
    handler: async (request, reply) => {
      const name = query(request, 'prowjob')
      if (!name) return plain(reply, 400, `request did not provide the 'prowjob' query parameter`)
      if (query(request, 'mode') === 'latest')
        return plain(reply, 400, 'mode latest is not supported: the job is run again as it was')
      if (request.method === 'POST') {
        const { status, message } = await rerun(site, request, name)
        return plain(reply, status, message)
      }
      const old = await site.fresh(name)
      if (!old) return plain(reply, 404, `ProwJob not found: ${name}`)
      return reply
        .headers(noCache)
        .type('text/plain; charset=utf-8')
        .send(toYaml(copyOf(site, old)))
    },
  })

  app.post('/abort', async (request, reply) => {
    const name = query(request, 'prowjob')
    if (!name) return plain(reply, 400, `Request did not provide the 'prowjob' query parameter.`)
    const { status, message } = await abort(site, request, name)
    return plain(reply, status, message)
  })

  app.post('/api/jobs/:name/rerun', async (request, reply) => {
    return send(reply, await rerun(site, request, pathPart(request, 'name')))
  })
  app.post('/api/jobs/:name/abort', async (request, reply) => {
    return send(reply, await abort(site, request, pathPart(request, 'name')))
  })
}

function send(reply: FastifyReply, { status, message, name = '' }: Outcome): FastifyReply {
  const body = status < 300 ? ({ name, message } satisfies Rerun) : { error: message }
  return reply.code(status).send(body)
}

function copyOf(site: Site, old: ProwJob): ProwJob {
  const state = site.config().scheduler.enabled ? 'scheduling' : 'triggered'
  return rerunOf(old, { name: site.ids.uuid(), now: site.clock.now(), state })
}

/** The common start: origin, object, permission. */
async function authorise(site: Site, request: FastifyRequest, name: string, what: string): Promise<ProwJob | Outcome> {
  const foreign = refuseOrigin(request.headers)
  if (foreign) return { status: 403, message: foreign }
  const job = await site.fresh(name)
  if (!job) return { status: 404, message: `ProwJob not found: ${name}` }
  const rules = site.config().deck.default_rerun_auth_configs
  const { allowed, why } = permission(job, rules, byAdmin(site, request))
  return allowed ? job : { status: 401, message: `You don't have permission to ${what} job. ${why}.` }
}

const isOutcome = (value: ProwJob | Outcome): value is Outcome => 'message' in value

async function rerun(site: Site, request: FastifyRequest, name: string): Promise<Outcome> {
  const old = await authorise(site, request, name, 'rerun that')
  if (isOutcome(old)) return old
  const copy = copyOf(site, old)
  const made = { ...copy, status: { ...copy.status, description: `Successfully reran ${name}.` } }
  try {
    site.observe(await site.kube.create(prowJobs, made))
  } catch (error) {
    return failed(site, error, `Error creating job`)
  }
  site.log.info({ prowjob: made.metadata.name, from: name, job: old.spec.job }, 'rerun')
  const message = 'Job successfully triggered. Wait 30 seconds and refresh the page for the job to show up.'
  return { status: 200, message, name: made.metadata.name ?? '' }
}

async function abort(site: Site, request: FastifyRequest, name: string): Promise<Outcome> {
  const job = await authorise(site, request, name, 'abort this')
  if (isOutcome(job)) return job
  const refusal = refuseAbort(job)
  if (refusal) return { status: 400, message: refusal }
  const { namespace } = job.metadata
  try {
    const at = { name, ...(namespace !== undefined && { namespace }) }
    site.observe(await site.kube.patch(prowJobs, at, abortPatch(job)))
  } catch (error) {
    return failed(site, error, 'Could not patch aborted job')
  }
  site.log.info({ prowjob: name, job: job.spec.job }, 'abort')
  return { status: 200, message: 'Job successfully aborted.', name }
}

function failed(site: Site, error: unknown, what: string): Outcome {
  if (!(error instanceof KubeError)) throw error
  site.log.warn({ err: error }, 'the API server refused what Deck asked for')
  return { status: 500, message: `${what}: ${error.message}` }
}
