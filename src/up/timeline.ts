// The timeline that `bowsprit up` prints: what happened to a job, as short sentences. Pure; watch.ts feeds it.
import type { ContainerStatus, Pod } from '../api/kubernetes.ts'
import { isComplete, type ProwJob } from '../api/prowjob.ts'

/** Seconds since the beginning, right-aligned, as the timeline shows them. */
export const at = (ms: number): string => `${(ms / 1000).toFixed(2).padStart(7)} s`

/** Milliseconds as a person reads them: 38 ms, 1.2 s, 3 min 20 s. */
export function took(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
}

const icons: Readonly<Record<string, string>> = { success: '✓', failure: '✗', error: '✗', aborted: '■' }

/** What a change of a ProwJob says; nothing when it is of no interest. */
export function jobLines(before: ProwJob | undefined, now: ProwJob): string[] {
  const { job, type } = now.spec
  if (before === undefined) return [`ProwJob ${job} (${type}) was made`]
  if (before.status.state === now.status.state && isComplete(before) === isComplete(now)) return []
  if (now.status.state === 'pending') return [`plank started its Pod, build ${now.status.build_id ?? '?'}`]
  if (!isComplete(now)) return now.status.state === 'aborted' ? [`${job} was aborted`] : []
  const end = Date.parse(now.status.completionTime ?? '')
  const start = Date.parse(now.status.startTime ?? '')
  const length = Number.isFinite(end - start) ? ` after ${took(end - start)}` : ''
  return [
    `${icons[now.status.state] ?? ''} ${job}: ${now.status.state}${length}. ${now.status.description ?? ''}`.trim(),
  ]
}

/** What a change of a Pod says: each container's start and end, in the order of the Pod. */
export function podLines(before: Pod | undefined, now: Pod): string[] {
  const known = new Map(statuses(before).map((status) => [status.name, status]))
  return statuses(now).flatMap((status) => containerLines(known.get(status.name), status))
}

const statuses = (pod: Pod | undefined): readonly ContainerStatus[] => [
  ...(pod?.status?.initContainerStatuses ?? []),
  ...(pod?.status?.containerStatuses ?? []),
]

/** What the containers that Prow adds do, for people who have not met them. */
const purposes: Readonly<Record<string, string>> = {
  clonerefs: 'clones the repository and merges the pull request',
  initupload: 'says in the bucket that the job has started',
  'place-entrypoint': 'puts the entrypoint in place',
  test: 'the job itself',
  sidecar: 'uploads the log and the artifacts',
}

function containerLines(before: ContainerStatus | undefined, now: ContainerStatus): string[] {
  const { name } = now
  const ended = now.state?.terminated
  const purpose = purposes[name] ? ` – ${purposes[name]}` : ''
  const isNew = before?.state?.running === undefined && before?.state?.terminated === undefined
  const lines: string[] = []
  if (isNew && (now.state?.running || ended)) lines.push(`  ${name}${purpose}`)
  if (ended && !before?.state?.terminated && ended.exitCode !== 0) lines.push(`  ${name} ended with ${ended.exitCode}`)
  return lines
}
