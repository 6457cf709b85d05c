// The blob storage reporter: writes each ProwJob beside its results, and stands in for what a Pod did not write.

import type { Logger } from 'pino'
import type { CloneRecord, Started } from '../../api/pod-utilities.ts'
import { isComplete, type ProwJob, prowJobs } from '../../api/prowjob.ts'
import type { Config } from '../../config/types.ts'
import { finishedOf, mainRefs, startedOf, staticRevision } from '../../jobs/results.ts'
import type { Kube } from '../../kube/client.ts'
import { type Storage, StorageError } from '../../storage/storage.ts'
import { folderOf } from '../destination.ts'
import type { Reporter } from '../reporter.ts'

export interface BlobReporterOptions {
  readonly kube: Kube
  readonly storage: Storage
  readonly config: () => Config
  readonly log: Logger
  readonly workers: number
}

const uploader = 'crier'
const seconds = (time: string) => Math.floor(Date.parse(time) / 1000)

export function blobReporter({ kube, storage, config, log, workers }: BlobReporterOptions): Reporter {
  /** The object as text; undefined when there is none. */
  async function textOf(url: string): Promise<string | undefined> {
    try {
      return Buffer.from(await storage.read(url)).toString()
    } catch (error) {
      if (error instanceof StorageError && error.kind === 'not-found') return undefined
      throw error
    }
  }
  /** The object as JSON; undefined when there is none, or nothing that can be understood. */
  async function jsonOf<T>(url: string): Promise<T | undefined> {
    const text = await textOf(url)
    try {
      return text === undefined ? undefined : JSON.parse(text)
    } catch (err) {
      log.warn({ err, url }, 'cannot read what is in the bucket')
      return undefined
    }
  }
  async function write(url: string, value: object, mustNotExist = false): Promise<void> {
    try {
      await storage.write(url, json(value), { contentType: 'application/json', mustNotExist })
    } catch (error) {
      if (!(error instanceof StorageError && error.kind === 'exists')) throw error
    }
  }

  async function started(job: ProwJob, folder: string): Promise<void> {
    const { refs } = job.spec
    if (!refs || !job.status.startTime) return
    const url = `${folder}/started.json`
    const text = await textOf(url)
    const before = text === undefined ? undefined : parseStarted(text)
    if (text !== undefined && before?.metadata?.uploader !== uploader) return // the Pod's own
    const commit = before?.['repo-commit']
    if (commit && commit !== staticRevision(mainRefs(job.spec))) return // knows the merge already
    const records = await jsonOf<CloneRecord[]>(`${folder}/clone-records.json`)
    const value = startedOf(job.spec, {
      timestamp: seconds(job.status.startTime),
      metadata: { uploader },
      ...(Array.isArray(records) ? { records } : {}),
    })
    if (text !== json(value)) await write(url, value, text === undefined)
  }

  async function finished(job: ProwJob, folder: string): Promise<void> {
    const { completionTime, state } = job.status
    if (completionTime === undefined) return
    const passed = state === 'success'
    const value = finishedOf({ timestamp: seconds(completionTime), passed, result: state, metadata: { uploader } })
    await write(`${folder}/finished.json`, value, true)
  }

  return {
    name: 'gcsreporter',
    workers,
    deadlineMs: 20_000,
    shouldReport: ({ status }) => Boolean(status.build_id),
    async report(job) {
      const folder = folderOf(job, config())
      if (folder === undefined) {
        log.info({ name: job.metadata.name }, 'no bucket is known for this job')
        return { mark: [job] }
      }
      // The cache keeps less of a job than people want to see.
      const { namespace = '', name = '' } = job.metadata
      const whole = await kube.get(prowJobs, { namespace, name })
      if (!whole) return { mark: [] }
      const files = [
        started(job, folder),
        ...(isComplete(job) ? [finished(job, folder)] : []),
        write(`${folder}/prowjob.json`, asWritten(whole)),
      ]
      const failures = (await Promise.allSettled(files)).filter((file) => file.status === 'rejected')
      if (failures.length > 0) {
        const errors = failures.map(({ reason }) => reason)
        throw new AggregateError(errors, errors.map((error) => error?.message ?? String(error)).join('; '))
      }
      return { mark: [job] }
    },
  }
}

const json = (value: object) => JSON.stringify(value, null, '\t')

/** The whole object, its kind first. */
const asWritten = ({ kind, apiVersion, metadata, ...rest }: ProwJob) => ({ kind, apiVersion, metadata, ...rest })

/** Undefined for text that is no started.json: whoever wrote it, it is left alone. */
function parseStarted(text: string): Started | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? (parsed as Started) : undefined
  } catch {
    return undefined
  }
}
