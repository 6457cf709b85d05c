// tide.merge_method: how Tide merges, in any of three forms of nesting.
import { configErrors } from '../errors.ts'
import { asMap, checkPattern, type Field, text, typeName } from '../fields.ts'
import type { Report } from '../report.ts'
import { nullable } from '../schema-parts.ts'
import type { Path } from '../yaml.ts'

/** Method of a repository, or by RE2 pattern of its branches. */
type RepoMethod = string | Readonly<Record<string, string>>
/** Key: org, org/repo or org/repo@branch; the value of an org may also be a map from its repositories. */
export type MergeMethods = Readonly<Record<string, string | Readonly<Record<string, RepoMethod>>>>

const methods = ['merge', 'squash', 'rebase']
const method = { enum: [...methods, '', null] }

export const mergeMethod: Field<MergeMethods, false> = {
  type: 'map of merge methods',
  about:
    'merge (default), squash or rebase, by org, org/repo or org/repo@branch; or nested: org, repo, RE2 of branches.',
  optional: false,
  absent: () => ({}),
  isZero: (value) => value === null || value === undefined,
  schema: () => {
    const byBranch = { ...nullable('object'), additionalProperties: { enum: methods } }
    const byRepo = { ...nullable('object'), additionalProperties: { anyOf: [method, byBranch] } }
    return { ...nullable('object'), additionalProperties: { anyOf: [method, byRepo] } }
  },
  read: (value, path, report) =>
    entries(value, path, report, (org, orgPath) =>
      asMap(org) === undefined
        ? oneOf(org, orgPath, report)
        : entries(org, orgPath, report, (repo, repoPath) =>
            asMap(repo) === undefined
              ? oneOf(repo, repoPath, report)
              : entries(repo, repoPath, report, (branch, branchPath) => {
                  checkPattern(String(branchPath.at(-1)), branchPath, report)
                  return oneOf(branch, branchPath, report, 'needed')
                }),
          ),
    ),
}

function entries<T>(value: unknown, path: Path, report: Report, read: (value: unknown, path: Path) => T) {
  const map = asMap(value)
  if (map === undefined) report.error(path, configErrors.TYPE({ wants: 'a map', got: typeName(value) }))
  return Object.fromEntries(Object.entries(map ?? {}).map(([key, each]) => [key, read(each, [...path, key])]))
}

function oneOf(value: unknown, path: Path, report: Report, needed?: 'needed'): string {
  if (!needed && (value === null || value === undefined)) return ''
  const given = text({ about: '' }).read(value ?? '', path, report)
  const isGood = methods.includes(given) || (given === '' && !needed)
  if (!isGood) report.error(path, configErrors.CHOICE({ value: given, choices: methods }))
  return given
}
