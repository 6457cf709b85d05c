// Reads OWNERS files, and what Markdown files say at their head: who approves and reviews, and which labels belong to it.
import { compileRe2, type Pattern, Re2Error } from '../config/re2.ts'
import type { Path } from '../config/yaml.ts'
import { type Content, type Problem, textOf } from './text.ts'
import { isMap, keyOf, readYaml, type Source, type YamlMap } from './yaml.ts'

/** Longer files are not read. */
export const mostOwnersBytes = 128 * 1024
export const mostMarkdownBytes = 512 * 1024
const mostNames = 5_000
const mostFilters = 1_000

/** The lists of a file, by their names in it. */
const kinds = ['approvers', 'reviewers', 'required_reviewers', 'labels'] as const
export type Kind = (typeof kinds)[number]
/** Logins and names of aliases are normalised; labels are as written. */
type Lists = Readonly<Record<Kind, readonly string[]>>

interface Options {
  readonly no_parent_owners: boolean
  readonly auto_approve_unowned_subfolders: boolean
}

/** People and labels for the files that the filter is for. */
export interface Entry extends Lists {
  /** Of paths from the folder of the file; undefined is everything. */
  readonly filter: Pattern | undefined
}

/** One parsed file, wherever it lies. */
export interface OwnersFile {
  readonly options: Options
  readonly entries: readonly Entry[]
  /** What does not count. The rest does. */
  readonly problems: readonly Problem[]
}

const noOptions: Options = { no_parent_owners: false, auto_approve_unowned_subfolders: false }
const nothing: OwnersFile = { options: noOptions, entries: [], problems: [] }
const ignored = (problem: Problem): OwnersFile => ({ ...nothing, problems: [problem] })

/** Lower case, without the `@` before it: logins and names of aliases compare so. */
export const normLogin = (login: string): string => login.toLowerCase().replace(/^@/, '')

/** Reads an OWNERS file: a simple one, or else one with filters. */
export function parseOwners(content: Content): OwnersFile {
  const text = textOf(content, mostOwnersBytes)
  if (typeof text !== 'string') return ignored(text)
  const source = readYaml(text)
  if ('line' in source) return ignored(source)
  if (source.value === undefined) return nothing
  if (!isMap(source.value)) return ignored(source.problem([], 'must be a map with keys like "approvers"'))
  const found: Problem[] = []
  const options = readOptions(source, source.value, found)
  if (found[0]) return ignored(found[0])

  const lists = readLists(source, source.value, [], found)
  const filters = keyOf(source.value, 'filters')
  const byFilter = source.value[filters] ?? {}
  if (found.length === 0 && kinds.some((kind) => lists[kind].length > 0)) {
    const both = isMap(byFilter) && Object.keys(byFilter).length === 0
    const problems = both ? [] : [source.problem([filters], 'filters do not count beside lists at the top level')]
    return { options, entries: [entryOf(undefined, lists)], problems }
  }
  // Like upstream: a broken list at the top level loses all lists there, but not the filters.
  const filtered = readFilters(source, byFilter, filters)
  if ('line' in filtered) return ignored(found[0] ?? filtered)
  return { options, entries: filtered.entries, problems: [...found, ...filtered.problems] }
}

/** Reads the head of a Markdown file, which is for that file alone. What is no list of owners there counts as nothing. */
export function parseMarkdown(content: Content): OwnersFile {
  const text = textOf(content, mostMarkdownBytes)
  const source = typeof text === 'string' ? readYaml(frontMatter(text)) : text
  if ('line' in source || !isMap(source.value)) return nothing
  const found: Problem[] = []
  const options = readOptions(source, source.value, found)
  const lists = readLists(source, source.value, [], found)
  return found.length > 0 ? nothing : { options, entries: [entryOf(undefined, lists)], problems: [] }
}

/**
 * The head of a Markdown file; empty when there is none. It ends at the last mark, but only its first YAML document counts, so prose
 * with marks of its own may follow.
 */
function frontMatter(text: string): string {
  const end = text.lastIndexOf('\n---')
  return text.startsWith('---\n') && end >= 4 ? text.slice(0, end) : ''
}

function readOptions(source: Source, map: YamlMap, found: Problem[]): Options {
  const key = keyOf(map, 'options')
  const given = map[key] ?? {}
  if (!isMap(given)) found.push(source.problem([key], 'options must be a map'))
  const options = isMap(given) ? given : {}
  const flag = (name: keyof Options): boolean => {
    const own = keyOf(options, name)
    const value = options[own] ?? false
    if (typeof value !== 'boolean') found.push(source.problem([key, own], `options.${name} must be true or false`))
    return value === true
  }
  const no_parent_owners = flag('no_parent_owners')
  return { no_parent_owners, auto_approve_unowned_subfolders: flag('auto_approve_unowned_subfolders') }
}

function readLists(source: Source, map: YamlMap, at: Path, found: Problem[]): Lists {
  const read = (kind: Kind): readonly string[] => {
    const key = keyOf(map, kind)
    const value = map[key] ?? []
    const path = [...at, key]
    if (!Array.isArray(value)) found.push(source.problem(path, `${kind} must be a list`))
    else if (value.length > mostNames) found.push(source.problem(path, `${kind} has more than ${mostNames} items`))
    else return readNames(source, kind, value, path, found)
    return []
  }
  return {
    approvers: read('approvers'),
    reviewers: read('reviewers'),
    required_reviewers: read('required_reviewers'),
    labels: read('labels'),
  }
}

function readNames(source: Source, kind: Kind, items: readonly unknown[], at: Path, found: Problem[]): string[] {
  const names: string[] = []
  for (const [index, item] of items.entries()) {
    if (item === null) names.push('')
    else if (typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean')
      names.push(source.written([...at, index], item))
    else {
      found.push(source.problem([...at, index], `${kind} must hold names only`))
      return []
    }
  }
  return names
}

function readFilters(
  source: Source,
  given: unknown,
  key: string,
): { entries: readonly Entry[]; problems: readonly Problem[] } | Problem {
  if (!isMap(given)) return source.problem([key], 'filters must be a map from patterns to lists')
  const filters = Object.entries(given)
  if (filters.length > mostFilters) return source.problem([key], `has more than ${mostFilters} filters`)
  const entries: Entry[] = []
  const problems: Problem[] = []
  let names = 0
  for (const [filter, value] of filters) {
    const found: Problem[] = []
    const lists = value === null ? noLists : isMap(value) ? readLists(source, value, [key, filter], found) : undefined
    if (!lists) return source.problem([key, filter], 'a filter must be a map with keys like "approvers"')
    if (found[0]) return found[0]
    for (const kind of kinds) names += lists[kind].length
    if (names > mostNames) return source.problem([key], `filters have more than ${mostNames} names`)
    const pattern = filter === '.*' ? undefined : patternOf(filter)
    if (pattern instanceof Re2Error)
      problems.push(
        source.problem(
          [key, filter],
          `filter ${JSON.stringify(filter.slice(0, 200))} does not count: ${pattern.message}`,
        ),
      )
    else entries.push(entryOf(pattern, lists))
  }
  return { entries, problems }
}

const noLists: Lists = { approvers: [], reviewers: [], required_reviewers: [], labels: [] }

/** Names that are empty have made their list count as given; nobody has them. */
const entryOf = (filter: Pattern | undefined, { labels, ...people }: Lists): Entry => {
  const logins = (names: readonly string[]) => [...new Set(names.map(normLogin))].filter((name) => name !== '')
  return {
    filter,
    approvers: logins(people.approvers),
    reviewers: logins(people.reviewers),
    required_reviewers: logins(people.required_reviewers),
    labels: [...new Set(labels)].filter((label) => label !== ''),
  }
}

function patternOf(filter: string): Pattern | Re2Error {
  try {
    return compileRe2(filter)
  } catch (error) {
    if (error instanceof Re2Error) return error
    throw error
  }
}
