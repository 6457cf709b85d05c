// Reads OWNERS_ALIASES: names for groups of people.
import { normLogin } from './parse.ts'
import { type Content, type Problem, textOf } from './text.ts'
import { isMap, keyOf, readYaml, type Source } from './yaml.ts'

/** Longer files are not read. */
export const mostAliasesBytes = 512 * 1024
const mostMembers = 20_000

/** Groups by name. Names and logins are normalised. */
export type Aliases = ReadonlyMap<string, ReadonlySet<string>>

export interface AliasesFile {
  readonly aliases: Aliases
  /** What does not count. The other groups do. */
  readonly problems: readonly Problem[]
}

/** Reads the file. */
export function parseAliases(content: Content): AliasesFile {
  const without = (problem: Problem): AliasesFile => ({ aliases: new Map(), problems: [problem] })
  const text = textOf(content, mostAliasesBytes)
  if (typeof text !== 'string') return without(text)
  const source = readYaml(text)
  if ('line' in source) return without(source)
  if (!isMap(source.value ?? {})) return without(source.problem([], 'must be a map with the key "aliases"'))
  const file = isMap(source.value) ? source.value : {}
  const key = keyOf(file, 'aliases')
  const groups = file[key] ?? {}
  if (!isMap(groups)) return without(source.problem([key], 'aliases must be a map from names to lists of logins'))

  const aliases = new Map<string, ReadonlySet<string>>()
  const problems: Problem[] = []
  let members = 0
  for (const [name, value] of Object.entries(groups)) {
    const group = membersOf(source, value, [key, name])
    if ('line' in group) {
      problems.push(group)
      continue
    }
    members += group.size
    if (members > mostMembers) {
      problems.push(source.problem([key, name], `this and later groups do not count: more than ${mostMembers} members`))
      break
    }
    aliases.set(normLogin(name), group)
  }
  return { aliases, problems }
}

/** Members are a list, or the keys of a map: `{alice, bob}` is one. */
function membersOf(source: Source, value: unknown, path: readonly string[]): ReadonlySet<string> | Problem {
  const name = path.at(-1)?.slice(0, 200) ?? ''
  const items: readonly unknown[] | undefined = Array.isArray(value)
    ? value
    : value === null
      ? []
      : isMap(value)
        ? Object.keys(value)
        : undefined
  if (!items) return source.problem(path, `alias ${name} must be a list of logins`)
  const logins = new Set<string>()
  for (const [index, item] of items.slice(0, mostMembers + 1).entries()) {
    if (typeof item !== 'string')
      return source.problem([...path, index], `alias ${name} must hold texts only; use quotes`)
    if (item !== '') logins.add(normLogin(item))
  }
  return logins
}

/** The people behind the names. What is no alias is a login; members of a group are always logins. */
export function expand(names: readonly string[], aliases: Aliases): Set<string> {
  const people = new Set<string>()
  for (const name of names) {
    const group = aliases.get(name)
    if (group) for (const login of group) people.add(login)
    else people.add(name)
  }
  return people
}
