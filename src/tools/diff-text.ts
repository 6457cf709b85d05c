// A difference of configurations as text. A change is told once, with all jobs that it has changed.
import { printable } from '../up/printable.ts'
import type { Change } from './changes.ts'
import type { Difference, JobName } from './diff.ts'

// More names than this are counted.
const namesShown = 10

/** The whole text; says so when nothing differs. */
export function differenceText({ added, removed, renamed, changed, config, plugins }: Difference): string {
  const parts = [
    listOf('Added', added),
    listOf('Removed', removed),
    listOf('Renamed', renamed),
    ...together(changed).map(({ jobs, changes }) => `${listOf('Changed', jobs)}\n${changesText(changes)}`),
    config.length > 0 ? `Sections:\n${changesText(config)}` : '',
    plugins.length > 0 ? `Plugins:\n${changesText(plugins)}` : '',
  ].filter((part) => part !== '')
  return parts.length > 0 ? `${parts.join('\n\n')}\n` : 'Both say the same.\n'
}

/** Changes that the very same jobs have, beginning with those of the most jobs. */
function together(
  changed: Difference['changed'],
): readonly { readonly jobs: readonly JobName[]; readonly changes: readonly Change[] }[] {
  const jobsOf = Map.groupBy(
    changed.flatMap(({ changes }, job) => changes.map((change) => ({ change, job, text: JSON.stringify(change) }))),
    ({ text }) => text,
  )
  const sameJobs = Map.groupBy(jobsOf.values(), (each) => each.map(({ job }) => job).join())
  return [...sameJobs.values()]
    .map((group) => ({
      jobs: (group[0] ?? []).flatMap(({ job }) => changed[job] ?? []),
      changes: group.flatMap(([first]) => (first ? [first.change] : [])),
    }))
    .sort((a, b) => b.jobs.length - a.jobs.length)
}

function listOf(heading: string, jobs: readonly (JobName & { readonly from?: string })[]): string {
  if (jobs.length === 0) return ''
  const names = jobs.slice(0, namesShown).map(({ type, repo, name, from }) => {
    const before = from === undefined ? '' : `${from} → `
    return printable(`  ${type} ${repo ? `${repo} ` : ''}${before}${name}`)
  })
  const more = jobs.length - names.length
  return [`${heading} (${jobs.length}):`, ...names, ...(more > 0 ? [`  and ${more} more`] : [])].join('\n')
}

const changesText = (changes: readonly Change[]): string =>
  changes.map((change) => printable(`    ${change.field}: ${side(change.old)} → ${side(change.new)}`)).join('\n')

const side = (value: unknown): string => (value === undefined ? '(absent)' : JSON.stringify(value))
