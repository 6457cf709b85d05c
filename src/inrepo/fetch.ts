// Fetches the files that hold the jobs of a repository, as they would be after a merge, and nothing else.
import { posix } from 'node:path'
import type { Finding } from '../config/errors.ts'
import { inRepoLimits, inRepoRoots, isJobFile, neededFiles, type RepoFile } from '../config/in-repo/files.ts'
import { inRepoFindings } from '../config/in-repo/findings.ts'
import type { MergeMethod, Mirror, TreeFile } from '../git/git.ts'

/** A base with heads merged into it, in their order. */
export interface Merge {
  readonly baseSha: string
  readonly heads: readonly string[]
  readonly method: MergeMethod
}

/** The files, or why they are not read: there are too many, or they are too long. */
export type Fetched = { readonly files: readonly RepoFile[] } | { readonly refused: Finding }

/** The commits that are needed for it. */
export const commitsOf = ({ baseSha, heads }: Merge): readonly string[] => [...new Set([baseSha, ...heads])]

/** The commits must be there. Throws GitError. */
export async function fetchFiles(
  mirror: Mirror,
  { baseSha, heads, method }: Merge,
  signal: AbortSignal,
): Promise<Fetched> {
  const tree = heads.length === 0 ? baseSha : await mirror.merged(baseSha, heads, method, signal)
  const found = (await mirror.files(tree, inRepoRoots, signal)).filter(({ kind }) => kind !== 'submodule')
  const needed = new Set(neededFiles(found.map(({ path }) => path)))
  const most = inRepoLimits.files * 2
  if (needed.size > most) return { refused: inRepoFindings.tooManyFiles(needed.size, most) }
  const files = found.filter(({ path }) => needed.has(path))
  const plain = await followed(mirror, tree, files, signal)
  return readAll(mirror, plain, signal)
}

/** A file with the content that it stands for; without one when it is a link to nowhere. */
interface Content {
  readonly path: string
  readonly blob?: string
}

const longestLink = 4096

/** Links are followed once, within the repository: there is nothing else they could lead to here. */
async function followed(
  mirror: Mirror,
  tree: string,
  files: readonly TreeFile[],
  signal: AbortSignal,
): Promise<readonly Content[]> {
  const links = files.filter(({ kind }) => kind === 'link')
  if (links.length === 0) return files
  const texts = await mirror.read(
    links.map(({ blob }) => blob),
    longestLink,
    signal,
  )
  const targets = new Map(
    links.map(({ path, blob }) => {
      const text = texts.get(blob)
      return [path, Buffer.isBuffer(text) ? posix.join(posix.dirname(path), text.toString()) : '..'] as const
    }),
  )
  const inside = [...new Set(targets.values())].filter((target) => target !== '..' && !target.startsWith('../'))
  const there = inside.length === 0 ? [] : await mirror.files(tree, inside, signal)
  const blobs = new Map(there.flatMap(({ path, kind, blob }) => (kind === 'file' ? [[path, blob] as const] : [])))
  return files.map(({ path, kind, blob }) => {
    const target = kind === 'link' ? blobs.get(targets.get(path) ?? '') : blob
    return { path, ...(target !== undefined && { blob: target }) }
  })
}

// Sizes are known only when contents are: reading is given up between two batches.
const readAtOnce = 40

async function readAll(mirror: Mirror, files: readonly Content[], signal: AbortSignal): Promise<Fetched> {
  const read: RepoFile[] = []
  let total = 0
  for (let at = 0; at < files.length; at += readAtOnce) {
    const batch = files.slice(at, at + readAtOnce)
    const blobs = [...new Set(batch.flatMap(({ blob }) => blob ?? []))]
    const contents = await mirror.read(blobs, inRepoLimits.file, signal)
    for (const { path, blob } of batch) {
      const content = blob === undefined ? undefined : contents.get(blob)
      if (content === undefined) read.push({ path, problem: 'link' })
      else if (!Buffer.isBuffer(content)) read.push({ path, problem: { size: content.size } })
      else {
        total += content.length
        read.push({ path, text: content.toString() })
      }
    }
    if (total > inRepoLimits.total) return { refused: inRepoFindings.tooMuch(inRepoLimits.total) }
  }
  // A .prowignore that cannot be read says nothing.
  return { files: read.filter(({ path, text }) => isJobFile(path) || text !== undefined) }
}
