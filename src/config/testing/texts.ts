// Loads configuration from texts, for tests of what it says rather than of where it lies.
import { ConfigError } from '../errors.ts'
import type { SourceFile } from '../files.ts'
import { buildSnapshot } from '../load.ts'
import type { ConfigProblem, Snapshot } from '../types.ts'

/** Texts of files; supplemental ones are called shard0.yaml and so on. */
export interface Texts {
  readonly config?: string
  readonly shards?: readonly string[]
  readonly jobs?: string
  readonly plugins?: string
  readonly pluginShards?: readonly string[]
  /** Milliseconds since the epoch. */
  readonly now?: number
}

const files = (texts: readonly string[] = []): SourceFile[] =>
  texts.map((text, index) => ({ file: `shard${index}.yaml`, text }))

/** @throws ConfigError */
export const loadTexts = ({ config = '', shards, jobs, plugins, pluginShards, now = 0 }: Texts): Snapshot =>
  buildSnapshot(
    {
      main: { file: 'config.yaml', text: config },
      supplemental: files(shards),
      jobs: jobs === undefined ? [] : [{ file: 'jobs.yaml', text: jobs }],
      ...(plugins !== undefined && { plugins: { file: 'plugins.yaml', text: plugins } }),
      supplementalPlugins: files(pluginShards),
    },
    now,
  )

const shown = ({ code, field }: ConfigProblem) => `${code.replace('CONFIG_', '')} ${field}`

/** What is wrong: code and field of each problem. */
export function errorsIn(texts: Texts): string[] {
  try {
    loadTexts(texts)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(shown)
    throw error
  }
}

/** What is warned of: code and field of each warning. */
export const warningsIn = (texts: Texts): string[] => loadTexts(texts).warnings.map(shown)
