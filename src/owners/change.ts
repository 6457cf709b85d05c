// Reads the OWNERS files that a change touches, as they are before it and after it.
import type { ChangedFile } from '../api/code-host.ts'
import type { Mirror } from '../git/git.ts'
import { mostAliasesBytes } from './aliases.ts'
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

/** Reads both sides; the files of folders that do not count are left out. */
export async function readChange(
  mirror: Mirror,
  { before, after }: Sides,
  changed: readonly Touched[],
  { filenames, denylist }: OwnersSettings,
  signal: AbortSignal,
): Promise<OwnersChange> {
  const isDenied = denied(denylist)
  const files = changed.filter(
    ({ filename, status }) =>
      baseOf(filename) === filenames.owners && status !== 'removed' && !isDenied(folderOf(filename)),
  )
  const previous = ({ filename, previous_filename }: Touched) => previous_filename ?? filename
  const groups = filenames.owners_aliases === '' ? [] : [filenames.owners_aliases]
  const [old, now] = await Promise.all([
    contentsAt(mirror, before, [...files.map(previous), ...groups], signal),
    contentsAt(mirror, after, [...files.map(({ filename }) => filename), ...groups], signal),
  ])
  return {
    files: files.flatMap((file) => {
      const content = now.get(file.filename)
      return content ? [{ path: file.filename, before: old.get(previous(file)), after: content }] : []
    }),
    aliases: { before: old.get(filenames.owners_aliases), after: now.get(filenames.owners_aliases) },
  }
}

async function contentsAt(
  mirror: Mirror,
  treeish: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Content>> {
  const wanted = new Set(paths)
  // A path that has become a folder lists what is below it.
  const files = (await mirror.files(treeish, paths, signal)).filter(
    ({ kind, path }) => kind === 'file' && wanted.has(path),
  )
  const contents = await mirror.read(
    files.map(({ blob }) => blob),
    mostAliasesBytes,
    signal,
  )
  return new Map(
    files.flatMap(({ path, blob }) => {
      const content = contents.get(blob)
      return content ? [[path, content] as const] : []
    }),
  )
}
