// How well people know the lines that a pull request changes: by who changed them last, and when.
import type { BlameRange, ChangedFile } from '../../api/code-host.ts'
import { re2 } from '../../config/re2.ts'
import { normLogin } from '../../owners/parse.ts'

/** Lines of the file before the change, counted from 1. */
export interface Lines {
  readonly start: number
  readonly end: number
}

const hunk = re2`(?m)^@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@`
const mostFiles = 20
/** Of one file. */
const mostHunks = 200
/** Where lines are only added: so many before them say who knows the place. */
const linesBefore = 5
const dayMs = 86_400_000

/** The lines that a patch changes. */
export function changedLines(patch: string): readonly Lines[] {
  return hunk
    .all(patch)
    .slice(0, mostHunks)
    .map(({ groups: [first = '', length = '1'] }) => {
      const [start, count] = [Number(first), Number(length)]
      return count > 0 ? { start, end: start + count - 1 } : { start: Math.max(start - linesBefore, 1), end: start }
    })
}

/** The files to look at: of many some from each folder in turn, so that every folder is heard. */
export function sample(files: readonly ChangedFile[]): readonly ChangedFile[] {
  const left = files.filter(({ status }) => status !== 'removed')
  if (left.length <= mostFiles) return left
  const folders = [
    ...Map.groupBy(left, ({ filename }) => filename.slice(0, Math.max(0, filename.lastIndexOf('/')))).values(),
  ]
  const chosen: ChangedFile[] = []
  for (let turn = 0; chosen.length < mostFiles; turn++)
    chosen.push(...folders.flatMap((folder) => folder.slice(turn, turn + 1)))
  return chosen.slice(0, mostFiles)
}

/** Points for one file, by normalised login: ten for each line, and up to five for a change of late. */
export function scoresOf(
  lines: readonly Lines[],
  blame: readonly BlameRange[],
  now: number,
): ReadonlyMap<string, number> {
  const known = new Map<string, { readonly count: number; readonly newest: number }>()
  for (const { start, end, login, date } of blame) {
    if (login === undefined) continue
    const count = lines.reduce(
      (sum, one) => sum + Math.max(0, Math.min(end, one.end) - Math.max(start, one.start) + 1),
      0,
    )
    if (count === 0) continue
    const name = normLogin(login)
    const before = known.get(name) ?? { count: 0, newest: 0 }
    known.set(name, { count: before.count + count, newest: Math.max(before.newest, Date.parse(date) || 0) })
  }
  const points = ({ count, newest }: { count: number; newest: number }) =>
    count * 10 + 5 / (1 + Math.max(0, now - newest) / dayMs)
  return new Map([...known].map(([login, each]) => [login, points(each)]))
}

/** Sums up the points for all files. Who knows the lines gets three more as an approver of changed files, else two as a reviewer. */
export function total(
  scores: readonly ReadonlyMap<string, number>[],
  approvers: ReadonlySet<string>,
  reviewers: ReadonlySet<string>,
): ReadonlyMap<string, number> {
  const sum = new Map<string, number>()
  for (const [login, points] of scores.flatMap((each) => [...each])) sum.set(login, (sum.get(login) ?? 0) + points)
  for (const [login, points] of sum) sum.set(login, points + (approvers.has(login) ? 3 : reviewers.has(login) ? 2 : 0))
  return sum
}
