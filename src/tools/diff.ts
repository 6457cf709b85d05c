// What two configurations differ in: jobs that were added, removed or changed, and settings of the sections.
import { isDeepStrictEqual } from 'node:util'
import type { Snapshot } from '../config/types.ts'
import { type AnyJob, allJobs } from './all-jobs.ts'
import { type Change, changesOf } from './changes.ts'
import { type Dumped, dumpJob, dumpMain, dumpPlugins } from './dump.ts'

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
  /** Jobs that are the same under another name, apart from changes that other jobs have too. */
  readonly renamed: readonly (JobName & { readonly from: string })[]
  readonly changed: readonly (JobName & { readonly changes: readonly Change[] })[]
  /** Of the main file, outside of jobs. */
  readonly config: readonly Change[]
  readonly plugins: readonly Change[]
}

/** Compares what was loaded, so that order, comments, and defaults that are written out make no difference. */
export function diffSnapshots(old: Snapshot, next: Snapshot): Difference {
  const before = jobsByName(old)
  const after = jobsByName(next)
  const added: Dumps[] = []
  const removed: Dumps[] = []
  const changed: (JobName & { changes: readonly Change[] })[] = []
  for (const key of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const name = (before.get(key) ?? after.get(key))?.name
    if (name === undefined) continue
    const { gone, come, pairs } = paired(before.get(key)?.dumps ?? [], after.get(key)?.dumps ?? [])
    changed.push(...pairs.map(([from, to]) => ({ ...name, changes: changesOf(from, to) })))
    removed.push(...gone.map((dump) => ({ name, dump })))
    added.push(...come.map((dump) => ({ name, dump })))
  }
  const renamed = renamedAmong(removed, added, changed)
  const isRenamed = new Set(renamed.flatMap(({ gone, come }) => [gone, come]))
  const others = (jobs: readonly Dumps[]) => jobs.filter((job) => !isRenamed.has(job)).map(({ name }) => name)
  return {
    added: others(added),
    removed: others(removed),
    renamed: renamed.map(({ gone, come }) => ({ ...come.name, from: gone.name.name })),
    changed: [
      ...changed,
      ...renamed.flatMap(({ come, changes }) => (changes.length > 0 ? [{ ...come.name, changes }] : [])),
    ],
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

/** Jobs of one name differ in their branches; those that changed are paired by these, and the others in order. */
function paired(
  old: readonly Dumped[],
  next: readonly Dumped[],
): { gone: readonly Dumped[]; come: readonly Dumped[]; pairs: readonly (readonly [Dumped, Dumped])[] } {
  const come = [...next]
  const pairs: (readonly [Dumped, Dumped])[] = []
  const pairUp = (olds: readonly Dumped[], fits: (a: Dumped, b: Dumped) => boolean): readonly Dumped[] =>
    olds.filter((each) => {
      const at = come.findIndex((other) => fits(each, other))
      const [other] = at < 0 ? [] : come.splice(at, 1)
      if (other !== undefined && !isDeepStrictEqual(each, other)) pairs.push([each, other])
      return other === undefined
    })
  const unequal = pairUp(old, isDeepStrictEqual)
  const moved = pairUp(unequal, (a, b) => isDeepStrictEqual(branchesOf(a), branchesOf(b)))
  return { gone: pairUp(moved, () => true), come, pairs }
}

const branchesOf = ({ branches, skip_branches }: Dumped) => [branches, skip_branches]

interface Dumps {
  readonly name: JobName
  readonly dump: Dumped
}

interface Renamed {
  readonly gone: Dumps
  readonly come: Dumps
  readonly changes: readonly Change[]
}

// More comparisons than this would take longer than anybody wants to wait, and so many new names are no renaming.
const maxComparisons = 20_000

/** Removed and added jobs that differ in their names, and else at most as other jobs do. */
function renamedAmong(
  removed: readonly Dumps[],
  added: readonly Dumps[],
  changed: readonly { readonly changes: readonly Change[] }[],
): readonly Renamed[] {
  const usual = new Set(changed.flatMap(({ changes }) => changes.map((change) => JSON.stringify(change))))
  const isUsual = (change: Change) => usual.has(JSON.stringify(change))
  const free = Map.groupBy(
    added.map((come) => ({ come, plain: withoutName(come) })),
    ({ come }) => placeOf(come),
  )
  let comparisons = 0
  return removed.flatMap((gone) => {
    const candidates = free.get(placeOf(gone)) ?? []
    const plain = withoutName(gone)
    for (const [index, candidate] of candidates.entries()) {
      if (++comparisons > maxComparisons) break
      const changes = changesOf(plain, candidate.plain)
      if (!changes.every(isUsual)) continue
      candidates.splice(index, 1)
      return [{ gone, come: candidate.come, changes }]
    }
    return []
  })
}

const placeOf = ({ name: { type, repo } }: Dumps): string => `${type} ${repo ?? ''}`

/** What is made of the name, as contexts and dashboards often are, is equal in renamed jobs. */
const withoutName = ({ name: { name }, dump }: Dumps): unknown =>
  JSON.parse(JSON.stringify(dump).replaceAll(name, 'NAME'))
