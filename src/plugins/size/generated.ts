// .generated_files: which files of a repository are made by programs, so that their lines do not count.
import { fields, trimSpace } from '../shared/go-text.ts'

/** What the file says. */
export interface GeneratedRules {
  readonly prefixes: readonly string[]
  readonly namePrefixes: readonly string[]
  readonly names: ReadonlySet<string>
  readonly paths: ReadonlySet<string>
  /** Files of the repository that list paths. */
  readonly lists: readonly string[]
  /** What is wrong with lines that were left out. */
  readonly problems: readonly string[]
}

/** The lines of a file that say something. */
const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map(trimSpace)
    .filter((line) => line !== '' && !line.startsWith('#'))

export function parseGenerated(text: string): GeneratedRules {
  const rules = {
    prefixes: [] as string[],
    namePrefixes: [] as string[],
    names: new Set<string>(),
    paths: new Set<string>(),
    lists: [] as string[],
    problems: [] as string[],
  }
  const keys: Readonly<Record<string, (value: string) => unknown>> = {
    prefix: (value) => rules.prefixes.push(value),
    'path-prefix': (value) => rules.prefixes.push(value),
    'file-prefix': (value) => rules.namePrefixes.push(value),
    'file-name': (value) => rules.names.add(value),
    // Documented as a path; upstream takes it for a name, and repositories may have come to rely on that.
    path: (value) => rules.paths.add(value) && rules.names.add(value),
    'paths-from-repo': (value) => rules.lists.push(value),
  }
  for (const line of linesOf(text)) {
    const [key = '', value, ...more] = fields(line)
    const take = Object.hasOwn(keys, key) ? keys[key] : undefined
    if (!take) rules.problems.push(`"${line}" has an unknown key; use one of ${Object.keys(keys).join(', ')}`)
    else if (value === undefined || more.length > 0) rules.problems.push(`"${line}" must be a key and one value`)
    else take(value)
  }
  return rules
}

/** The paths in a file that only lists paths. */
const parsePathList = (text: string): string[] => linesOf(text)

export function isGenerated({ prefixes, namePrefixes, names, paths }: GeneratedRules, path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return (
    names.has(name) ||
    paths.has(path) ||
    prefixes.some((prefix) => path.startsWith(prefix)) ||
    namePrefixes.some((prefix) => name.startsWith(prefix))
  )
}

/** Contents of a file of the repository; undefined when it is not there. */
export type ReadFile = (path: string) => Promise<string | undefined>

/** The rules of a repository; none without the file. @throws Error for a list of paths that is not there. */
export async function readGenerated(read: ReadFile): Promise<GeneratedRules> {
  const rules = parseGenerated((await read('.generated_files')) ?? '')
  const paths = new Set(rules.paths)
  for (const list of rules.lists) {
    const text = await read(list)
    if (text === undefined) throw new Error(`.generated_files: there is no file ${list} to take paths from`)
    for (const path of parsePathList(text)) paths.add(path)
  }
  return { ...rules, paths }
}
