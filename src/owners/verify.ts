// What a change does to OWNERS files: which of them are invalid then, and who is new in them (plugin verify-owners).
import { type Aliases, parseAliases } from './aliases.ts'
import { type OwnersFile, parseOwners } from './parse.ts'
import type { Content, Problem } from './text.ts'

/** OWNERS files before and after a change. */
export interface OwnersChange {
  /** Those that are there afterwards, one by one. */
  readonly files: AsyncGenerator<{
    readonly path: string
    readonly before: Content | undefined
    readonly after: Content
  }>
  /** The file with the aliases, changed or not, where there is one. */
  readonly aliases: { readonly before: Content | undefined; readonly after: Content | undefined }
}

export interface OwnersVerdict {
  /** At most one problem for each file, in the order of the files. */
  readonly invalid: readonly (Problem & { readonly file: string })[]
  /** What is wrong with the file of aliases. */
  readonly aliasProblem: Problem | undefined
  /** Names of groups without members. */
  readonly emptyAliases: readonly string[]
  /** Logins, normalised and sorted, that the change makes approvers, reviewers, or members of a group, with the first twenty files that name them. */
  readonly newcomers: ReadonlyMap<string, readonly string[]>
}

/** A file that brings more people together with those before it is invalid: somebody has to be asked about each of them. */
const mostNewcomers = 5_000
const mostFilesOfOne = 20

/** @param labelsDenylist Labels that no OWNERS file may set. */
export async function verifyOwners(
  { files, aliases: groups }: OwnersChange,
  { aliasesFile, labelsDenylist }: { readonly aliasesFile: string; readonly labelsDenylist: readonly string[] },
): Promise<OwnersVerdict> {
  const { aliases, problems } = read(groups.after)
  const found = new Map<string, string[]>()
  const add = (logins: ReadonlySet<string>, file: string): boolean => {
    if (found.size + logins.size > mostNewcomers) return false
    for (const login of logins) {
      const known = found.get(login) ?? []
      if (known.length < mostFilesOfOne) known.push(file)
      found.set(login, known)
    }
    return true
  }
  const members = (of: Aliases): ReadonlySet<string> => new Set([...of.values()].flatMap((group) => [...group]))
  const isChecked = add(members(aliases).difference(members(read(groups.before).aliases)), aliasesFile)

  const invalid: (Problem & { file: string })[] = []
  for await (const { path, before, after } of files) {
    const file = parseOwners(after)
    const problem = problemOf(file, path, labelsDenylist)
    const old = before && !problem ? ownersIn(parseOwners(before), aliases) : new Set<string>()
    if (problem) invalid.push({ file: path, ...problem })
    else if (!add(ownersIn(file, aliases).difference(old), path)) invalid.push({ file: path, ...tooMany })
  }
  return {
    invalid,
    aliasProblem: problems[0] ?? (isChecked ? undefined : tooMany),
    emptyAliases: [...aliases].filter(([, group]) => group.size === 0).map(([name]) => name),
    newcomers: new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}

const tooMany: Problem = { line: 1, message: `There are more than ${mostNewcomers} new owners.` }
const read = (content: Content | undefined) => (content ? parseAliases(content) : { aliases: new Map(), problems: [] })

function problemOf({ entries, problems }: OwnersFile, path: string, denylist: readonly string[]): Problem | undefined {
  const [first] = problems
  if (first) return { line: first.line, message: `Cannot parse file: ${first.message}.` }
  const labels = new Set(entries.flatMap((entry) => entry.labels))
  const banned = denylist.filter((label) => labels.has(label)).sort()
  if (banned.length > 0) return { line: 1, message: `File contains banned labels: [${banned.join(' ')}].` }
  if (!path.includes('/') && !entries.some(({ approvers }) => approvers.length > 0))
    return { line: 1, message: `No approvers defined in this root directory ${path} file.` }
  return undefined
}

/** Approvers and reviewers by their own names, not by those of groups. */
const ownersIn = ({ entries }: OwnersFile, aliases: Aliases): ReadonlySet<string> =>
  new Set(
    entries.flatMap(({ approvers, reviewers }) => [...approvers, ...reviewers]).filter((name) => !aliases.has(name)),
  )
