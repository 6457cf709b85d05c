// Keys of Jira's issues in texts: which ones are named, and where they become links.
import { re2 } from '../../config/re2.ts'

const named = re2`\b([a-zA-Z]+-[0-9]+)(\s|:|$|]|\))`
/** Characters; Jira has no longer keys. */
const longest = 64
/** Keys of one text that are looked up: each costs a request. */
const most = 50

/** Which issues are looked up. */
export interface Scope {
  /** Of all projects that there are, in lower case. */
  readonly projects: ReadonlySet<string>
  /** Projects that are not: their keys, or what keys of issues begin with. */
  readonly disabled: readonly string[]
}

function isIn({ projects, disabled }: Scope, key: string): boolean {
  const lower = key.toLowerCase()
  const project = lower.slice(0, lower.indexOf('-'))
  const isOff = (entry: string) => (entry.includes('-') ? lower.startsWith(entry) : project === entry)
  return projects.has(project) && !disabled.some((entry) => isOff(entry.toLowerCase()))
}

/** Keys that a text and a title name, as they are written there, each once; the first fifty. */
export function keysIn(body: string, title: string, scope: Scope): readonly string[] {
  const all = [body, title].flatMap((text) => named.all(text).map(({ groups: [key = ''] }) => key))
  const fitting = all.filter((key) => key.length <= longest && isIn(scope, key))
  return [...new Set(fitting)].slice(0, most)
}

// Not in links, paths, code or longer words.
const loose = /(?<![[/`\-A-Za-z0-9])[A-Za-z]+-[0-9]+(?![A-Za-z0-9])/g

/** The text with links to issues. Code stays as it is: fences, and lines that begin with four spaces. */
export function withLinks(text: string, keys: ReadonlySet<string>, jira: string): string {
  let fenced = false
  return text
    .split('\n')
    .map((line) => {
      // The line that ends a fence is text again.
      if (line.startsWith('```')) fenced = !fenced
      if (fenced || line.startsWith('    ')) return line
      return line.replace(loose, (key) => (keys.has(key) ? `[${key}](${jira}/browse/${key})` : key))
    })
    .join('\n')
}
