// Reads the OWNERS files that a change touches, as they are before it and after it.
import { setImmediate as othersFirst } from 'node:timers/promises'
import type { ChangedFile } from '../api/code-host.ts'
import type { Mirror } from '../git/git.ts'
import { mostAliasesBytes } from './aliases.ts'
import { mostOwnersBytes } from './parse.ts'
import { denied, type OwnersSettings } from './settings.ts'
import type { Content } from './text.ts'
import { baseOf, folderOf } from './tree.ts'
import type { OwnersChange } from './verify.ts'

/** A file of a pull request. */
export type Touched = Pick<ChangedFile, 'filename' | 'status' | 'previous_filename'>

/** Commits, or trees, before and after the change. */
interface Sides {
  readonly before: string
  readonly after: string
}

/** So many files are in memory at a time: a pull request may have thousands, each as long as one may be. */
const filesAtOnce = 100

/** Reads both sides, the files while they are asked for; those of folders that do not count are left out. */
export async function readChange(
  mirror: Mirror,
  { before, after }: Sides,
  changed: readonly Touched[],
  { filenames, denylist }: OwnersSettings,
  signal: AbortSignal,
): Promise<OwnersChange> {
  const isDenied = denied(denylist)
  const touched = changed.filter(
    ({ filename, status }) =>
      baseOf(filename) === filenames.owners && status !== 'removed' && !isDenied(folderOf(filename)),
  )
  const aliases = async (treeish: string): Promise<Content | undefined> => {
    const { owners_aliases: path } = filenames
    return path === '' ? undefined : (await contentsAt(mirror, treeish, [path], mostAliasesBytes, signal)).get(path)
  }
  const files = async function* (): OwnersChange['files'] {
    for (let from = 0; from < touched.length; from += filesAtOnce) {
      const some = touched.slice(from, from + filesAtOnce)
      const [old, now] = await Promise.all([
        contentsAt(mirror, before, some.map(previous), mostOwnersBytes, signal),
        contentsAt(
          mirror,
          after,
          some.map(({ filename }) => filename),
          mostOwnersBytes,
          signal,
        ),
      ])
      for (const file of some) {
        const content = now.get(file.filename)
        if (content) yield { path: file.filename, before: old.get(previous(file)), after: content }
        await othersFirst()
      }
    }
  }
  return { files: files(), aliases: { before: await aliases(before), after: await aliases(after) } }
}

const previous = ({ filename, previous_filename }: Touched) => previous_filename ?? filename

async function contentsAt(
  mirror: Mirror,
  treeish: string,
  paths: readonly string[],
  mostBytes: number,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Content>> {
  const wanted = new Set(paths)
  // A path that has become a folder lists what is below it.
  const files = (await mirror.files(treeish, paths, signal)).filter(
    ({ kind, path }) => kind === 'file' && wanted.has(path),
  )
  const blobs = files.map(({ blob }) => blob)
  const contents = await mirror.read(blobs, mostBytes, signal)
  return new Map(
    files.flatMap(({ path, blob }) => {
      const content = contents.get(blob)
      return content ? [[path, content] as const] : []
    }),
  )
}
