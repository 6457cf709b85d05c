// Reading commits, changes, files and directories from a bare repository.

import type { Stats } from '../state/records.ts'
import { gitText, runGit } from './command.ts'

export interface CommitInfo {
  readonly sha: string
  readonly tree: string
  readonly parents: readonly string[]
  readonly author: Person
  readonly committer: Person
  readonly message: string
}

interface Person {
  readonly name: string
  readonly email: string
  /** RFC 3339, UTC. */
  readonly date: string
}

/** A commit with the names it touched, as push webhooks list them. */
export type PushedCommit = CommitInfo & {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly modified: readonly string[]
}

export interface FileChange {
  readonly filename: string
  readonly previous_filename?: string
  readonly status: 'added' | 'removed' | 'modified' | 'renamed' | 'copied' | 'changed'
  readonly sha: string
  readonly additions: number
  readonly deletions: number
  readonly patch?: string
}

// Fields end with U+001F and commits start with U+001E: neither appears in names, and in messages hardly ever.
const format = '--format=%x1e%H%x1f%T%x1f%P%x1f%an%x1f%ae%x1f%at%x1f%cn%x1f%ce%x1f%ct%x1f%B%x1f'

/** Commits in git's order: newest first unless `options` of git log say otherwise. Revisions may come from anybody. */
export async function log(
  dir: string,
  revisions: readonly string[],
  options: readonly string[] = [],
  paths: readonly string[] = [],
): Promise<CommitInfo[]> {
  const args = ['--literal-pathspecs', 'log', format, ...options, '--end-of-options', ...revisions, '--', ...paths]
  const { stdout, code } = await runGit(dir, args, { accept: [0, 128] })
  if (code !== 0) return []
  return stdout
    .toString('utf8')
    .split('\x1e')
    .slice(1)
    .map((record) => parseCommit(record.split('\x1f')))
}

// Commits do not change, and each status asks for one: what was read is kept, the last of it.
const known = new Map<string, CommitInfo>()
const mostKnown = 1000

/** A commit by its whole sha; undefined when there is none. */
export async function commitOf(dir: string, sha: string): Promise<CommitInfo | undefined> {
  const key = `${dir} ${sha}`
  const before = known.get(key)
  if (before) return before
  const [commit] = await log(dir, [sha], ['-1'])
  if (!commit) return undefined
  if (known.size >= mostKnown) known.clear()
  known.set(key, commit)
  return commit
}

function parseCommit(fields: readonly string[]): CommitInfo {
  const [sha = '', tree = '', parents = '', an = '', ae = '', at = '', cn = '', ce = '', ct = '', message = ''] = fields
  return {
    sha,
    tree,
    parents: parents ? parents.split(' ') : [],
    author: { name: an, email: ae, date: isoTime(Number(at) * 1000) },
    committer: { name: cn, email: ce, date: isoTime(Number(ct) * 1000) },
    message: message.replace(/\n+$/, ''),
  }
}

/** RFC 3339 without fractions, as GitHub writes times. */
export const isoTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`

/** The commits of a push, oldest first, with the names each touched against its first parent. At most 2048. */
export async function pushedCommits(dir: string, before: string | null, after: string): Promise<PushedCommit[]> {
  const { stdout } = await runGit(dir, [
    'log',
    '--max-count=2048',
    '--diff-merges=first-parent',
    '--name-status',
    '--no-renames',
    '--root',
    format,
    after,
    ...(before ? [`^${before}`] : []),
    '--',
  ])
  const commits = stdout.toString('utf8').split('\x1e').slice(1)
  return commits.reverse().map((record) => {
    const fields = record.split('\x1f')
    const names = (fields[10] ?? '').split('\n').flatMap((line) => {
      const [status, name] = line.split('\t')
      return status && name ? [{ status, name: unquote(name) }] : []
    })
    const of = (status: string): string[] => names.filter((n) => n.status === status).map((n) => n.name)
    return { ...parseCommit(fields), added: of('A'), removed: of('D'), modified: [...of('M'), ...of('T')] }
  })
}

// git quotes names with special characters as C strings; bytes above 127 are octal.
function unquote(name: string): string {
  if (!name.startsWith('"')) return name
  const bytes: number[] = []
  const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\' }
  const inner = name.slice(1, -1)
  for (let at = 0; at < inner.length; at += 1) {
    const char = inner[at] ?? ''
    if (char !== '\\') {
      bytes.push(...Buffer.from(char))
      continue
    }
    const octal = /^[0-7]{3}/.exec(inner.slice(at + 1))?.[0]
    bytes.push(octal ? Number.parseInt(octal, 8) : (escapes[inner[at + 1] ?? ''] ?? '').charCodeAt(0))
    at += octal ? 3 : 1
  }
  return Buffer.from(bytes).toString('utf8')
}

/** Where two commits parted; undefined for unrelated histories. */
export async function mergeBase(dir: string, a: string, b: string): Promise<string | undefined> {
  const { code, stdout } = await runGit(dir, ['merge-base', a, b], { accept: [0, 1, 128] })
  return code === 0 ? stdout.toString('utf8').trim() : undefined
}

export async function isAncestor(dir: string, ancestor: string, of: string): Promise<boolean> {
  const { code } = await runGit(dir, ['merge-base', '--is-ancestor', ancestor, of], { accept: [0, 1, 128] })
  return code === 0
}

/** Number of commits of `..to` that are not in `from`. */
export async function countCommits(dir: string, from: string, to: string): Promise<number> {
  return Number(await gitText(dir, ['rev-list', '--count', to, `^${from}`]))
}

// The tree that every repository has, as the other side of a first commit.
const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'

// GitHub lists at most 3000 files and leaves the patch of a very long one out.
const longestPatch = 1_000_000

/** Changes from one commit (null: nothing) to another, with renames and patches. */
export async function fileChanges(dir: string, from: string | null, to: string): Promise<FileChange[]> {
  const { stdout } = await runGit(dir, [
    'diff-tree',
    '-r',
    '-M',
    '-z',
    '--raw',
    '--numstat',
    '--abbrev=40',
    from ?? emptyTree,
    to,
  ])
  const patches = await filePatches(dir, from, to)
  const fields = stdout.toString('utf8').split('\0').values()
  const next = (): string => fields.next().value ?? ''
  const entries: { status: string; sha: string; filename: string; previous?: string }[] = []
  const counts = new Map<string, { additions: number; deletions: number; binary: boolean }>()
  for (let field = next(); field !== ''; field = next()) {
    if (field.startsWith(':')) {
      const [, , oldSha = '', newSha = '', status = ''] = field.split(' ')
      const first = next()
      const second = /^[RC]/.test(status) ? next() : undefined
      const sha = status.startsWith('D') ? oldSha : newSha
      entries.push({ status, sha, filename: second ?? first, ...(second === undefined ? {} : { previous: first }) })
      continue
    }
    const [added = '', deleted = '', name = ''] = field.split('\t')
    if (name === '') next() // a rename: the old name, then the new one
    counts.set(name === '' ? next() : name, {
      additions: Number(added) || 0,
      deletions: Number(deleted) || 0,
      binary: added === '-',
    })
  }
  return entries.map(({ status, sha, filename, previous }) => {
    const { additions = 0, deletions = 0, binary = false } = counts.get(filename) ?? {}
    const patch = patches.get(filename)
    return {
      filename,
      ...(previous === undefined ? {} : { previous_filename: previous }),
      status: statusWords[status[0] ?? ''] ?? 'changed',
      sha,
      additions,
      deletions,
      ...(patch && !binary && patch.length <= longestPatch ? { patch } : {}),
    }
  })
}

const statusWords: Readonly<Record<string, FileChange['status']>> = {
  A: 'added',
  D: 'removed',
  M: 'modified',
  R: 'renamed',
  C: 'copied',
  T: 'changed',
}

async function filePatches(dir: string, from: string | null, to: string): Promise<Map<string, string>> {
  const text = await diff(dir, from ?? emptyTree, to)
  const patches = new Map<string, string>()
  for (const part of text.split(/^(?=diff --git )/m)) {
    const start = part.search(/^@@ /m)
    if (start === -1) continue
    const head = part.slice(0, start)
    const name = /^\+\+\+ (.*?)\t?$/m.exec(head)?.[1]
    const old = /^--- (.*?)\t?$/m.exec(head)?.[1]
    const quoted = name === undefined || name === '/dev/null' ? old : name
    if (quoted) patches.set(unquote(quoted).replace(/^[ab]\//, ''), part.slice(start).replace(/\n$/, ''))
  }
  return patches
}

/** Unified diff with renames, as `application/vnd.github.diff` shows it. */
export async function diff(dir: string, from: string, to: string): Promise<string> {
  const { stdout } = await runGit(dir, ['diff-tree', '-r', '-M', '-p', '--no-color', from, to])
  return stdout.toString('utf8')
}

/** The commits as mails, as `application/vnd.github.patch` shows them. */
export async function mailPatches(dir: string, from: string, to: string): Promise<string> {
  const { stdout } = await runGit(dir, ['format-patch', '--stdout', '--no-signature', `${from}..${to}`])
  return stdout.toString('utf8')
}

/** Size of what lies between the merge base of two commits and the second. */
export async function pullStats(dir: string, base: string, head: string): Promise<Stats> {
  const [numstat, commits] = await Promise.all([
    gitText(dir, ['diff', '--numstat', '-M', '--merge-base', base, head]).catch(() => ''),
    countCommits(dir, base, head),
  ])
  const rows = numstat
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split('\t'))
  const sum = (column: number): number => rows.reduce((total, row) => total + (Number(row[column]) || 0), 0)
  return { commits, additions: sum(0), deletions: sum(1), changed_files: rows.length }
}

export interface TreeEntry {
  readonly mode: string
  readonly type: 'blob' | 'tree' | 'commit'
  readonly sha: string
  readonly size: number
  readonly path: string
}

/** What lies at a path of a commit: the entries of a directory, one file, or undefined. */
export async function readPath(
  dir: string,
  commit: string,
  path: string,
): Promise<{ entry: TreeEntry; entries?: TreeEntry[] } | undefined> {
  if (path === '') return { entry: rootEntry(commit), entries: await listTree(dir, commit) }
  const [entry] = await listTree(dir, commit, [path])
  if (!entry) return undefined
  return entry.type === 'tree' ? { entry, entries: await listTree(dir, commit, [`${path}/`]) } : { entry }
}

const rootEntry = (sha: string): TreeEntry => ({ mode: '040000', type: 'tree', sha, size: 0, path: '' })

/** Entries of a tree, with their full paths. */
export async function listTree(
  dir: string,
  tree: string,
  paths: readonly string[] = [],
  recursive = false,
): Promise<TreeEntry[]> {
  const { stdout, code } = await runGit(
    dir,
    ['--literal-pathspecs', 'ls-tree', '-l', '-z', ...(recursive ? ['-r', '-t'] : []), tree, '--', ...paths],
    { accept: [0, 128] },
  )
  if (code !== 0) return []
  return stdout
    .toString('utf8')
    .split('\0')
    .filter(Boolean)
    .map((line) => {
      const [head = '', path = ''] = line.split('\t')
      const [mode = '', type = '', sha = '', size = ''] = head.split(/\s+/)
      return { mode, type: type === 'tree' || type === 'commit' ? type : 'blob', sha, size: Number(size) || 0, path }
    })
}

/** Bytes of a blob, or undefined. */
export async function readBlob(dir: string, sha: string): Promise<Buffer | undefined> {
  const { code, stdout } = await runGit(dir, ['cat-file', 'blob', sha], { accept: [0, 128] })
  return code === 0 ? stdout : undefined
}
