// What two configurations differ in: jobs that were added, removed or changed, and settings of the sections.
import { isDeepStrictEqual } from 'node:util'
import { asMap } from '../config/fields.ts'
import type { Snapshot } from '../config/types.ts'
import { type AnyJob, allJobs } from './all-jobs.ts'
import { type Dumped, dumpJob, dumpMain, dumpPlugins } from './dump.ts'

/** One setting that differs. Absent on one side is undefined. */
export interface Change {
  /** Dotted path, e.g. `spec.containers[0].image`. */
  readonly field: string
  readonly old?: unknown
  readonly new?: unknown
}

/** A job, as people name it. */
export interface JobName {
  readonly type: AnyJob['type']
  /** `org/repo`; periodics have none. */
  readonly repo?: string
  readonly name: string
}

/** What differs between two configurations. */
export interface Difference {
  readonly added: readonly JobName[]
  readonly removed: readonly JobName[]
  readonly changed: readonly (JobName & { readonly changes: readonly Change[] })[]
  /** Of the main file, outside of jobs. */
  readonly config: readonly Change[]
  readonly plugins: readonly Change[]
}

/** Compares what was loaded, so that order, comments, and defaults that are written out make no difference. */
export function diffSnapshots(old: Snapshot, next: Snapshot): Difference {
  const before = jobsByName(old)
  const after = jobsByName(next)
  const added: JobName[] = []
  const removed: JobName[] = []
  const changed: (JobName & { changes: readonly Change[] })[] = []
  for (const key of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const { gone, come } = withoutEqual(before.get(key)?.dumps ?? [], after.get(key)?.dumps ?? [])
    const name = (before.get(key) ?? after.get(key))?.name
    if (name === undefined) continue
    // Jobs of one name differ in their branches; those that are left are paired in order.
    const pairs = Math.min(gone.length, come.length)
    for (let index = 0; index < pairs; index++) {
      changed.push({ ...name, changes: changesOf(gone[index], come[index]) })
    }
    removed.push(...gone.slice(pairs).map(() => name))
    added.push(...come.slice(pairs).map(() => name))
  }
  return {
    added,
    removed,
    changed,
    config: changesOf(dumpMain(old.config), dumpMain(next.config)),
    plugins: changesOf(dumpPlugins(old.plugins), dumpPlugins(next.plugins)),
  }
}

interface Named {
  readonly name: JobName
  readonly dumps: Dumped[]
}

function jobsByName({ config }: Snapshot): ReadonlyMap<string, Named> {
  const named = new Map<string, Named>()
  for (const each of allJobs(config)) {
    const repo = each.type === 'periodic' ? undefined : each.repo
    const key = [each.type, repo ?? '', each.job.name].join('\0')
    const known = named.get(key) ?? { name: { type: each.type, ...(repo && { repo }), name: each.job.name }, dumps: [] }
    known.dumps.push(dumpJob(each))
    named.set(key, known)
  }
  return named
}

function withoutEqual(old: readonly Dumped[], next: readonly Dumped[]): { gone: Dumped[]; come: Dumped[] } {
  const come = [...next]
  const gone = old.filter((each) => {
    const same = come.findIndex((other) => isDeepStrictEqual(each, other))
    if (same >= 0) come.splice(same, 1)
    return same < 0
  })
  return { gone, come }
}

/** The settings that differ, in the order of their paths. */
function changesOf(old: unknown, next: unknown, field = ''): readonly Change[] {
  if (isDeepStrictEqual(old, next)) return []
  const [before, after] = [asMap(old), asMap(next)]
  if (before && after) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
    return keys.flatMap((key) => changesOf(before[key], after[key], below(field, key)))
  }
  // Lists of unequal length are shown whole: which item was added cannot be told from its index.
  if (Array.isArray(old) && Array.isArray(next) && old.length === next.length) {
    return old.flatMap((each, index) => changesOf(each, next[index], `${field}[${index}]`))
  }
  return [{ field, ...(old !== undefined && { old }), ...(next !== undefined && { new: next }) }]
}

function below(field: string, key: string): string {
  if (!/^[\w-]+$/.test(key)) return `${field}[${JSON.stringify(key)}]`
  return field === '' ? key : `${field}.${key}`
}
