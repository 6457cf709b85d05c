// Reads the files again and says what became of them. Runs in the thread for that, and knows nothing of threads.
import { type ConfigPaths, filesOf, readSources, type Sources } from '../files.ts'
import { parsedFiles } from '../parsed-files.ts'
import { fileReader } from '../read-file.ts'
import type { ConfigProblem, Snapshot } from '../types.ts'
import { configBuilder } from './build.ts'
import { type Patch, patchBetween } from './changes.ts'

/** What one reading gave. Plain data. */
export type Reading = {
  /** Where the next edit may be: the folders of all trees, and those that links in them lead to. */
  readonly folders: readonly string[]
} & (
  | { /** The files are the same as last time. */ readonly kind: 'same' }
  | { /** The first good configuration. */ readonly kind: 'whole'; readonly snapshot: Snapshot }
  | { /** What makes it of the last good one. */ readonly kind: 'patch'; readonly patch: Patch }
  | { readonly kind: 'broken'; readonly problems: readonly ConfigProblem[] }
)

/** What is asked for. `now`: milliseconds since the epoch. `anew`: read even what nobody seems to have touched. */
export interface Question {
  readonly now: number
  readonly anew: boolean
}

/** Looks at all files at each call, and reads those that were touched. */
export function reloader(paths: ConfigPaths): (question: Question) => Reading {
  const reader = fileReader()
  const parsed = parsedFiles()
  const build = configBuilder(parsed)
  let sources: Sources | undefined
  let good: Snapshot | undefined
  return ({ now, anew }) => {
    reader.round(now, anew)
    const newest = readSources(paths, reader.read)
    const { folders = [] } = newest
    if (sources !== undefined && sameFiles(sources, newest)) return { kind: 'same', folders }
    sources = newest
    parsed.keepOnly(new Set(filesOf(newest).map(({ file }) => file)))
    const { snapshot, problems } = build(newest, now)
    if (snapshot === undefined) return { kind: 'broken', problems, folders }
    const before = good
    good = snapshot
    if (before === undefined) return { kind: 'whole', snapshot, folders }
    return { kind: 'patch', patch: patchBetween(before, snapshot), folders }
  }
}

function sameFiles(a: Sources, b: Sources): boolean {
  const [before, now] = [filesOf(a), filesOf(b)]
  return (
    a.version === b.version &&
    a.supplemental?.length === b.supplemental?.length &&
    a.jobs.length === b.jobs.length &&
    before.length === now.length &&
    before.every(({ file, text, finding }, index) => {
      const other = now[index]
      return file === other?.file && text === other.text && finding?.message === other.finding?.message
    })
  )
}
