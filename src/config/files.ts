// Finds and reads the files of a configuration. What cannot be read is a finding, not a failure.
import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { DecorationConfig } from '../api/prowjob.ts'
import { configErrors } from './errors.ts'
import { type Ignore, parseIgnore } from './prowignore.ts'
import { fileReader, type ReadFile, type SourceFile, unreadable } from './read-file.ts'

export type { SourceFile }

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
  /** Where files come and go: the folders of all trees, and those that links in them lead to. */
  readonly folders?: readonly string[]
}

/** All files, in their order. */
export const filesOf = ({
  main,
  supplemental = [],
  jobs,
  plugins,
  supplementalPlugins = [],
}: Sources): SourceFile[] => [main, ...supplemental, ...jobs, ...(plugins ? [plugins] : []), ...supplementalPlugins]

/** Where a reading is made. */
interface Reading {
  readonly read: ReadFile
  /** What is to be watched, collected on the way. */
  readonly folders: Set<string>
}

/** Reads everything. It waits for the disk: what has more to do meanwhile calls it in a thread of its own. */
export function readSources(paths: ConfigPaths, read: ReadFile = fileReader().read): Sources {
  const { supplementalConfigSuffix = '_prowconfig.yaml', supplementalPluginSuffix = '_pluginconfig.yaml' } = paths
  const reading: Reading = { read, folders: new Set() }
  const version = read(join(dirname(paths.configPath), 'VERSION')).text
  const jobs = paths.jobConfigPath === undefined ? [] : readJobs(paths.jobConfigPath, reading)
  const supplemental = readSupplemental(paths.supplementalConfigDirs, supplementalConfigSuffix, reading)
  const pluginDirs = supplementalPluginSuffix === '' ? [] : paths.supplementalPluginDirs
  const supplementalPlugins = readSupplemental(pluginDirs, supplementalPluginSuffix, reading)
  return {
    main: read(paths.configPath),
    ...(supplemental.length > 0 && { supplemental }),
    ...(supplementalPlugins.length > 0 && { supplementalPlugins }),
    ...(version !== undefined && { version }),
    jobs,
    ...(paths.pluginConfigPath !== undefined && { plugins: read(paths.pluginConfigPath) }),
    ...(paths.base !== undefined && { base: paths.base }),
    folders: [...reading.folders],
  }
}

const readSupplemental = (roots: readonly string[] = [], suffix: string, reading: Reading): readonly SourceFile[] =>
  roots.flatMap((root) => [
    ...missingFolder(root),
    ...Array.from(
      walk(root, (path) => path.endsWith(suffix), reading),
      reading.read,
    ),
  ])

function missingFolder(folder: string): readonly SourceFile[] {
  try {
    statSync(folder)
    return []
  } catch (error) {
    return [{ file: folder, finding: unreadable(error) }]
  }
}

function readJobs(root: string, reading: Reading): readonly SourceFile[] {
  const names = new Map<string, string>()
  return Array.from(jobFiles(root, reading), (file) => {
    const name = file.slice(file.lastIndexOf('/') + 1)
    const other = names.get(name)
    names.set(name, other ?? file)
    return other === undefined ? reading.read(file) : { file, finding: configErrors.DUPLICATE_FILE({ name, other }) }
  })
}

/** The job files of a path: itself, or all YAML files below it in lexical order. */
function jobFiles(root: string, reading: Reading): Iterable<string> {
  let isFolder = false
  try {
    isFolder = statSync(root).isDirectory()
  } catch {
    // Reading it as a file tells why it cannot be read.
  }
  return isFolder ? walk(root, (path) => /\.ya?ml$/.test(path), reading, []) : [root]
}

interface Scope {
  readonly folder: string
  readonly ignore: Ignore
}

// Names that start with two dots are how ConfigMap mounts hide the folders that their links lead to.
// `above`: what .prowignore files say; undefined where they say nothing, as among supplemental files.
function* walk(
  folder: string,
  counts: (path: string) => boolean,
  reading: Reading,
  above?: readonly Scope[],
): Generator<string> {
  reading.folders.add(folder)
  const entries = entriesOf(folder)
  const hasOwn = above !== undefined && entries.some(({ name }) => name === '.prowignore')
  const own = hasOwn ? reading.read(join(folder, '.prowignore')).text : undefined
  const scopes = own === undefined ? above : [...(above ?? []), { folder, ignore: parseIgnore(own) }]
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.name.startsWith('..') || isIgnored(path, entry.isDirectory(), scopes ?? [])) continue
    if (entry.isDirectory()) yield* walk(path, counts, reading, scopes)
    else if (counts(path)) {
      if (entry.isSymbolicLink()) addTarget(path, reading.folders)
      yield path
    }
  }
}

function addTarget(link: string, folders: Set<string>): void {
  try {
    folders.add(dirname(realpathSync(link)))
  } catch {
    // Reading it tells why it leads nowhere.
  }
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
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
