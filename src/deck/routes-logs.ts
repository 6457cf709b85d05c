// Logs and artifacts: of running jobs from their Pods as they are written, of finished ones from the bucket.
import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { pods } from '../api/kubernetes.ts'
import { clusterOf, type ProwJob } from '../api/prowjob.ts'
import { KubeError } from '../kube/client.ts'
import { downloadHeaders } from './guard.ts'
import { logName, placeOfLog, testContainers } from './pod.ts'
import { noCache, pathPart, query, type Routes, type Site } from './routes.ts'
import { rowOf } from './row.ts'
import { runPath } from './runs.ts'
import { plain } from './server.ts'

const text = 'text/plain; charset=utf-8'

export const logRoutes: Routes = (app, site) => {
  // Upstream's route. The bucket is read where upstream answers 404: when the Pod is gone.
  app.get('/log', async (request, reply) => {
    const [name, id] = [query(request, 'job'), query(request, 'id')]
    if (!name) return plain(reply, 400, `request did not provide the 'job' query parameter`)
    if (!id) return plain(reply, 400, `request did not provide the 'id' query parameter`)
    const job = site.board.byBuild(name, id)
    if (!job) return plain(reply, 404, `Log not found: no ProwJob of ${name} with build id ${id}`)
    const container = query(request, 'container') || 'test'
    const at = await find(site, job, container)
    if (at.from === 'nowhere') return plain(reply, 404, `Log not found: ${at.why}`)
    reply.headers(noCache)
    if (!site.loopback)
      reply.headers({ 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' })
    if (at.from === 'bucket') return site.objects.send(at.url, 'text', request, reply)
    return sendPodLog(site, job, container, reply, (message) => plain(reply, 404, `Log not found: ${message}`))
  })

  app.get('/api/jobs/:name/log', async (request, reply) => {
    const job = site.board.get(pathPart(request, 'name'))
    if (!job) return reply.code(404).send({ error: `There is no ProwJob ${pathPart(request, 'name')}` })
    const container = query(request, 'container') || testContainers(job)[0] || 'test'
    const at = await find(site, job, container)
    if (at.from === 'bucket') return reply.redirect(`/api/text/${runPath(at.url)}`, 307)
    if (at.from === 'nowhere') return reply.code(404).send({ error: at.why })
    if (query(request, 'follow')) return follow(site, job, container, request, reply)
    return sendPodLog(site, job, container, reply, (error) => reply.code(404).send({ error }))
  })

  const fromBucket = (how: 'text' | 'file') => async (request: FastifyRequest, reply: FastifyReply) => {
    const url = objectUrl(pathPart(request, '*'))
    const refusal = url ? await site.objects.refuse(url) : badAddress
    if (!url || refusal) return reply.code(refusal?.status ?? 400).send({ error: refusal?.error })
    return site.objects.send(url, how, request, reply)
  }
  app.get('/api/text/*', fromBucket('text'))
  app.get('/artifact/*', fromBucket('file'))

  app.get('/api/artifacts/*', async (request, reply) => {
    const url = objectUrl(pathPart(request, '*').replace(/\/$/, ''))
    const refusal = url ? await site.objects.refuse(url) : badAddress
    if (!url || refusal) return reply.code(refusal?.status ?? 400).send({ error: refusal?.error })
    return reply.header('cache-control', 'no-store').send(await site.objects.folder(`${url}/`))
  })
}

const badAddress = { status: 400, error: 'expected <provider>/<bucket>/<path>' } as const

/** `<provider>/<bucket>/<path>` → URL; undefined when it is none. */
function objectUrl(path: string): string | undefined {
  const [provider = '', ...parts] = path.split('/')
  if (parts.length < 2 || parts.some((part) => part === '' || part === '.' || part === '..' || /[\0\\]/.test(part)))
    return
  const scheme = provider === 'gcs' ? 'gs' : provider
  if (!['gs', 's3', 'az', 'file'].includes(scheme)) return
  return `${scheme}://${scheme === 'file' ? '/' : ''}${parts.join('/')}`
}

async function find(site: Site, job: ProwJob, container: string) {
  const names = testContainers(job)
  const run = site.runFolder(job)
  const url = run && `${run}/${logName(container, names.length)}`
  const [uploaded, pod] = await Promise.all([
    url ? site.objects.stat(url).then((info) => info !== undefined) : false,
    job.status.pod_name
      ? site.clusters
          .build(clusterOf(job))
          ?.get(pods, { namespace: site.config().pod_namespace, name: job.status.pod_name })
      : undefined,
  ])
  const row = rowOf(job, '')
  const place = placeOfLog({ job, row, container, pod, uploaded })
  return place.from === 'bucket' && url ? { ...place, url } : place.from === 'bucket' ? nowhere : place
}

const nowhere = { from: 'nowhere', why: 'The job has no folder in a bucket', next: '' } as const

function podLog(
  site: Site,
  job: ProwJob,
  container: string,
  options: { follow?: boolean; tailLines?: number },
  signal: AbortSignal,
) {
  const kube = site.clusters.build(clusterOf(job))
  const at = { namespace: site.config().pod_namespace, name: job.status.pod_name ?? '' }
  return kube?.logs(at, { container, signal, ...options })
}

/** The whole log as it is now. What the API server refuses is told by `refuse`, for as long as nothing has been sent. */
async function sendPodLog(
  site: Site,
  job: ProwJob,
  container: string,
  reply: FastifyReply,
  refuse: (message: string) => FastifyReply,
): Promise<FastifyReply> {
  const abort = new AbortController()
  reply.raw.on('close', () => abort.abort())
  const log = podLog(site, job, container, {}, abort.signal)
  if (!log) return refuse(`unknown build cluster ${clusterOf(job)}`)
  const chunks = log[Symbol.asyncIterator]()
  try {
    const first = await chunks.next()
    reply.headers({ ...downloadHeaders, ...noCache }).type(text)
    return reply.send(Readable.from(rest(first, chunks), { objectMode: false }))
  } catch (error) {
    if (error instanceof KubeError) return refuse(error.message)
    throw error
  }
}

async function* rest(first: IteratorResult<Uint8Array>, chunks: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (let next = first; !next.done; next = await chunks.next()) yield next.value
}

/** Most lines that a page asks for when it starts to follow. */
const mostTail = 100_000

/**
 * The log as it is written, until the container ends or the reader leaves. Headers go out at once, because a silent job would
 * otherwise look like a lost connection. Waits for slow readers, so that a fast log is never piled up here.
 */
async function follow(
  site: Site,
  job: ProwJob,
  container: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const abort = new AbortController()
  const response = reply.raw
  response.on('close', () => abort.abort())
  const tail = Math.min(Number(query(request, 'tail')) || mostTail, mostTail)
  const log = podLog(site, job, container, { follow: true, tailLines: tail }, abort.signal)
  reply.hijack()
  response.writeHead(200, {
    ...downloadHeaders,
    'content-type': text,
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  response.flushHeaders()
  try {
    for await (const chunk of log ?? []) {
      if (!response.write(chunk)) await drained(response, abort.signal)
      if (abort.signal.aborted) break
    }
    response.end()
  } catch (error) {
    if (!abort.signal.aborted) site.log.warn({ err: error, prowjob: job.metadata.name }, 'log of a Pod broke off')
    response.destroy() // a broken-off answer must not look like the end of the log
  }
}

function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done)
      signal.removeEventListener('abort', done)
      resolve()
    }
    response.once('drain', done)
    signal.addEventListener('abort', done, { once: true })
    if (signal.aborted) done()
  })
}
