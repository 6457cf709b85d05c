// OWNERS of one repository for tests: its files are given as texts.
import { pino } from 'pino'
import type { PluginConfig } from '../../config/types.ts'
import { fixedConfig } from '../../testing/config.ts'
import { type Owners, openOwners } from '../owners.ts'
import { memoryGit } from './memory-git.ts'

interface MemoryOwnersOptions {
  /** Default: main. */
  readonly branch?: string
  /** The section `owners` of plugins.yaml. Default: whoever the files name counts. */
  readonly settings?: PluginConfig['sections']['owners']
}

/** The files are those of one branch. Nobody is a collaborator. */
export function memoryOwners(
  files: Readonly<Record<string, string>>,
  { branch = 'main', settings = { skip_collaborators: ['org'] } }: MemoryOwnersOptions = {},
): Owners {
  const git = memoryGit()
  git.commit(files, branch)
  return openOwners({
    git,
    config: fixedConfig({ plugins: { sections: { owners: settings } } }),
    collaborators: async () => [],
    log: pino({ level: 'silent' }),
    signal: new AbortController().signal,
  })
}
