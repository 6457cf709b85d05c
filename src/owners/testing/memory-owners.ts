// OWNERS of one repository for tests: its files are given as texts.
import { pino } from 'pino'
import { fixedConfig } from '../../testing/config.ts'
import { type Owners, openOwners } from '../owners.ts'
import { memoryGit } from './memory-git.ts'

/** The files are those of `main`; whoever they name counts. */
export function memoryOwners(files: Readonly<Record<string, string>>): Owners {
  const git = memoryGit()
  git.commit(files)
  return openOwners({
    git,
    config: fixedConfig({ plugins: { sections: { owners: { skip_collaborators: ['org'] } } } }),
    collaborators: async () => [],
    log: pino({ level: 'silent' }),
    signal: new AbortController().signal,
  })
}
