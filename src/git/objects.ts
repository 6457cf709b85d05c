// Reads trees and contents out of a mirror, without a checkout.
import { type Fetching, infosOf } from './fetching.ts'
import { GitError, type TreeFile } from './git.ts'
import type { MirrorRuns } from './mirror-folder.ts'

/** See Mirror.files. */
export async function filesOf(
  runs: MirrorRuns,
  treeish: string,
  below: readonly string[] | undefined,
  signal?: AbortSignal,
): Promise<readonly TreeFile[]> {
  const paths = below?.map((path) => path.replace(/\/+$/, ''))
  // git would read no path at all as: everything.
  if (paths?.length === 0) return []
  if (paths?.includes('')) return filesOf(runs, treeish, undefined, signal)
  for (const path of paths ?? []) checkPath(path)
  const { stdout } = await runs.local(['ls-tree', '-r', '-z', '--full-tree', treeish, '--', ...(paths ?? [])], {
    signal,
  })
  return entries(stdout).flatMap((entry) => {
    const [, mode = '', blob = '', path = ''] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(entry) ?? []
    const kind = mode === '120000' ? 'link' : mode === '160000' ? 'submodule' : 'file'
    return path === '' ? [] : [{ path, kind, blob } as const]
  })
}

function checkPath(path: string): void {
  const bad = path.includes('\0') || path.split('/').some((part) => part === '' || part === '.' || part === '..')
  if (bad)
    throw new GitError('failed', `${JSON.stringify(path.slice(0, 200))} is not a path from the root of a repository`)
}

/** See Mirror.read. */
export async function contentsOf(
  runs: MirrorRuns,
  fetching: Fetching,
  blobs: readonly string[],
  mostBytes: number,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Buffer | { readonly size: number }>> {
  const all = [...new Set(blobs)]
  let infos = await infosOf(runs, all, signal)
  const missing = all.filter((blob) => !infos.has(blob))
  if (missing.length > 0) {
    await fetching.blobs(missing, signal)
    infos = new Map([...infos, ...(await infosOf(runs, missing, signal))])
  }
  const sizes = all.map((blob): readonly [string, number] => {
    const info = infos.get(blob)
    if (info?.type !== 'blob') throw new GitError('failed', `${runs.about}: ${blob} is not the content of a file`)
    return [blob, info.size]
  })
  const short = sizes.filter(([, size]) => size <= mostBytes)
  const total = short.reduce((sum, [, size]) => sum + size + lineBytes, lineBytes)
  const { stdout } =
    short.length === 0
      ? { stdout: Buffer.alloc(0) }
      : await runs.local(['cat-file', '--batch'], {
          input: short.map(([blob]) => `${blob}\n`).join(''),
          mostBytes: total,
          signal,
        })
  const read = new Map<string, Buffer>()
  let at = 0
  for (const [blob, size] of short) {
    // `<sha> blob <size>\n<content>\n`
    const start = stdout.indexOf(0x0a, at) + 1
    at = start + size + 1
    if (start === 0 || at > stdout.length)
      throw new GitError('failed', `${runs.about}: git ended in the middle of ${blob}`)
    read.set(blob, stdout.subarray(start, start + size))
  }
  return new Map(sizes.map(([blob, size]) => [blob, read.get(blob) ?? { size }]))
}

// More than what git says before and after a content.
const lineBytes = 128

/** See Mirror.changed. */
export async function changedPaths(
  runs: MirrorRuns,
  from: string,
  to: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const { stdout } = await runs.local(['diff-tree', '-r', '-z', '--name-only', '--no-renames', from, to], { signal })
  return entries(stdout)
}

const entries = (output: Buffer): string[] => output.toString('utf8').split('\0').filter(Boolean)

/** See WritableMirror.hasMerges. */
export async function hasMerges(runs: MirrorRuns, from: string, to: string, signal?: AbortSignal): Promise<boolean> {
  const { stdout } = await runs.local(['rev-list', '--merges', '--max-count=1', to, `^${from}`], { signal })
  return stdout.length > 0
}

/** Contents that the commits of `head`, without those of `base`, change from and to. */
export async function blobsOfCommits(
  runs: MirrorRuns,
  base: string,
  head: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const args = ['log', '--no-merges', '--raw', '--no-abbrev', '--no-renames', '--format=', head, `^${base}`]
  const { stdout } = await runs.local(args, { signal })
  // `:<mode> <mode> <sha> <sha> M\t<path>`; a submodule (160000) has its commit there, nothing is 0.
  const lines = stdout.toString('utf8').matchAll(/^:(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) /gm)
  const blobs = [...lines].flatMap(([, mode, newMode, sha = '', newSha = '']) => [
    ...(mode?.startsWith('1') && mode !== '160000' ? [sha] : []),
    ...(newMode?.startsWith('1') && newMode !== '160000' ? [newSha] : []),
  ])
  return [...new Set(blobs)]
}
