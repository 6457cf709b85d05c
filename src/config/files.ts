// Finds and reads the files of a configuration. What cannot be read is a finding, not a failure.
import type { Dirent } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { DecorationConfig } from '../api/prowjob.ts'
import { configErrors, type Finding } from './errors.ts'
import { type Ignore, parseIgnore } from './prowignore.ts'

/** Where a configuration lies. */
export interface ConfigPaths {
  /** The main file. */
  readonly configPath: string
  /** A file, or a tree of files, of jobs. */
  readonly jobConfigPath?: string
  /** plugins.yaml. */
  readonly pluginConfigPath?: string
  /** Trees of further main files, and how their paths end: `_prowconfig.yaml` when not given. */
  readonly supplementalConfigDirs?: readonly string[]
  readonly supplementalConfigSuffix?: string
  /** Trees of further plugin files, and how their paths end: `_pluginconfig.yaml`; an empty text is none at all. */
  readonly supplementalPluginDirs?: readonly string[]
  readonly supplementalPluginSuffix?: string
  /** What holds where the files do not say. */
  readonly base?: ConfigBase
}

/** The files beside the main one. */
export type FurtherFiles = Omit<ConfigPaths, 'configPath' | 'base'>

const furtherKeys: readonly (keyof FurtherFiles)[] = [
  'jobConfigPath',
  'pluginConfigPath',
  'supplementalConfigDirs',
  'supplementalConfigSuffix',
  'supplementalPluginDirs',
  'supplementalPluginSuffix',
]

/** The files that options name among other things. */
export const furtherFilesOf = (options: FurtherFiles): FurtherFiles =>
  Object.fromEntries(furtherKeys.filter((key) => options[key] !== undefined).map((key) => [key, options[key]]))

/** What an installation brings by itself. Everything that a file says goes before it. */
export interface ConfigBase {
  /** Lies below all `default_decoration_config_entries`. */
  readonly decoration?: DecorationConfig
  /** Stands for `github.link_url` where that is not set. */
  readonly githubLink?: string
}

/** A file, or why there is none. */
export type SourceFile = { readonly file: string } & (
  | { readonly text: string; readonly finding?: undefined }
  | { readonly text?: undefined; readonly finding: Finding }
)

/** All files of a configuration, in the order in which they count. */
export interface Sources {
  readonly main: SourceFile
  /** Supplemental main files. */
  readonly supplemental?: readonly SourceFile[]
  /** Content of a file VERSION beside the main file. */
  readonly version?: string
  readonly jobs: readonly SourceFile[]
  readonly plugins?: SourceFile
  /** Supplemental plugin files. */
  readonly supplementalPlugins?: readonly SourceFile[]
  readonly base?: ConfigBase
}

/** All files, in their order. */
export const filesOf = ({
  main,
  supplemental = [],
  jobs,
  plugins,
  supplementalPlugins = [],
}: Sources): SourceFile[] => [main, ...supplemental, ...jobs, ...(plugins ? [plugins] : []), ...supplementalPlugins]

/** Reads everything; `onFile` is called after each job file, so that work on it can begin. */
export async function readSources(paths: ConfigPaths, onFile: (file: SourceFile) => void = () => {}): Promise<Sources> {
  const main = await readSource(paths.configPath)
  const version = await readVersion(join(dirname(paths.configPath), 'VERSION'))
  const jobs = paths.jobConfigPath === undefined ? [] : await readJobs(paths.jobConfigPath, onFile)
  const { supplementalConfigSuffix = '_prowconfig.yaml', supplementalPluginSuffix = '_pluginconfig.yaml' } = paths
  const supplemental = await readSupplemental(paths.supplementalConfigDirs, supplementalConfigSuffix)
  const pluginDirs = supplementalPluginSuffix === '' ? [] : paths.supplementalPluginDirs
  const supplementalPlugins = await readSupplemental(pluginDirs, supplementalPluginSuffix)
  return {
    main,
    ...(supplemental.length > 0 && { supplemental }),
    ...(supplementalPlugins.length > 0 && { supplementalPlugins }),
    ...(version !== undefined && { version }),
    jobs,
    ...(paths.pluginConfigPath !== undefined && { plugins: await readSource(paths.pluginConfigPath) }),
    ...(paths.base !== undefined && { base: paths.base }),
  }
}

async function readSource(file: string): Promise<SourceFile> {
  try {
    const bytes = await readFile(file)
    // The config updater may store gzipped content under any name.
    return { file, text: (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString() }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EISDIR') return { file, finding: configErrors.NOT_A_FILE({}) }
    return { file, finding: configErrors.FILE_UNREADABLE({ why: (error as Error).message }) }
  }
}

async function readSupplemental(folders: readonly string[] = [], suffix: string): Promise<readonly SourceFile[]> {
  const files: SourceFile[] = []
  for (const folder of folders) {
    const missing = await missingFolder(folder)
    if (missing !== undefined) files.push(missing)
    for await (const file of walk(folder, (path) => path.endsWith(suffix))) files.push(await readSource(file))
  }
  return files
}

async function missingFolder(folder: string): Promise<SourceFile | undefined> {
  try {
    await stat(folder)
    return undefined
  } catch (error) {
    return { file: folder, finding: configErrors.FILE_UNREADABLE({ why: (error as Error).message }) }
  }
}

async function readVersion(file: string): Promise<string | undefined> {
  const read = await readSource(file)
  return read.text
}

// Enough to keep the disk busy while files are parsed, and few enough for any limit on open files.
const readAtOnce = 16

async function readJobs(root: string, onFile: (file: SourceFile) => void): Promise<readonly SourceFile[]> {
  const paths: string[] = []
  for await (const path of jobFiles(root)) paths.push(path)
  const names = new Map<string, string>()
  const read = (file: string): SourceFile | Promise<SourceFile> => {
    const name = file.slice(file.lastIndexOf('/') + 1)
    const other = names.get(name)
    names.set(name, other ?? file)
    return other === undefined ? readSource(file) : { file, finding: configErrors.DUPLICATE_FILE({ name, other }) }
  }
  const files: SourceFile[] = []
  for (let at = 0; at < paths.length; at += readAtOnce) {
    for (const file of await Promise.all(paths.slice(at, at + readAtOnce).map(read))) {
      files.push(file)
      onFile(file)
    }
  }
  return files
}

/** The job files of a path: itself, or all YAML files below it in lexical order. */
async function* jobFiles(root: string): AsyncGenerator<string> {
  let isFolder = false
  try {
    isFolder = (await stat(root)).isDirectory()
  } catch {
    // Reading it as a file tells why it cannot be read.
  }
  if (isFolder) yield* walk(root, (path) => /\.ya?ml$/.test(path), [])
  else yield root
}

interface Scope {
  readonly folder: string
  readonly ignore: Ignore
}

// Names that start with two dots are how ConfigMap mounts hide the folders that their links lead to.
// `above`: what .prowignore files say; undefined where they say nothing, as among supplemental files.
async function* walk(
  folder: string,
  counts: (path: string) => boolean,
  above?: readonly Scope[],
): AsyncGenerator<string> {
  const entries = await entriesOf(folder)
  const hasOwn = above !== undefined && entries.some(({ name }) => name === '.prowignore')
  const own = hasOwn ? await readSource(join(folder, '.prowignore')) : undefined
  const scopes = own?.text === undefined ? above : [...(above ?? []), { folder, ignore: parseIgnore(own.text) }]
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.name.startsWith('..') || isIgnored(path, entry.isDirectory(), scopes ?? [])) continue
    if (entry.isDirectory()) yield* walk(path, counts, scopes)
    else if (counts(path)) yield path
  }
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch {
    return []
  }
}

/** The nearest .prowignore that says something decides. */
function isIgnored(path: string, isFolder: boolean, scopes: readonly Scope[]): boolean {
  for (const { folder, ignore } of scopes.toReversed()) {
    const says = ignore.says(relative(folder, path), isFolder)
    if (says !== undefined) return says
  }
  return false
}
