// Loads a configuration: read → parse → merge → default → validate → one frozen snapshot, or everything that is wrong.
import { ConfigError } from './errors.ts'
import { type ConfigPaths, readSources, type Sources } from './files.ts'
import { deepFreeze } from './freeze.ts'
import { type ParsedFiles, parsedFiles } from './parsed-files.ts'
import { configBuilder } from './reload/build.ts'
import type { Snapshot } from './types.ts'

/** Loads once, in this thread. `now`: milliseconds since the epoch. Throws ConfigError with all problems. */
export async function loadConfig(options: ConfigPaths & { readonly now: number }): Promise<Snapshot> {
  return buildSnapshot(readSources(options), options.now)
}

/** Makes a snapshot of files that have been read. Throws ConfigError with all problems. */
export function buildSnapshot(sources: Sources, loadedAt: number, parsed: ParsedFiles = parsedFiles()): Snapshot {
  const { snapshot, problems } = configBuilder(parsed)(sources, loadedAt)
  if (snapshot === undefined) throw new ConfigError(problems)
  return deepFreeze(snapshot)
}
