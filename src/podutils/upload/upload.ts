// The uploader that all utilities share: items and pointers first, then what the caller adds, the verdict last.
import type { JobSpec, UploaderOptions } from '../../api/pod-utilities.ts'
import { aliasPath, bucketUrl, jobPath, latestBuildPaths } from '../../jobs/paths.ts'
import { mediaType } from '../../storage/media-types.ts'
import { type Storage, StorageError } from '../../storage/storage.ts'
import type { Clock } from '../../system/clock.ts'
import { CensorError } from '../censor/errors.ts'
import type { Log } from '../log.ts'
import { compressIfWorth } from './compress.ts'
import { findItems, openFile } from './items.ts'
import { storedAs, wantsCompression } from './names.ts'
import { type Content, type Target, type Transfer, transferAll } from './transfer.ts'

/** Something a caller uploads besides the items; the name is used as it is. */
export interface Extra {
  readonly name: string
  readonly content: () => Promise<Uint8Array | string | AsyncIterable<Uint8Array>>
}

export interface Upload {
  readonly spec: JobSpec
  /** Checked by `checkUploader`. */
  readonly options: UploaderOptions
  readonly extras?: readonly Extra[]
  /** Written when everything else has been tried: whoever sees it finds the rest. */
  readonly last?: readonly Extra[]
  /** Reads a file of an item, given its path and its name below the item. Throws CensorError to withhold it. */
  readonly open?: (path: string, name: string) => Promise<AsyncIterable<Uint8Array>>
  /** Opens a bucket, or a folder. */
  readonly storage: (root: string) => Promise<Storage>
  readonly clock: Clock
  readonly log: Log
  readonly signal?: AbortSignal
}

/** Tries everything, then throws the first failure. */
export async function upload(job: Upload): Promise<void> {
  const place = placeOf(job)
  const storage = job.options.dry_run ? dry(job.log) : await job.storage(place.root)
  const transfer: Transfer = {
    storage,
    clock: job.clock,
    log: job.log,
    ...(job.signal ? { signal: job.signal } : {}),
  }
  const extras = (list: readonly Extra[] = []) => list.map((extra) => extraTarget(extra, place, job.options))
  const first = [...pointerTargets(job, place, storage), ...(await itemTargets(job, place))]
  const failures: unknown[] = []
  for (const batch of [first, extras(job.extras), extras(job.last)]) {
    await transferAll(batch, transfer).catch((error) => failures.push(error))
  }
  if (failures.length > 0) throw failures[0]
}

interface Place {
  readonly local: boolean
  /** URL of the bucket; the output folder in local mode. */
  readonly root: string
  /** URL of the folder that everything goes to. */
  readonly folder: string
}

function placeOf({ spec, options }: Upload): Place {
  if (options.local_output_dir) {
    const root = options.local_output_dir.replace(/(?<=.)\/+$/, '')
    return { local: true, root, folder: root }
  }
  const root = bucketUrl(options.bucket ?? '')
  const sub = options.sub_dir ? `/${options.sub_dir.replace(/^\/+|\/+$/g, '')}` : ''
  return { local: false, root, folder: `${root}/${jobPath(spec, options)}${sub}` }
}

/** Where a build is found by its id, and which build is the newest. */
function pointerTargets({ spec, options, log }: Upload, place: Place, storage: Pick<Storage, 'read'>): Target[] {
  if (place.local) return []
  const targets: Target[] = []
  const alias = aliasPath(spec)
  if (alias !== undefined) {
    const link = `${place.root}/${jobPath(spec, options)}`
    targets.push({
      url: `${place.root}/${alias}`,
      options: { metadata: { 'x-goog-meta-link': link } },
      content: async () => ({ content: link }),
    })
  }
  for (const path of latestBuildPaths(spec, options)) {
    const url = `${place.root}/${path}`
    const build = spec.buildid ?? ''
    targets.push({
      url,
      async content() {
        const before = await textOf(storage, url)
        if (!isNewer(before, build)) return { content: build }
        log.info('Left latest-build.txt alone, a newer build has been there', { dest: url, latest: before })
        return undefined
      },
    })
  }
  return targets
}

/** True if the build id in the file is a greater number: a long build that ends must not hide newer ones. */
function isNewer(before: string, build: string): boolean {
  const decimal = /^\d{1,40}$/
  return decimal.test(before) && decimal.test(build) && BigInt(before) > BigInt(build)
}

async function textOf(storage: Pick<Storage, 'read'>, url: string): Promise<string> {
  try {
    return Buffer.from(await storage.read(url))
      .toString()
      .trim()
  } catch (error) {
    if (error instanceof StorageError && error.kind === 'not-found') return ''
    throw error
  }
}

async function itemTargets({ options, log, open = openFile }: Upload, place: Place): Promise<Target[]> {
  const targets = new Map<string, Target>()
  for (const item of await findItems(options.items ?? [], log)) {
    const { name, ...attributes } = storedAs(item.name, options.mediaTypes)
    // In a folder, upstream's names of files with # are known; in a bucket, # is # there too.
    const url = `${place.folder}/${place.local ? name.replaceAll('#', '%23') : name}`
    if (targets.has(url)) {
      log.warn('Skipped a file whose name is taken', { path: item.path, dest: url })
      continue
    }
    const content = async () => {
      try {
        return await encoded(await open(item.path, item.name.replace(/^[^/]*\//, '')), name, place, options)
      } catch (error) {
        if (!(error instanceof CensorError)) throw error
        log.warn('Withheld a file that could not be censored', { path: item.path, error })
        return undefined
      }
    }
    targets.set(url, { url, options: attributes, content })
  }
  return [...targets.values()]
}

function extraTarget({ name, content }: Extra, place: Place, options: UploaderOptions): Target {
  return { url: `${place.folder}/${name}`, content: async () => encoded(await content(), name, place, options) }
}

async function encoded(
  content: Uint8Array | string | AsyncIterable<Uint8Array>,
  name: string,
  place: Place,
  { compress_file_types = [], mediaTypes }: UploaderOptions,
): Promise<Content> {
  // A folder cannot tell a reader that its files are compressed.
  const folder = place.local || place.root.startsWith('file://')
  if (folder || !wantsCompression(name, compress_file_types)) return { content }
  const stream = typeof content === 'string' || content instanceof Uint8Array ? whole(content) : content
  const { content: result, compressed } = await compressIfWorth(stream)
  if (!compressed) return { content: result }
  const contentType = mediaType(name.slice(name.lastIndexOf('.') + 1), mediaTypes) ?? 'text/plain; charset=utf-8'
  return { content: result, options: { contentEncoding: 'gzip', contentType } }
}

async function* whole(content: Uint8Array | string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content)
}

function dry(log: Log): Pick<Storage, 'write' | 'read'> {
  return {
    read: async (url) => {
      throw new StorageError('not-found', url, 'a dry run reads nothing')
    },
    async write(url, content) {
      log.info('Would upload', { dest: url })
      if (typeof content === 'string' || content instanceof Uint8Array) return
      for await (const _ of content) break // opens and closes the file
    },
  }
}
