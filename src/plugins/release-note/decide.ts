// Which release-note label a description asks for.
import { re2 } from '../../config/re2.ts'
import { releaseNoteIn } from '../shared/release-note-block.ts'

export const labels = {
  note: 'release-note',
  none: 'release-note-none',
  action: 'release-note-action-required',
  needed: 'do-not-merge/release-note-label-needed',
} as const
export type NoteLabel = (typeof labels)[keyof typeof labels]

/** What is taken away has to be noted. */
export const deprecation = 'kind/deprecation'

const saysNone = re2`(?i)^\W*(NONE|NO)\W*$`
const cherryPickLine = re2`Cherry pick of #([[:digit:]]+) on release-([[:digit:]]+\.[[:digit:]]+).`
const automaticPick = re2`^This is an automated cherry-pick of #([[:digit:]]+)`
const mostParents = 50

/** @param now Labels of the pull request. */
export function labelFor(body: string, now: readonly string[]): NoteLabel {
  const note = (releaseNoteIn(body) ?? '').toLowerCase()
  const has = (label: string) => now.some((other) => other.toLowerCase() === label)
  if (note === '') return has(labels.none) && !has(deprecation) ? labels.none : labels.needed
  if (saysNone.test(note)) return has(deprecation) ? labels.needed : labels.none
  return note.includes('action required') ? labels.action : labels.note
}

/** The pull requests that a description says it picks, one per line; of very many the first. */
export const parentsIn = (body: string): readonly number[] =>
  body
    .split('\n')
    .flatMap((line) => (cherryPickLine.exec(line) ?? automaticPick.exec(line))?.groups[0] ?? [])
    .map(Number)
    .filter((number) => number > 0 && Number.isSafeInteger(number))
    .slice(0, mostParents)

/** Branches on which every pull request says itself what it changes; on others a cherry-pick has the note of its parents. */
export const isMainBranch = (branch: string): boolean => branch === 'master' || branch === 'main'
