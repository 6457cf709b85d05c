// Which files of a change are about owners.
import { basename } from 'node:path/posix'
import type { ChangedFile } from '../../api/code-host.ts'
import type { Filenames } from '../../owners/settings.ts'

/** An OWNERS file that is there afterwards, or the file of aliases, also when it is removed. */
export const isAboutOwners = (
  { filename, status }: Pick<ChangedFile, 'filename' | 'status'>,
  { owners, owners_aliases: aliases }: Filenames,
): boolean => (basename(filename) === owners && status !== 'removed') || filename === aliases
