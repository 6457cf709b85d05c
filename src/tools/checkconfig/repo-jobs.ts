// What checkconfig says about the jobs that a repository brings itself.
import { join } from 'node:path'
import { evaluateInRepo } from '../../config/in-repo/evaluate.ts'
import type { RepoFile } from '../../config/in-repo/files.ts'
import { centralPart } from '../../config/in-repo/finish.ts'
import type { ConfigProblem, Snapshot } from '../../config/types.ts'
import { isUnquoted } from '../../config/unquoted.ts'
import { isUnknownField } from './checks.ts'
import type { Remark } from './outcome.ts'
import { refusedByGerrit } from './section-checks.ts'

export interface RepoJobs {
  /** `org/repo`, or Gerrit's `https://host/path`. */
  readonly repo: string
  /** Where the files are; goes before their paths. */
  readonly folder: string
  readonly files: readonly RepoFile[]
}

/** Checks the files as they would be read, even where the repository is not enabled. `strict`: an unknown field is an error. */
export function checkRepoJobs(
  { repo, folder, files }: RepoJobs,
  { config }: Snapshot,
  strict: boolean,
): readonly Remark[] {
  const { presubmits, problems, warnings } = evaluateInRepo({ files, repo, central: centralPart(config, repo) })
  const error = (problem: ConfigProblem): Remark => ({
    ...problem,
    severity: 'error',
    message: `failed to validate Prow YAML: ${problem.message}`,
  })
  const refused = refusedByGerrit(presubmits, config).map(({ place, ...found }) =>
    error({ ...found, code: 'gerrit-trigger', ...(place && { place }) }),
  )
  const remarks = [
    ...problems.map(error),
    ...refused,
    ...warnings.map((each): Remark => {
      if (strict && isUnknownField(each.code)) return error(each)
      return { ...each, severity: isUnquoted(each) ? 'warning' : 'note' }
    }),
  ]
  return remarks.map((remark) => ({
    ...remark,
    ...(remark.place && { place: { ...remark.place, file: join(folder, remark.place.file) } }),
  }))
}
