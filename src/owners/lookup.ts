// Whom the OWNERS files of a repository name for a path: pure look-ups, from the path up to the root.
import { type Aliases, expand } from './aliases.ts'
import { flat, type LayeredSet, layered } from './layered-set.ts'
import type { Entry, Kind, OwnersFile } from './parse.ts'

/** What was read of one commit. */
export interface OwnersData {
  /** By folder from the root, which is `''`; of Markdown files by their own path. */
  readonly files: ReadonlyMap<string, OwnersFile>
  readonly aliases: Aliases
  /** Approvers and reviewers who are not among these do not count; undefined is everybody. Normalised. */
  readonly collaborators: ReadonlySet<string> | undefined
}

/**
 * Who owns what at one commit. Logins are normalised, see normLogin. Paths and folders are from the root, with slashes; the root is `''`.
 * Layer 0 of a layered set is what is nearest to the file. Nobody may change what these return.
 */
export interface RepoOwners {
  /** Everybody from the file's folder up to the root, or to a folder with `no_parent_owners` once somebody was found. */
  approvers(path: string): LayeredSet
  reviewers(path: string): LayeredSet
  /** Those of the nearest level that has somebody. */
  leafApprovers(path: string): ReadonlySet<string>
  leafReviewers(path: string): ReadonlySet<string>
  requiredReviewers(path: string): ReadonlySet<string>
  labels(path: string): ReadonlySet<string>
  /** Nearest folder, or Markdown file, that names approvers for the file; the root when there is none. */
  approversFolder(path: string): string
  reviewersFolder(path: string): string
  /** Options of exactly this folder. */
  isNoParentOwners(folder: string): boolean
  isAutoApproveUnownedSubfolders(folder: string): boolean
  /** Approvers of the root itself. */
  topLevelApprovers(): ReadonlySet<string>
  allApprovers(): ReadonlySet<string>
  allReviewers(): ReadonlySet<string>
  /** All approvers and reviewers. */
  allOwners(): ReadonlySet<string>
}

const nobody: ReadonlySet<string> = new Set()

/** Answers from what was read. What it finds out is kept, so that the next answer about the same folders is quicker. */
export function repoOwners({ files, aliases, collaborators }: OwnersData): RepoOwners {
  const known = new Map<Kind, Map<Entry, ReadonlySet<string>>>()
  const namesIn = (entry: Entry, kind: Kind): ReadonlySet<string> => {
    if (entry[kind].length === 0) return nobody
    const ofKind = known.get(kind) ?? new Map<Entry, ReadonlySet<string>>()
    known.set(kind, ofKind)
    const names = ofKind.get(entry) ?? resolve(entry, kind)
    ofKind.set(entry, names)
    return names
  }
  const resolve = (entry: Entry, kind: Kind): ReadonlySet<string> => {
    if (kind === 'labels') return new Set(entry.labels)
    const people = expand(entry[kind], aliases)
    return kind === 'required_reviewers' || !collaborators ? people : people.intersection(collaborators)
  }
  // Paths come from pull requests; a very deep one has thousands of folders above it that need not be looked for.
  let longest = 0
  for (const { length } of files.keys()) longest = Math.max(longest, length)
  const levelsOf = function* (path: string, kind: Kind) {
    for (const folder of upwards(path)) {
      const file = folder.length > longest ? undefined : files.get(folder)
      const sets =
        file?.entries.filter((entry) => isFor(entry, folder, path)).map((entry) => namesIn(entry, kind)) ?? []
      yield { folder, names: sets.filter(({ size }) => size > 0), isLast: file?.options.no_parent_owners === true }
    }
  }
  const layers = (path: string, kind: Kind, onlyLeaf = false): LayeredSet => {
    const found: (readonly string[])[] = []
    let isAny = false
    for (const { names, isLast } of levelsOf(canonical(path), kind)) {
      found.push(names.flatMap((set) => [...set]))
      isAny ||= names.length > 0
      if (isAny && (isLast || onlyLeaf)) break
    }
    return layered(found)
  }
  const folderOf = (path: string, kind: Kind): string => {
    for (const { folder, names } of levelsOf(canonical(path), kind)) if (names.length > 0) return folder
    return ''
  }
  const all = (kind: Kind) => {
    const everybody = new Set<string>()
    for (const { entries } of files.values())
      for (const entry of entries) for (const name of namesIn(entry, kind)) everybody.add(name)
    return everybody
  }
  const optionsOf = (folder: string) => files.get(canonical(folder))?.options
  return {
    approvers: (path) => layers(path, 'approvers'),
    reviewers: (path) => layers(path, 'reviewers'),
    leafApprovers: (path) => flat(layers(path, 'approvers', true)),
    leafReviewers: (path) => flat(layers(path, 'reviewers', true)),
    requiredReviewers: (path) => flat(layers(path, 'required_reviewers')),
    labels: (path) => flat(layers(path, 'labels')),
    approversFolder: (path) => folderOf(path, 'approvers'),
    reviewersFolder: (path) => folderOf(path, 'reviewers'),
    isNoParentOwners: (folder) => optionsOf(folder)?.no_parent_owners ?? false,
    isAutoApproveUnownedSubfolders: (folder) => optionsOf(folder)?.auto_approve_unowned_subfolders ?? false,
    topLevelApprovers: () => flat(layers('', 'approvers', true)),
    allApprovers: () => all('approvers'),
    allReviewers: () => all('reviewers'),
    allOwners: () => all('approvers').union(all('reviewers')),
  }
}

/** `.` is the root, and a slash at the end says nothing. */
const canonical = (path: string): string => (path === '.' ? '' : path.replace(/\/$/, ''))

/** The path itself, its folder, and so on to the root. */
export function* upwards(path: string): Generator<string> {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) yield at
  yield ''
}

function isFor({ filter }: Entry, folder: string, path: string): boolean {
  if (!filter) return true
  const relative = folder === path ? '.' : folder === '' ? path : path.slice(folder.length + 1)
  return filter.test(relative)
}
