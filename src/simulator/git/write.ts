// Making commits without a working tree: from files, from trial merges and by rebasing.
import { Refusal } from '../errors.ts'
import { gitText, runGit } from './command.ts'

export interface Signature {
  readonly name: string
  readonly email: string
}

/** Contents by path; null removes the file. */
export type Files = Readonly<Record<string, string | Uint8Array | null>>

/** Commits `files` on top of `parent` (null: as the first commit) and points `ref` at it. Returns the commit's SHA. */
export async function commitFiles(
  dir: string,
  {
    ref,
    parent,
    files,
    message,
    author,
    committer = author,
    timeMs,
  }: {
    ref: string
    parent: string | null
    files: Files
    message: string
    author: Signature
    committer?: Signature
    timeMs: number
  },
): Promise<string> {
  for (const path of Object.keys(files)) checkPath(path)
  const signed = ({ name, email }: Signature) => `${plain(name)} <${plain(email)}> ${Math.floor(timeMs / 1000)} +0000`
  const chunks: (string | Uint8Array)[] = [
    `commit ${ref}\nmark :1\nauthor ${signed(author)}\ncommitter ${signed(committer)}\n`,
    ...data(message),
  ]
  if (parent) chunks.push(`from ${parent}\n`)
  for (const [path, content] of Object.entries(files)) {
    const quoted = `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
    chunks.push(...(content === null ? [`D ${quoted}\n`] : [`M 100644 inline ${quoted}\n`, ...data(content)]))
  }
  chunks.push('\nget-mark :1\ndone\n')
  const input = Buffer.concat(chunks.map((chunk) => Buffer.from(chunk)))
  const { stdout } = await runGit(dir, ['fast-import', '--quiet', '--done', '--force'], { input })
  return stdout.toString('utf8').trim()
}

/** Refuses what git would not check out, or only somewhere else. */
function checkPath(path: string): void {
  const bad = path
    .split('/')
    .find((part) => part === '' || part === '.' || part === '..' || part.toLowerCase() === '.git')
  if (bad !== undefined || path.includes('\0'))
    throw new Refusal(422, `${JSON.stringify(path)} is not a path for a file: each part needs a name of its own`)
}

// What would end the name or address in a commit.
const plain = (text: string): string => text.replace(/[<>\n\0]/g, '').trim() || 'unknown'

const data = (content: string | Uint8Array) => [`data ${Buffer.byteLength(content)}\n`, content, '\n']

/** The tree of merging two commits, or null when they conflict. */
export async function mergeTree(dir: string, ours: string, theirs: string): Promise<string | null> {
  const { code, stdout } = await runGit(
    dir,
    ['merge-tree', '--write-tree', '--no-messages', '--allow-unrelated-histories', ours, theirs],
    { accept: [0, 1] },
  )
  return code === 0 ? stdout.toString('utf8').trim() : null
}

/** Writes a commit object and returns its SHA; no ref moves. */
export async function writeCommit(
  dir: string,
  {
    tree,
    parents,
    message,
    author,
    committer,
    authorTime,
    timeMs,
  }: {
    tree: string
    parents: readonly string[]
    message: string
    author: Signature
    committer?: Signature
    /** As git writes it (`1700000000 +0100`); by default `timeMs`. */
    authorTime?: string
    timeMs: number
  },
): Promise<string> {
  const time = `${Math.floor(timeMs / 1000)} +0000`
  const by = committer ?? author
  const lines = [
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${plain(author.name)} <${plain(author.email)}> ${authorTime ?? time}`,
    `committer ${plain(by.name)} <${plain(by.email)}> ${time}`,
  ]
  return gitText(dir, ['hash-object', '-t', 'commit', '-w', '--stdin'], `${lines.join('\n')}\n\n${message}\n`)
}

/**
 * Replays the commits of `base..head` (merges left out) onto `onto` and returns the last new commit, or null when one
 * of them does not apply.
 */
export async function rebase(
  dir: string,
  { onto, head, committer, timeMs }: { onto: string; head: string; committer: Signature; timeMs: number },
): Promise<string | null> {
  const log = await gitText(dir, [
    'log',
    '--reverse',
    '--no-merges',
    '-z',
    '--date=raw',
    '--format=%H%x1f%P%x1f%an%x1f%ae%x1f%ad%x1f%B',
    `${onto}..${head}`,
  ])
  let tip = onto
  for (const line of log.split('\0').filter(Boolean)) {
    const [sha = '', parent = '', name = '', email = '', authorTime = '', message = ''] = line.split('\x1f')
    // A stand-in for the tip whose parent is the commit's own parent makes that parent the merge base, which turns the
    // merge into a cherry-pick (git 2.40 has an option for it, Debian 12 has 2.39).
    const tree = await gitText(dir, ['rev-parse', `${tip}^{tree}`])
    const author = { name, email }
    const standIn = await writeCommit(dir, {
      tree,
      parents: parent ? [parent] : [],
      message: 'stand-in',
      author,
      timeMs,
    })
    const merged = await mergeTree(dir, standIn, sha)
    if (merged === null) return null
    tip = await writeCommit(dir, {
      tree: merged,
      parents: [tip],
      message: message.trimEnd(),
      author,
      committer,
      authorTime,
      timeMs,
    })
  }
  return tip
}
