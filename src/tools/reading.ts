// Reads a configuration for tools: as the components do, but keeping texts and places, and with problems as a value.
import { ConfigError } from '../config/errors.ts'
import { type ConfigPaths, filesOf, readSources, type SourceFile, type Sources } from '../config/files.ts'
import { buildSnapshot } from '../config/load.ts'
import { type ParsedFiles, parsedFiles } from '../config/parsed-files.ts'
import type { ConfigProblem, Snapshot, SourcePlace } from '../config/types.ts'
import { type Path, YamlError, type YamlFile } from '../config/yaml.ts'

/** A configuration that was read, whether it can be used or not. */
export interface Reading {
  /** Undefined when there are problems. */
  readonly snapshot?: Snapshot
  /** What is wrong with it. */
  readonly problems: readonly ConfigProblem[]
  /** Text of each file that was read. Key: its path, as in places. */
  readonly texts: ReadonlyMap<string, string>
  /** What the files hold, as far as they are YAML. */
  readonly files: {
    readonly main?: YamlFile
    readonly plugins?: YamlFile
    readonly jobs: readonly YamlFile[]
    readonly supplemental?: readonly YamlFile[]
    readonly supplementalPlugins?: readonly YamlFile[]
  }
  /** Place of a value in the main file or in plugins.yaml, or of the nearest value around it. */
  place(file: 'main' | 'plugins', path: Path): SourcePlace | undefined
}

/** Reads all files. `now`: milliseconds since the epoch. */
export async function readConfiguration(paths: ConfigPaths, now: number): Promise<Reading> {
  return readingOf(readSources(paths), now, parsedFiles())
}

/** The reading of files whose texts are there already. */
export function readingOf(sources: Sources, now: number, parsed: ParsedFiles = parsedFiles()): Reading {
  const opened = (source: SourceFile | undefined): readonly YamlFile[] => {
    const file = source && parsed(source)
    return file === undefined || file instanceof YamlError ? [] : [file]
  }
  const [main] = opened(sources.main)
  const [plugins] = opened(sources.plugins)
  const files = {
    ...(main && { main }),
    ...(plugins && { plugins }),
    jobs: sources.jobs.flatMap(opened),
    supplemental: (sources.supplemental ?? []).flatMap(opened),
    supplementalPlugins: (sources.supplementalPlugins ?? []).flatMap(opened),
  }
  const read = {
    files,
    texts: new Map(filesOf(sources).flatMap(({ file, text }) => (text === undefined ? [] : [[file, text]]))),
    place: (file: 'main' | 'plugins', path: Path) => files[file]?.place(path),
  }
  try {
    return { ...read, problems: [], snapshot: buildSnapshot(sources, now, parsed) }
  } catch (error) {
    if (error instanceof ConfigError) return { ...read, problems: error.problems }
    throw error
  }
}
