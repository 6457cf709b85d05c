// config-bootstrapper: makes ConfigMaps hold what lies in folders and nothing else, as if all of it had just been merged.
import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'
import type { Clusters } from '../kube/client.ts'
import { mostBytes } from '../plugins/config-updater/content.ts'
import { type Planned, planFor, type Settings } from '../plugins/config-updater/plan.ts'
import { type Outcome, type Source, syncAll } from '../plugins/config-updater/sync.ts'

interface Bootstrap {
  /** Of two folders with the same path the first counts. */
  readonly folders: readonly string[]
  readonly settings: Settings
  /** Where an empty namespace leads. */
  readonly defaultNamespace: string
  readonly clusters: Clusters
}

interface Bootstrapped {
  readonly outcomes: readonly Outcome[]
  readonly ambiguous: Planned['ambiguous']
  /** Globs that only some repositories may use: nobody knows which repository the folders are, so they are left out. */
  readonly leftOut: readonly string[]
}

/** Writes every ConfigMap that a file belongs to. @throws Error when a folder cannot be read. */
export async function bootstrap({ folders, settings, defaultNamespace, clusters }: Bootstrap): Promise<Bootstrapped> {
  const paths = new Set((await Promise.all(folders.map(pathsBelow))).flat())
  const { plans, ambiguous } = planFor([...paths].sort(), { settings, repo: '', defaultNamespace, whole: true })
  const source = await sourceIn(folders)
  const leftOut = Object.entries(settings.maps ?? {}).flatMap(([glob, { allowed_repos: allowed = [] }]) =>
    allowed.length > 0 ? [glob] : [],
  )
  return { outcomes: await syncAll(plans, { clusters, source, whole: true }), ambiguous, leftOut }
}

/** Paths of all files from the folder, with slashes. What git keeps for itself, which may hold credentials, is no file of the repository. */
async function pathsBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw new Error(`cannot read the source path ${folder}: ${error instanceof Error ? error.message : error}`)
  })
  return entries.flatMap((entry) => {
    const parts = relative(folder, join(entry.parentPath, entry.name)).split(sep)
    return entry.isDirectory() || parts.includes('.git') ? [] : [parts.join('/')]
  })
}

async function sourceIn(folders: readonly string[]): Promise<Source> {
  const version = await versionIn(folders)
  return {
    version: async () => version,
    async read(paths, _version, most) {
      const found = new Map<string, Buffer | { readonly size: number }>()
      for (const path of paths) {
        const content = await firstIn(folders, path, most)
        if (!content) throw new Error(`${path} is gone, or a link that leads nowhere`)
        found.set(path, content)
      }
      return found
    },
  }
}

/** What the first VERSION says that says anything, as it stands there. */
async function versionIn(folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    const content = await contentIn(folder, 'VERSION', mostBytes)
    if (Buffer.isBuffer(content) && content.length > 0) return content.toString('utf8')
  }
  return undefined
}

async function firstIn(folders: readonly string[], path: string, most: number) {
  for (const folder of folders) {
    const content = await contentIn(folder, path, most)
    if (content) return content
  }
  return undefined
}

/** Undefined where there is nothing. @throws Error for what is no file, and for a link that leads out of the folder. */
async function contentIn(folder: string, path: string, most: number): Promise<Buffer | { size: number } | undefined> {
  try {
    const file = await realpath(join(folder, path))
    const inside = relative(await realpath(folder), file)
    if (inside.split(sep)[0] === '..' || isAbsolute(inside))
      throw new Error(`${path} is a link that leads out of ${folder}`)
    const about = await stat(file)
    if (!about.isFile()) throw new Error(`${path} in ${folder} is no file`)
    return about.size > most ? { size: about.size } : await readFile(file)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
