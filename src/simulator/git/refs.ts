// Creating bare repositories, and reading and moving their refs.
import { mkdir, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { gitText, runGit } from './command.ts'

export const noSha = '0'.repeat(40)

// The least that git takes for a bare repository, and what a code host allows and an ordinary repository does not. Collecting garbage is off, because every commit that was
// ever pushed stays reachable by its SHA on GitHub.
const settings = `[core]
\trepositoryformatversion = 0
\tbare = true
\tlogAllRefUpdates = false
[http]
\treceivepack = true
[uploadpack]
\tallowAnySHA1InWant = true
\tallowFilter = true
[receive]
\thideRefs = refs/pull
\tdenyDeleteCurrent = ignore
\tautogc = false
[gc]
\tauto = 0
[merge]
\tconflictStyle = merge
`

/** Creates an empty bare repository. */
export async function createBare(dir: string, defaultBranch: string): Promise<void> {
  // Written by hand: tests make many, and starting git for it takes longer than all the rest.
  for (const folder of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags'])
    await mkdir(`${dir}/${folder}`, { recursive: true })
  await writeFile(`${dir}/HEAD`, `ref: refs/heads/${defaultBranch}\n`)
  await writeFile(`${dir}/config`, settings)
}

/**
 * Creates a bare repository beside another one, with these of its branches and tags. As on GitHub the two share their objects, which is
 * safe because nothing is ever collected.
 */
export async function cloneBare(
  from: string,
  dir: string,
  defaultBranch: string,
  refs: Readonly<Record<string, string>>,
): Promise<void> {
  await createBare(dir, defaultBranch)
  await writeFile(`${dir}/objects/info/alternates`, `../../${basename(from)}/objects\n`)
  const sorted = Object.entries(refs).sort(([a], [b]) => (a < b ? -1 : 1))
  await writeFile(`${dir}/packed-refs`, sorted.map(([ref, sha]) => `${sha} ${ref}\n`).join(''))
}

/** Branches and tags with the SHAs they point at (an annotated tag: the tag object's). */
export async function listRefs(dir: string): Promise<Record<string, string>> {
  const text = await gitText(dir, ['for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads', 'refs/tags'])
  return Object.fromEntries(text.split('\n').flatMap((line) => (line ? [line.split(' ') as [string, string]] : [])))
}

/** One ref to move; `to` null deletes it. With `from`, it must still be there. */
export interface RefUpdate {
  readonly ref: string
  readonly to: string | null
  readonly from?: string
}

/** Moves all refs or none. */
export async function updateRefs(dir: string, updates: readonly RefUpdate[]): Promise<void> {
  if (updates.length === 0) return
  const lines = updates.map(({ ref, to, from }) =>
    to === null ? `delete ${ref}${from ? ` ${from}` : ''}` : `update ${ref} ${to}${from ? ` ${from}` : ''}`,
  )
  await runGit(dir, ['update-ref', '--stdin'], { input: `start\n${lines.join('\n')}\nprepare\ncommit\n` })
}

/** Whether the name of a branch or ref is one that git accepts. */
export async function isRefName(dir: string, ref: string): Promise<boolean> {
  const { code } = await runGit(dir, ['check-ref-format', ref], { accept: [0, 1] })
  return code === 0
}

/** The commit that a revision (SHA, branch, tag, `heads/…`) means, or undefined. */
export async function resolveCommit(dir: string, revision: string): Promise<string | undefined> {
  if (revision.startsWith('-')) return undefined
  const { code, stdout } = await runGit(
    dir,
    ['rev-parse', '--quiet', '--verify', '--end-of-options', `${revision}^{commit}`],
    { accept: [0, 1, 128] },
  )
  return code === 0 ? stdout.toString('utf8').trim() : undefined
}

/** Brings a commit of another repository here. */
export async function fetchInto(dir: string, from: string, sha: string, ref: string): Promise<void> {
  await runGit(dir, ['fetch', '--quiet', '--no-tags', from, `+${sha}:${ref}`])
}
