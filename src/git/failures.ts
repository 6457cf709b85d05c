// What git's words mean, and how they are told without secrets.
import { GitError } from './git.ts'

/** A GitError with which the mirror itself is broken, and not only what was asked of it. */
export class DamagedMirror extends GitError {}

// First match wins. git speaks English here (LC_ALL=C).
const meanings: readonly (readonly [RegExp, GitError['kind'] | 'damaged'])[] = [
  [/not our ref|couldn't find remote ref|unadvertised object|not a valid object name|not a tree object/i, 'no-commit'],
  [/repository not found|repository '.*' not found|does not appear to be a git repository/i, 'no-repository'],
  [
    /authentication failed|could not read username|terminal prompts disabled|error: 40[13]\b|permission .*denied/i,
    'denied',
  ],
  [
    /could not resolve|failed to connect|connection (refused|timed out|reset|closed)|error: (429|5\d\d)\b|unable to access|early eof|hung up|rpc failed|timed out|unexpected disconnect|empty reply|could not read from remote/i,
    'unavailable',
  ],
  [
    /not a git repository|bad config|is corrupt|object file .* is empty|inflate|packfile .* (cannot be|does not match|is far too short|is not a git)|not a git packfile|(index file|\.idx) .*(is too small|wrong|non-monotonic|corrupt)|garbage at end of loose|unable to unpack|could not read [0-9a-f]{40}/i,
    'damaged',
  ],
]

/** @param title What was run, on what. */
export function failureOf(
  title: string,
  { code, stderr }: { code: number; stderr: string },
  secrets: readonly string[],
) {
  const says = withoutSecrets(stderr, secrets)
  const kind = meanings.find(([words]) => words.test(says))?.[1] ?? 'failed'
  const message = `${title} ended with ${code}: ${shortened(says) || 'it said nothing'}`
  return kind === 'damaged' ? new DamagedMirror('failed', message) : new GitError(kind, message)
}

/** Secrets, and passwords in addresses, replaced. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  let clean = text
  for (const secret of secrets) if (secret !== '') clean = clean.replaceAll(secret, 'xxxxx')
  return clean.replace(/(\w+:\/\/)[^\s/@']+@/g, '$1xxxxx@')
}

const mostCharacters = 600

/** One line, of which the end tells most; what a server sent may hold anything. */
function shortened(text: string): string {
  const line = text
    .split(/[\r\n]+/)
    .filter((part) => part.trim() !== '' && !/^(hint:|remote: (counting|compressing|enumerating))/i.test(part))
    .join('; ')
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
  return line.length > mostCharacters ? `…${line.slice(-mostCharacters)}` : line
}
