// Commands that name people: /assign and /cc, also where other plugins look for them.
import { type Match, re2 } from '../../config/re2.ts'

/** Group 1: there when people are to be taken off; group 2: names. A comma between names is no mistake. */
export const assignCommand = re2`(?mi)^/(un)?assign((?:[ ,]+@?[-/\w]+)*)[ ,]*\s*$`
export const ccCommand = re2`(?mi)^/(un)?cc((?:[ ,]+@?[-/\w]+)*)[ ,]*\s*$`

/** Whom somebody wants to have added and taken off, each once. */
export interface Wishes {
  readonly add: readonly string[]
  readonly remove: readonly string[]
}

/** What the commands of one kind in a text ask for. Without names the speaker is meant; what is said last about somebody counts. */
export function wishesIn(matches: readonly Match[], speaker: string): Wishes {
  const last = new Map<string, { readonly name: string; readonly wanted: boolean }>()
  for (const { groups } of matches) {
    const [un, names = ''] = groups
    const named = names.split(/[ ,@]+/).filter((name) => name !== '')
    for (const name of named.length > 0 ? named : [speaker])
      last.set(name.toLowerCase(), { name, wanted: un === undefined })
  }
  const of = (kind: boolean) => [...last.values()].filter(({ wanted }) => wanted === kind).map(({ name }) => name)
  return { add: of(true), remove: of(false) }
}
