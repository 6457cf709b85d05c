// Flags of tools that read a configuration once, and how they call its files.
import { isAbsolute, relative } from 'node:path'
import type { ConfigPaths } from '../config/files.ts'
import { loadConfig } from '../config/load.ts'
import type { Snapshot } from '../config/types.ts'
import { systemClock } from '../system/clock.ts'
import type { Machine } from '../system/process.ts'
import { flag, UsageError, type Values } from './flags.ts'
import { configFlags, furtherFiles, pluginFlags } from './groups.ts'

/** Which configuration. Without --plugin-config plugins.yaml is left out. */
export const readingFlags = { ...configFlags, ...pluginFlags, 'plugin-config': flag.path({ about: 'plugins.yaml.' }) }

/** Where the configuration lies that the flags name. @throws UsageError without --config-path. */
export function readingPaths(flags: Values<typeof readingFlags>): ConfigPaths {
  if (!flags['config-path']) throw new UsageError('--config-path is needed')
  return { configPath: flags['config-path'], ...furtherFiles(flags) }
}

/** The configuration that the flags name, read once. @throws UsageError, or ConfigError with all problems. */
export const readSnapshot = (flags: Values<typeof readingFlags>): Promise<Snapshot> =>
  loadConfig({ ...readingPaths(flags), now: systemClock.now() })

/** How text for people looks on this machine: coloured on a terminal, unless NO_COLOR is set. */
export const looksOn = ({ stdout, env, cwd }: Machine) => ({
  color: stdout.isTTY === true && !env.NO_COLOR,
  shown: shownFrom(cwd),
})

/** Calls files below a folder by their path from there, and others by the path they have. */
export const shownFrom =
  (folder: string) =>
  (file: string): string => {
    if (!isAbsolute(file)) return file
    const path = relative(folder, file)
    return path.startsWith('..') ? file : path
  }
