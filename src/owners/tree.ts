// Reads the OWNERS files of one commit out of a mirror, without a checkout. A file that was parsed once is not read again.
import { setImmediate as othersFirst } from 'node:timers/promises'
import type { Mirror, TreeFile } from '../git/git.ts'
import { type AliasesFile, mostAliasesBytes, parseAliases } from './aliases.ts'
import { type BoundedCache, boundedCache } from './bounded-cache.ts'
import { mostMarkdownBytes, mostOwnersBytes, type OwnersFile, parseMarkdown, parseOwners } from './parse.ts'
import { denied, type OwnersSettings } from './settings.ts'
import type { Content, Problem } from './text.ts'

/** What the OWNERS files of one commit say. */
export interface OwnersTree {
  /** By folder; of Markdown files by their own path. */
  readonly files: ReadonlyMap<string, OwnersFile>
  readonly aliases: AliasesFile['aliases']
  /** Of all files, by path. */
  readonly problems: readonly (Problem & { readonly file: string })[]
}

/** More files than any real repository has. */
const mostFiles = 100_000
/** All that the files of one commit say may weigh so much: that are sixty megabytes of text. */
const mostWeight = 500_000_000
const mostKeptWeight = 100_000_000
/** Git hands over files in portions of at most that many bytes. */
const portionBytes = 128 * 1024 * 1024
/** So much text is parsed before others have their turn. */
const bytesAtOnce = 128 * 1024

type Result = OwnersFile | AliasesFile
/** One way to read a file. */
interface Reader<T extends Result> {
  readonly name: string
  readonly mostBytes: number
  parse(content: Content): T
}
const owners: Reader<OwnersFile> = { name: 'owners', mostBytes: mostOwnersBytes, parse: parseOwners }
const markdown: Reader<OwnersFile> = { name: 'markdown', mostBytes: mostMarkdownBytes, parse: parseMarkdown }
const aliases: Reader<AliasesFile> = { name: 'aliases', mostBytes: mostAliasesBytes, parse: parseAliases }

interface Parsed<T> {
  readonly result: T
  /** About its bytes in memory. */
  readonly weight: number
}
/** Parsed files by blob, for all repositories. */
export type ParsedFiles = BoundedCache<Parsed<Result>>
export const parsedFiles = (): ParsedFiles => boundedCache(mostKeptWeight)

/** Reads what a commit, or tree, has. Throws when git fails, or when there are too many files. */
export async function readTree(
  mirror: Mirror,
  treeish: string,
  { filenames, markdown: withMarkdown, denylist }: OwnersSettings,
  parsed: ParsedFiles,
  signal: AbortSignal,
): Promise<OwnersTree> {
  const isDenied = denied(denylist)
  const regular = (await mirror.files(treeish, undefined, signal)).filter(({ kind }) => kind === 'file')
  const counts = ({ path }: TreeFile) => !isDenied(folderOf(path))
  const named = regular.filter((file) => baseOf(file.path) === filenames.owners && counts(file))
  const pages = withMarkdown ? regular.filter((file) => file.path.endsWith('.md') && counts(file)) : []
  if (named.length + pages.length > mostFiles)
    throw new Error(`${named.length + pages.length} files may name owners, but at most ${mostFiles} are read`)

  const groups = regular.filter(({ path }) => path === filenames.owners_aliases)
  const read = <T extends Result>(reader: Reader<T>, files: readonly TreeFile[]) =>
    readFiles(mirror, reader, files, parsed, signal)
  const ofFolders = await read(owners, named)
  const ofPages = await read(markdown, pages)
  const [group] = await read(aliases, groups)
  const all = [...ofFolders, ...(group ? [group] : [])]
  return {
    files: new Map([
      ...ofFolders.map(([path, file]) => [folderOf(path), file] as const),
      ...ofPages.filter(([, { entries }]) => entries.length > 0),
    ]),
    aliases: group?.[1].aliases ?? new Map(),
    problems: all.flatMap(([path, { problems }]) => problems.map((problem) => ({ file: path, ...problem }))),
  }
}

async function readFiles<T extends Result>(
  mirror: Mirror,
  reader: Reader<T>,
  files: readonly TreeFile[],
  cache: ParsedFiles,
  signal: AbortSignal,
): Promise<(readonly [path: string, parsed: T])[]> {
  const keyOf = (blob: string) => `${reader.name} ${blob}`
  const found = new Map<string, T>()
  let weight = 0
  const add = (blob: string, parsed: Parsed<T>) => {
    found.set(blob, parsed.result)
    weight += parsed.weight
    if (weight > mostWeight) throw new Error(`${files.length} files name more owners than can be held in memory`)
  }
  const missing: string[] = []
  for (const blob of new Set(files.map(({ blob }) => blob))) {
    const known = cache.get(keyOf(blob))
    // The key begins with the name of the reader, so it is this reader's result.
    if (known) add(blob, known as Parsed<T>)
    else missing.push(blob)
  }
  const portion = Math.floor(portionBytes / reader.mostBytes)
  let bytes = 0
  for (let from = 0; from < missing.length; from += portion) {
    const contents = await mirror.read(missing.slice(from, from + portion), reader.mostBytes, signal)
    for (const [blob, content] of contents) {
      const result = reader.parse(content)
      const parsed = { result, weight: weightOf(result, content) }
      add(blob, parsed)
      cache.set(keyOf(blob), parsed, parsed.weight)
      bytes += 500 + lengthOf(content)
      if (bytes < bytesAtOnce) continue
      bytes = 0
      await othersFirst()
    }
  }
  return files.map(({ path, blob }) => {
    const result = found.get(blob)
    if (!result) throw new Error(`git did not give ${path} (${blob})`)
    return [path, result] as const
  })
}

const lengthOf = (content: Content): number => ('length' in content ? content.length : 0)

/** Names that are read take about eight times their text. Most Markdown files have none. */
function weightOf(result: Result, content: Content): number {
  const isEmpty = 'entries' in result && result.entries.length + result.problems.length === 0
  return 500 + (isEmpty ? 0 : 8 * lengthOf(content))
}

export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))
export const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
