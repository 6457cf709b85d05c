// Brings ConfigMaps in line with files: reads, changes and writes each of them, and tells what came of it.
import { isDeepStrictEqual } from 'node:util'
import { type ConfigMap, configMaps } from '../../api/kubernetes.ts'
import { type Clusters, type Kube, KubeError } from '../../kube/client.ts'
import { asCode } from '../shared/as-code.ts'
import { changed, encoded, mostBytes, refusal, sizeOf, type Value } from './content.ts'
import type { Plan, Target, Update } from './plan.ts'

/** Where files come from. */
export interface Source {
  /** What the key VERSION is to say, given what it says now; files are read as they are at that version. */
  version(current: string | undefined): Promise<string | undefined>
  /** Contents by path. Paths where there is no file are left out, and of a file with more than `mostBytes` there is only the size. */
  read(
    paths: readonly string[],
    version: string | undefined,
    mostBytes: number,
  ): Promise<ReadonlyMap<string, Buffer | { readonly size: number }>>
}

/** What a key holds now: this file, or nothing any more. */
export interface Done {
  readonly key: string
  readonly file: string | undefined
}

/** What came of one plan. */
export type Outcome = { readonly target: Target } & (
  | { readonly done: readonly Done[]; readonly size: number }
  | { /** Why it cannot be done, in words for people. */ readonly refused: string }
  | { readonly failed: unknown }
)

interface Syncing {
  readonly clusters: Clusters
  readonly source: Source
  /** Whether keys without a file go, whoever has made them. */
  readonly whole: boolean
}

/** Carries out all plans, one after the other; one that fails does not keep the others from being carried out. */
export async function syncAll(plans: readonly Plan[], syncing: Syncing): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const plan of plans) {
    const { target } = plan
    try {
      outcomes.push({ target, ...(await sync(plan, syncing)) })
    } catch (failed) {
      outcomes.push({ target, failed })
    }
  }
  return outcomes
}

type Answer = { readonly done: readonly Done[]; readonly size: number } | { readonly refused: string }

// The server's word is taken this often for somebody else having been quicker.
const mostAttempts = 10

async function sync({ target, updates }: Plan, { clusters, source, whole }: Syncing): Promise<Answer> {
  const { cluster } = target
  const kube = cluster === 'default' ? clusters.infrastructure : clusters.build(cluster)
  if (!kube) return { refused: `no k8s client is found for build cluster: '${cluster}'` }
  for (let attempt = 1; ; attempt++) {
    const current = await kube.get(configMaps, target)
    const version = await source.version(current?.data?.VERSION)
    const found = await valuesFor(updates, (paths, most) => source.read(paths, version, most))
    if ('refused' in found) return found
    const next = changed(current, target, { version, values: found.values, whole })
    const refused = refusal(next)
    if (refused !== undefined) return { refused }
    if (await write(kube, current, next, attempt === mostAttempts)) return { done: found.done, size: sizeOf(next) }
  }
}

/** Returns false when the ConfigMap is no longer as it was read; the last time that is thrown. */
async function write(kube: Kube, current: ConfigMap | undefined, next: ConfigMap, isLast: boolean): Promise<boolean> {
  if (current && isDeepStrictEqual(current, next)) return true
  try {
    if (current) await kube.replace(configMaps, next)
    else await kube.create(configMaps, next)
    return true
  } catch (error) {
    const lost = error instanceof KubeError && (error.code === 409 || (error.code === 404 && current !== undefined))
    if (lost && !isLast) return false
    throw error
  }
}

/** Larger files do not get into a ConfigMap even when they are compressed. */
const mostFileBytes = 10 * mostBytes
/** Of values. More than one ConfigMap holds, so that what is too much is told with the largest key. */
const mostInMemory = 32 * mostBytes
/** Files in memory at a time. */
const batch = 32

async function valuesFor(
  updates: readonly Update[],
  read: (paths: readonly string[], mostBytes: number) => ReturnType<Source['read']>,
): Promise<{ values: Map<string, Value | undefined>; done: readonly Done[] } | { refused: string }> {
  const values = new Map<string, Value | undefined>()
  const files = new Map<string, string | undefined>()
  let total = 0
  for (let start = 0; start < updates.length; start += batch) {
    const some = updates.slice(start, start + batch)
    const contents = await read(
      some.map(({ file }) => file),
      mostFileBytes,
    )
    for (const { key, file, gzip } of some) {
      const bytes = contents.get(file)
      // Where another file has the same key, the one that is there counts.
      if (bytes === undefined && values.has(key)) continue
      if (bytes && !Buffer.isBuffer(bytes))
        return {
          refused: `${asCode(file)} has ${bytes.size} bytes, and at most ${mostFileBytes} are read for a ConfigMap`,
        }
      const value = bytes && (await encoded(bytes, gzip))
      total += Buffer.byteLength(value ?? '')
      values.set(key, value)
      // Whoever merges gigabytes must not fill this process's memory with them.
      if (total > mostInMemory) return { refused: `the changed files have more than ${mostInMemory} bytes` }
      files.set(key, bytes && file)
    }
  }
  return { values, done: [...files].map(([key, file]) => ({ key, file })) }
}
