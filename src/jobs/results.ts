// started.json and finished.json: what of a run is told beside its results, by the Pod and by crier alike.
import { isDeepStrictEqual } from 'node:util'
import type { CloneRecord, Finished, JobSpec, Started } from '../api/pod-utilities.ts'
import type { Refs } from '../api/prowjob.ts'
import { allRefs, refsText } from './refs.ts'

/** The repository that a run is about: its refs, or else the first extra refs that may stand for them. */
export function mainRefs({ refs, extra_refs = [] }: Pick<JobSpec, 'refs' | 'extra_refs'>): Refs | undefined {
  return refs ?? extra_refs.find(({ auxiliary }) => !auxiliary)
}

/** The commit under test as far as it is known before cloning: pull request, else base commit, else branch. */
export function staticRevision(refs: Refs | undefined): string {
  return refs?.pulls?.[0]?.sha || refs?.base_sha || refs?.base_ref || ''
}

/** The commit that was checked out, for presubmits the merge, when a clone record tells; else the static revision. */
export function revisionOf(spec: Pick<JobSpec, 'refs' | 'extra_refs'>, records: readonly CloneRecord[] = []): string {
  const main = mainRefs(spec)
  const cloned = main && records.find((record) => isDeepStrictEqual(significant(record.refs), significant(main)))
  return cloned?.final_sha || staticRevision(main)
}

// Empty fields may be written or left out; both say the same.
function significant(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(significant)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]) => [key, significant(inner)] as const)
  return Object.fromEntries(
    entries.filter(([, inner]) => ![undefined, null, '', 0, false].includes(inner as null) && !isEmptyList(inner)),
  )
}

const isEmptyList = (value: unknown) => Array.isArray(value) && value.length === 0

/** started.json. `timestamp` in seconds. */
export function startedOf(
  spec: Pick<JobSpec, 'refs' | 'extra_refs'>,
  { timestamp, records, metadata }: { timestamp: number; records?: readonly CloneRecord[]; metadata?: object },
): Started {
  const pull = spec.refs?.pulls?.[0]
  const all = allRefs(spec)
  const revision = revisionOf(spec, records)
  return {
    timestamp,
    ...(pull ? { pull: String(pull.number) } : {}),
    ...(all.length > 0
      ? { repos: Object.fromEntries(all.map((refs) => [`${refs.org}/${refs.repo}`, refsText(refs)])) }
      : {}),
    ...(revision ? { 'repo-commit': revision } : {}),
    ...(metadata ? { metadata: { ...metadata } } : {}),
    ...(revision ? { 'repo-version': revision } : {}),
  }
}

/** finished.json. `timestamp` in seconds; empty metadata is left out. */
export function finishedOf(given: {
  timestamp: number
  passed: boolean
  result: string
  metadata?: Readonly<Record<string, unknown>>
  revision?: string
}): Finished {
  const { timestamp, passed, result, metadata = {}, revision } = given
  return {
    timestamp,
    passed,
    ...(Object.keys(metadata).length > 0 ? { metadata } : {}),
    result,
    ...(revision ? { revision } : {}),
  }
}
