// A difference of configurations as text. Jobs that changed in the same way are told together.
import { printable } from '../up/printable.ts'
import type { Change, Difference, JobName } from './diff.ts'

// More names than this are counted.
const namesShown = 20

/** The whole text; says so when nothing differs. */
export function differenceText({ added, removed, changed, config, plugins }: Difference): string {
  const groups = [...Map.groupBy(changed, ({ changes }) => JSON.stringify(changes)).values()]
  const parts = [
    listOf('Added', added),
    listOf('Removed', removed),
    ...groups.map((jobs) => `${listOf('Changed', jobs)}\n${changesText(jobs[0]?.changes ?? [])}`),
    config.length > 0 ? `Sections:\n${changesText(config)}` : '',
    plugins.length > 0 ? `Plugins:\n${changesText(plugins)}` : '',
  ].filter((part) => part !== '')
  return parts.length > 0 ? `${parts.join('\n\n')}\n` : 'Both say the same.\n'
}

function listOf(heading: string, jobs: readonly JobName[]): string {
  if (jobs.length === 0) return ''
  const names = jobs.slice(0, namesShown).map(({ type, repo, name }) => `  ${type} ${repo ? `${repo} ` : ''}${name}`)
  const more = jobs.length - names.length
  return [`${heading} (${jobs.length}):`, ...names, ...(more > 0 ? [`  and ${more} more`] : [])].join('\n')
}

const changesText = (changes: readonly Change[]): string =>
  changes.map((change) => printable(`    ${change.field}: ${side(change.old)} → ${side(change.new)}`)).join('\n')

const side = (value: unknown): string => (value === undefined ? '(absent)' : JSON.stringify(value))
