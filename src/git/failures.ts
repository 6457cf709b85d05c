// What git's words mean, and how they are told without secrets.
import { GitError } from './git.ts'

/** A GitError with which the mirror itself is broken, and not only what was asked of it. */
export class DamagedMirror extends GitError {}

// First match wins. git speaks English here (LC_ALL=C).
const meanings: readonly (readonly [RegExp, GitError['kind'] | 'damaged'])[] = [
  [
    /not a git repository|bad config|is corrupt|object file .* is empty|inflate|packfile .* (cannot be|does not match|is far too short|is not a git)|not a git packfile|(index file|\.idx) .*(is too small|wrong|non-monotonic|corrupt)|garbage at end of loose|unable to unpack|could not read [0-9a-f]{40}/i,
    'damaged',
  ],
  [
    /not our ref|couldn't find remote ref|unadvertised object|not a valid object name|not a tree object|bad object [0-9a-f]{40}/i,
    'no-commit',
  ],
  [
    /repository not found|repository '.*' not found|error: 30[1278]\b|does not appear to be a git repository/i,
    'no-repository',
  ],
  [
    /authentication failed|could not read username|terminal prompts disabled|error: 40[13]\b|permission .*denied/i,
    'denied',
  ],
  [
    /could not resolve|failed to connect|connection (refused|timed out|reset|closed)|error: (429|5\d\d)\b|unable to access|early eof|hung up|rpc failed|timed out|unexpected disconnect|empty reply|could not read from remote/i,
    'unavailable',
  ],
]

/** @param title What was run, on what. */
export function failureOf(title: string, { code, stderr }: { code: number; stderr: string }): GitError {
  const kind = meanings.find(([words]) => words.test(stderr))?.[1] ?? 'failed'
  const message = `${title} ended with ${code}: ${shortened(stderr) || 'it said nothing'}`
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

const mostListed = 10

/** That a head does not merge, with the files that do not fit: none when the two histories have nothing in common. */
export function conflictOf(about: string, head: string, files: readonly string[]): GitError {
  // A name may hold anything.
  const names = files
    .slice(0, mostListed)
    .map((file) => (/^[\w./-]{1,200}$/.test(file) ? file : JSON.stringify(file.slice(0, 200))))
  const more = files.length > mostListed ? ` and ${files.length - mostListed} more` : ''
  const why = files.length > 0 ? `conflict in ${names.join(', ')}${more}` : 'the histories have nothing in common'
  return new GitError('conflict', `${about}: ${head} cannot be merged: ${why}`)
}
