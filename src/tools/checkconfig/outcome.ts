// From a configuration that was read to what checkconfig says about it.
import type { Config, ConfigProblem } from '../../config/types.ts'
import { isUnquoted } from '../../config/unquoted.ts'
import type { Reading } from '../reading.ts'
import type { Checking, Found } from './check.ts'
import { checks, isUnknownField } from './checks.ts'
import { pluginNames } from './plugin-names.ts'
import { gerritCommands } from './section-checks.ts'

/** A problem and how much it matters: an error stops the components, a note is only for the reader. */
export interface Remark extends ConfigProblem {
  readonly severity: 'error' | 'warning' | 'note'
}

/** What checkconfig has to say. */
export interface Outcome {
  readonly remarks: readonly Remark[]
  /** Undefined when the configuration cannot be loaded. */
  readonly jobs?: JobCounts
}

/** How many jobs there are of each type, and in how many repositories. */
export interface JobCounts {
  readonly presubmits: number
  readonly postsubmits: number
  readonly periodics: number
  readonly repos: number
}

/** Runs the checks of these names. */
export function checkReading(
  reading: Reading,
  names: readonly string[],
  {
    requiredAnnotations,
    hasPlugins,
    ownPlugins = [],
    shardRoots,
    clusters,
  }: {
    requiredAnnotations: readonly string[]
    hasPlugins: boolean
    /** Names of plugins that the installation brings along. */
    ownPlugins?: readonly string[]
    /** The build clusters that there are, as far as that is known. */
    clusters?: ReadonlySet<string>
    /** Folders below which the supplemental files lie. */
    shardRoots?: { readonly main: readonly string[]; readonly plugins: readonly string[] }
  },
): Outcome {
  const { snapshot, problems, place, files } = reading
  const shards = {
    main: { roots: shardRoots?.main ?? [], files: files.supplemental ?? [] },
    plugins: { roots: shardRoots?.plugins ?? [], files: files.supplementalPlugins ?? [] },
  }
  const errors = problems.map((problem): Remark => ({ ...problem, severity: 'error' }))
  if (snapshot === undefined) return { remarks: errors }
  const checking: Checking = { ...snapshot, place, requiredAnnotations, shards, ...(clusters && { clusters }) }
  const { unknown = [], retired = [] } = pluginNames(checking, ownPlugins)
  const found = names.flatMap((name) => {
    const check = checks[name]
    if (check === undefined || (check.needsPlugins && !hasPlugins)) return []
    return check.find(checking).map((each) => remarkOf('warning', name, each))
  })
  const covered = new Set(found.map(sameText))
  return {
    remarks: [
      ...errors,
      ...unknown.map((each) => remarkOf('error', 'unknown-plugin', each)),
      ...gerritCommands(checking).map((each) => remarkOf('error', 'gerrit-trigger', each)),
      ...distinct(found),
      ...snapshot.warnings
        .map((problem): Remark => ({ ...problem, severity: isUnquoted(problem) ? 'warning' : 'note' }))
        .filter((problem) => !covered.has(sameText(problem)) && !isExcluded(problem, names)),
      // Upstream has these, so --strict must not fail on them.
      ...retired.map((each) => remarkOf('note', 'retired-plugin', each)),
    ],
    jobs: countJobs(snapshot.config),
  }
}

/** What a check has found, under its name. */
export function remarkOf(severity: Remark['severity'], code: string, { place, ...found }: Found): Remark {
  return { severity, code, ...found, ...(place && { place }) }
}

const sameText = ({ place, field, message }: ConfigProblem): string =>
  [place?.file, place?.line, place?.column, field, message].join('\0')

/** Two checks may find the same field: the first says it. */
function distinct(remarks: readonly Remark[]): readonly Remark[] {
  return [...new Map(remarks.toReversed().map((each) => [sameText(each), each])).values()].toReversed()
}

// Who has asked for other checks only, does not want to hear of fields.
const isExcluded = ({ code }: ConfigProblem, names: readonly string[]): boolean =>
  isUnknownField(code) && !names.some((name) => name.startsWith('unknown-fields'))

function countJobs({ presubmits, postsubmits, periodics }: Config): JobCounts {
  const sum = (map: Readonly<Record<string, readonly unknown[]>>) =>
    Object.values(map).reduce((count, jobs) => count + jobs.length, 0)
  return {
    presubmits: sum(presubmits),
    postsubmits: sum(postsubmits),
    periodics: periodics.length,
    repos: new Set([...Object.keys(presubmits), ...Object.keys(postsubmits)]).size,
  }
}
