// What a comment asks of the labels of an issue, and what comes of it.
import { type Match, re2 } from '../../config/re2.ts'
import { trimSpace } from '../shared/go-text.ts'

const groups = 'area|committee|kind|language|priority|sig|triage|wg'
/** The commands. Their letters must be small, and their words may stand on the next line: as upstream. */
export const commands = {
  add: re2`(?m)^/(${groups})\s*(.*?)\s*$`,
  remove: re2`(?m)^/remove-(${groups})\s*(.*?)\s*$`,
  addAny: re2`(?m)^/label\s*(.*?)\s*$`,
  removeAny: re2`(?m)^/remove-label\s*(.*?)\s*$`,
  /** Texts that are not shown are no commands, but one may follow such a text on its line. */
  hidden: re2`(?s)<!--(.*?)-->`,
}

/** The text as people see it. */
export const withoutHidden = (text: string): string => commands.hidden.replaceAll(text, () => '')

/** What a text asks for; labels in lower case, each once, in the order of mention. */
export interface Wishes {
  readonly add: readonly string[]
  readonly remove: readonly string[]
  /** Commands that name a label that is not configured. */
  readonly unsupported: readonly string[]
}

/** @param configured Labels that /label may set, in any case. */
export function wishesIn(text: string, configured: readonly string[]): Wishes {
  const known = new Set(configured.map((label) => label.toLowerCase()))
  const any = [...generic(commands.addAny.all(text)), ...generic(commands.removeAny.all(text))]
  const isKnown = ({ label }: (typeof any)[number]) => known.has(label)
  const wanted = (command: string) => any.filter((one) => one.command === command && isKnown(one))
  return {
    add: unique([...prefixed(commands.add.all(text)), ...wanted('/label').map(({ label }) => label)]),
    remove: unique([...prefixed(commands.remove.all(text)), ...wanted('/remove-label').map(({ label }) => label)]),
    unsupported: unique(any.filter((one) => !isKnown(one)).map((one) => one.text)),
  }
}

const unique = (labels: readonly string[]): string[] => [...new Set(labels)]

/** Each word after the command, also an empty one, is the rest of a label. */
const prefixed = (matches: readonly Match[]): string[] =>
  matches.flatMap(({ text, groups: [group] }) =>
    trimSpace(text)
      .split(' ')
      .slice(1)
      .map((word) => `${group}/${word}`.toLowerCase()),
  )

/** Commands with exactly one word after them. */
function generic(matches: readonly Match[]): { command: string; label: string; text: string }[] {
  return matches.flatMap(({ text }) => {
    const [command = '', label, ...more] = trimSpace(text).split(' ')
    const isWhole = (command === '/label' || command === '/remove-label') && more.length === 0
    return isWhole && label !== undefined ? [{ command, label: label.toLowerCase(), text: trimSpace(text) }] : []
  })
}

/** Labels as they are. */
export interface Present {
  readonly repo: readonly string[]
  readonly issue: readonly string[]
}

export interface Plan {
  readonly add: readonly string[]
  readonly remove: readonly string[]
  /** Wanted, but the repository has no such label. */
  readonly missing: readonly string[]
  /** To be removed, but not there. */
  readonly notSet: readonly string[]
}

/** What is to be done; presence is judged by how things were before. */
export function planOf({ add, remove }: Omit<Wishes, 'unsupported'>, present: Present): Plan {
  const repo = new Set(present.repo.map((label) => label.toLowerCase()))
  const issue = new Set(present.issue.map((label) => label.toLowerCase()))
  const wanted = unique([...add, ...needed({ add, remove }, { repo, issue })]).filter((label) => !issue.has(label))
  return {
    add: wanted.filter((label) => repo.has(label)),
    remove: remove.filter((label) => issue.has(label) && repo.has(label)),
    missing: wanted.filter((label) => !repo.has(label)),
    notSet: remove.filter((label) => !issue.has(label)),
  }
}

/** The labels that say that a category is missing, for those whose last label goes. */
function needed(
  { add, remove }: Omit<Wishes, 'unsupported'>,
  { repo, issue }: { readonly repo: ReadonlySet<string>; readonly issue: ReadonlySet<string> },
): string[] {
  return ['kind', 'priority', 'sig', 'triage'].flatMap((category) => {
    const isOfIt = (label: string) => label.startsWith(`${category}/`)
    const needs = `needs-${category}`
    const goes =
      repo.has(needs) &&
      remove.some(isOfIt) &&
      !add.some(isOfIt) &&
      [...issue].filter(isOfIt).every((label) => remove.includes(label))
    return goes ? [needs] : []
  })
}
