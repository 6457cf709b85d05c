// What is different between two snapshots: what components are told, and all that one thread has to send to another.
import { isDeepStrictEqual } from 'node:util'
import type { ConfigChanges, JobBase, Snapshot } from '../types.ts'

type Entries<T> = Readonly<Record<string, T>>
type JobLists = Entries<readonly JobBase[]>

/** A map by its keys, in their order; an entry without a value stays as it was. */
type MapPatch<T> = readonly (readonly [key: string] | readonly [key: string, value: T])[]

/** A list by its items: the index that one had before, or a new one. */
type ListPatch = readonly (number | JobBase)[]

/** What makes one snapshot of another: plain data, as small as the change is. */
export interface Patch {
  readonly sections: MapPatch<unknown>
  readonly presubmits: MapPatch<ListPatch>
  readonly postsubmits: MapPatch<ListPatch>
  /** Absent when they are the same. */
  readonly periodics?: ListPatch
  readonly plugins: MapPatch<unknown>
  readonly pluginSections: MapPatch<unknown>
  /** Absent when they are the same. */
  readonly warnings?: Snapshot['warnings']
  readonly loadedAt: number
  readonly changes: ConfigChanges
}

/** A snapshot by the ways in which its parts are compared. */
function partsOf({ config, plugins }: Snapshot) {
  const { presubmits, postsubmits, periodics, ...sections } = config
  const { sections: pluginSections, ...others } = plugins
  const jobs: { presubmits: JobLists; postsubmits: JobLists } = { presubmits, postsubmits }
  return { ...jobs, periodics, sections, plugins: others, pluginSections }
}

/** What leads from one snapshot to another. Parts that are the same objects in both cost next to nothing. */
export function patchBetween(before: Snapshot, now: Snapshot): Patch {
  const [old, next] = [partsOf(before), partsOf(now)]
  return {
    sections: mapPatch<unknown>(old.sections, next.sections, whole),
    presubmits: mapPatch(old.presubmits, next.presubmits, listPatch),
    postsubmits: mapPatch(old.postsubmits, next.postsubmits, listPatch),
    ...(old.periodics !== next.periodics && { periodics: listPatch(old.periodics, next.periodics) }),
    plugins: mapPatch<unknown>(old.plugins, next.plugins, whole),
    pluginSections: mapPatch<unknown>(old.pluginSections, next.pluginSections, whole),
    ...(!isDeepStrictEqual(before.warnings, now.warnings) && { warnings: now.warnings }),
    loadedAt: now.loadedAt,
    changes: {
      sections: changedKeys<unknown>(old.sections, next.sections, isDeepStrictEqual),
      presubmits: changedKeys(old.presubmits, next.presubmits, sameJobs),
      postsubmits: changedKeys(old.postsubmits, next.postsubmits, sameJobs),
      periodics: changedNames(old.periodics, next.periodics),
      plugins: [
        ...changedKeys<unknown>(old.plugins, next.plugins, isDeepStrictEqual),
        ...changedKeys<unknown>(old.pluginSections, next.pluginSections, isDeepStrictEqual),
      ],
    },
  }
}

/** The snapshot that a patch leads to. What has not changed is the same object as before. */
export function applyPatch(before: Snapshot, patch: Patch): Snapshot {
  const old = partsOf(before)
  const config = {
    ...applyMap<unknown>(old.sections, patch.sections),
    presubmits: applyMap(old.presubmits, patch.presubmits, applyList),
    postsubmits: applyMap(old.postsubmits, patch.postsubmits, applyList),
    periodics: patch.periodics ? applyList(patch.periodics, old.periodics) : old.periodics,
  }
  const plugins = {
    ...applyMap<unknown>(old.plugins, patch.plugins),
    sections: applyMap<unknown>(old.pluginSections, patch.pluginSections),
  }
  return {
    config: config as unknown as Snapshot['config'],
    plugins: plugins as unknown as Snapshot['plugins'],
    loadedAt: patch.loadedAt,
    warnings: patch.warnings ?? before.warnings,
  }
}

const whole = (_before: unknown, now: unknown): unknown => now

function mapPatch<T, P = T>(before: Entries<T>, now: Entries<T>, patch: (before: T | undefined, now: T) => P) {
  return Object.entries(now).map(([key, value]): readonly [string] | readonly [string, P] => {
    const old = Object.hasOwn(before, key) ? before[key] : undefined
    return old === value || (old !== undefined && isDeepStrictEqual(old, value)) ? [key] : [key, patch(old, value)]
  })
}

function applyMap<T, P = T>(
  before: Entries<T>,
  patch: MapPatch<P>,
  apply: (patch: P, before: T | undefined) => T = (value) => value as unknown as T,
): Record<string, T> {
  const entries = patch.map(([key, ...values]): readonly [string, T] => {
    const old = Object.hasOwn(before, key) ? before[key] : undefined
    const [value] = values
    return [key, value === undefined ? (old as T) : apply(value, old)]
  })
  return Object.fromEntries(entries)
}

function listPatch(before: readonly JobBase[] = [], now: readonly JobBase[]): ListPatch {
  const indexes = new Map(before.map((job, index) => [job, index]))
  const named = Map.groupBy(before, ({ name }) => name)
  return now.map((job) => {
    const same = indexes.has(job) ? job : named.get(job.name)?.find((other) => isDeepStrictEqual(other, job))
    return (same && indexes.get(same)) ?? job
  })
}

const applyList = (patch: ListPatch, before: readonly JobBase[] = []): readonly JobBase[] =>
  patch.flatMap((item) => (typeof item === 'number' ? (before[item] ?? []) : item))

function changedKeys<T>(before: Entries<T>, now: Entries<T>, same: (before: T, now: T) => boolean): readonly string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(now)])
  return [...keys].filter((key) => {
    const [old, next] = [before[key], now[key]]
    return old !== next && (old === undefined || next === undefined || !same(old, next))
  })
}

function changedNames(before: readonly JobBase[], now: readonly JobBase[]): readonly string[] {
  if (before === now) return []
  const [old, next] = [new Set(before), new Set(now)]
  const byName = (jobs: readonly JobBase[], others: ReadonlySet<JobBase>): Entries<JobBase> =>
    Object.fromEntries(jobs.filter((job) => !others.has(job)).map((job) => [job.name, job]))
  return changedKeys(byName(before, next), byName(now, old), sameJob)
}

const sameJobs = (before: readonly JobBase[], now: readonly JobBase[]): boolean =>
  before.length === now.length && now.every((job, index) => sameJob(before[index], job))

/** Whether two jobs do the same, wherever they are written. */
function sameJob(a: JobBase | undefined, b: JobBase): boolean {
  if (a === b || a === undefined) return a === b
  const { source: _, ...one } = a
  const { source: __, ...other } = b
  return isDeepStrictEqual(one, other)
}
