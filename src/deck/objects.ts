// Reads results from the buckets for visitors: only from configured buckets, only of runs, never of hidden jobs.
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Finished, Started } from '../api/pod-utilities.ts'
import type { ProwJob } from '../api/prowjob.ts'
import type { Config } from '../config/types.ts'
import { bucketsOf } from '../jobs/buckets.ts'
import { type ObjectInfo, type Storage, StorageError } from '../storage/storage.ts'
import { downloadHeaders } from './guard.ts'
import { parseRange } from './range.ts'
import { isInside, runOf, runPath } from './runs.ts'
import { plain } from './server.ts'
import type { Folder } from './wire.ts'

/** A question that has a clear no: told to the person, with the status. */
interface Refusal {
  readonly status: 400 | 403 | 404
  readonly error: string
}

/** What the bucket kept of a run. */
export interface Kept {
  readonly prowjob?: ProwJob
  readonly started?: Started
  readonly finished?: Finished
}

export interface Objects {
  /** Why nothing at this URL may be shown, or undefined. */
  refuse(url: string): Promise<Refusal | undefined>
  /** Size and times; undefined when there is no such object or it may not be read. */
  stat(url: string): Promise<ObjectInfo | undefined>
  kept(run: string): Promise<Kept>
  folder(url: string): Promise<Folder>
  /** Sends the object, or the range asked for: as plain text to look at, or as a file to save. */
  send(url: string, how: 'text' | 'file', request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply>
}

/** Longest JSON file of a run that is read whole, in bytes. */
const longestJson = 4 * 1024 * 1024
/** Most entries of a folder that are shown. */
const mostEntries = 2000

export function createObjects(
  storage: Storage,
  config: () => Config,
  mayShow: (run: string, prowjob: ProwJob | undefined) => boolean,
): Objects {
  async function json<T extends object>(url: string): Promise<T | undefined> {
    try {
      const bytes = await storage.read(url, { start: 0, end: longestJson })
      const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))
      return isObject<T>(value) ? value : undefined
    } catch (error) {
      // A job can write into its folder what it likes: no JSON is as good as no file.
      if (error instanceof SyntaxError || (error instanceof StorageError && error.kind !== 'failed')) return undefined
      throw error
    }
  }

  async function prowjobOf(run: string): Promise<ProwJob | undefined> {
    const found = await json<ProwJob>(`${run}/prowjob.json`)
    return found && isProwJob(found) ? found : undefined
  }

  async function refuse(url: string): Promise<Refusal | undefined> {
    if (!isInside(url, bucketsOf(config()))) {
      return { status: 403, error: `${url} is in none of the buckets that the configuration names` }
    }
    const run = runOf(url)
    if (!run) return { status: 403, error: `${url} belongs to no run: Deck shows nothing else of a bucket` }
    return mayShow(run, await prowjobOf(run)) ? undefined : { status: 404, error: `There is nothing at ${url}` }
  }

  return {
    refuse,
    async stat(url) {
      return isInside(url, bucketsOf(config())) ? await storage.stat(url) : undefined
    },
    async kept(run) {
      const [prowjob, started, finished] = await Promise.all([
        prowjobOf(run),
        json<Started>(`${run}/started.json`),
        json<Finished>(`${run}/finished.json`),
      ])
      return { ...(prowjob && { prowjob }), ...(started && { started }), ...(finished && { finished }) }
    },
    async folder(url) {
      const entries: Folder['entries'][number][] = []
      for await (const { url: at, name, folder, size, modified } of storage.list(url)) {
        if (entries.length === mostEntries) return { entries, cut: true }
        const path = runPath(at.replace(/\/$/, ''))
        const href = folder ? `/api/artifacts/${path}/` : `/artifact/${path}`
        entries.push({ name, folder, size, modified: modified?.getTime() ?? 0, href })
      }
      return { entries, cut: false }
    },
    async send(url, how, request, reply) {
      const info = await storage.stat(url)
      if (!info) return reply.code(404).send({ error: `There is nothing at ${url}` })
      reply.headers(downloadHeaders)
      reply.header('cache-control', 'private, no-cache').header('last-modified', info.modified.toUTCString())
      if (how === 'file') {
        reply.type('application/octet-stream')
        reply.header('content-disposition', attachment(url.slice(url.lastIndexOf('/') + 1)))
      } else reply.type('text/plain; charset=utf-8')
      if (info.contentEncoding === 'gzip') {
        // The parts of a compressed object are of no use, so it is sent whole, unpacked on the way.
        // As a pipeline, so that a visitor who leaves closes the object, too.
        return reply.send(pipeline(Readable.from(await storage.stream(url)), createGunzip(), () => {}))
      }
      reply.header('accept-ranges', 'bytes')
      const range = parseRange(request.headers.range, info.size)
      if (range.kind === 'unsatisfiable') {
        reply.header('content-range', `bytes */${info.size}`)
        return plain(reply, 416, `${url} has ${info.size} bytes`)
      }
      const { start, end } = range.kind === 'part' ? range : { start: 0, end: info.size }
      if (range.kind === 'part') reply.code(206).header('content-range', `bytes ${start}-${end - 1}/${info.size}`)
      reply.header('content-length', end - start)
      if (request.method === 'HEAD' || end === start) return reply.send('')
      return reply.send(Readable.from(await storage.stream(url, { start, end })))
    },
  }
}

const isObject = <T extends object>(value: unknown): value is T => typeof value === 'object' && value !== null

/** What the pages rely on; the rest of a prowjob.json may be missing. */
function isProwJob(value: ProwJob): boolean {
  return (
    isObject(value.metadata) && isObject(value.spec) && isObject(value.status) && typeof value.spec.job === 'string'
  )
}

/** RFC 6266, with a plain name for old clients. */
function attachment(name: string): string {
  const plain = name.replace(/[^\w.-]/g, '_')
  return `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, hex)}`
}

const hex = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`
