// Checks of Tide's queries: alone, with the plugins that set the labels, and with branch protection.
import type { BranchProtection } from '../../config/sections/branch-protection.ts'
import type { Checking, Found } from './check.ts'
import { difference, holds, intersection, type RepoSet, setText, unionOf, whereEnabled } from './repo-sets.ts'

type Query = Checking['config']['tide']['queries'][number]

const covered = (queries: readonly Query[]): RepoSet =>
  unionOf(queries.map(({ orgs = [], repos = [], excludedRepos: excluded = [] }) => ({ orgs, repos, excluded })))

interface Pair {
  readonly label: string
  readonly plugin: string
  readonly list: 'labels' | 'missingLabels'
  /** Tide may go without the label where the plugin is enabled. */
  readonly oneWay?: true
}
const required = (label: string, plugin: string): Pair => ({ label, plugin, list: 'labels' })
const forbidden = (label: string, plugin: string): Pair => ({ label, plugin, list: 'missingLabels' })

const lenient: readonly Pair[] = [required('lgtm', 'lgtm'), required('approved', 'approve')]
const all: readonly Pair[] = [
  ...lenient,
  forbidden('do-not-merge/hold', 'hold'),
  forbidden('do-not-merge/work-in-progress', 'wip'),
  forbidden('bugzilla/invalid-bug', 'bugzilla'),
  forbidden('do-not-merge/invalid-owners-file', 'verify-owners'),
  forbidden('do-not-merge/release-note-label-needed', 'release-note'),
  forbidden('do-not-merge/cherry-pick-not-approved', 'cherry-pick-unapproved'),
  forbidden('do-not-merge/blocked-paths', 'blockade'),
  { ...forbidden('needs-rebase', 'needs-rebase'), oneWay: true },
]

const mismatches =
  (pairs: readonly Pair[]) =>
  (checking: Checking): readonly Found[] => {
    const { queries } = checking.config.tide
    const place = checking.place('main', ['tide', 'queries'])
    return pairs.flatMap(({ label, plugin, list, oneWay }) => {
      const honoured = covered(queries.filter((query) => query[list]?.includes(label)))
      const enabled = whereEnabled(checking.plugins, plugin)
      const verb = list === 'labels' ? 'requires' : 'forbids'
      const withoutPlugin = setText(difference(honoured, enabled))
      const withoutLabel = oneWay ? undefined : setText(difference(intersection(enabled, covered(queries)), honoured))
      return [
        ...(withoutPlugin === undefined
          ? []
          : [`Tide ${verb} the label ${label}, but the plugin ${plugin} is not enabled for ${withoutPlugin}`]),
        ...(withoutLabel === undefined
          ? []
          : [`the plugin ${plugin} is enabled, but no query ${verb} the label ${label} for ${withoutLabel}`]),
      ].map((message) => ({ place, field: 'tide.queries', message }))
    })
  }

/** Labels that Tide looks at and nobody sets, and labels that are set and Tide does not look at. */
export const mismatchedTide = mismatches(all)

/** The same for approvals only. */
export const mismatchedTideLenient = mismatches(lenient)

/** `needs-ok-to-test` says that nobody trusted has looked; whoever gives lgtm has. */
export const needsOkToTest = ({ config, place }: Checking): readonly Found[] =>
  config.tide.queries.some(
    ({ labels = [], missingLabels = [] }) => labels.includes('lgtm') && missingLabels.includes('needs-ok-to-test'),
  )
    ? [
        {
          place: place('main', ['tide', 'queries']),
          field: 'tide.queries',
          message: 'a query requires lgtm and forbids needs-ok-to-test, which keeps back what somebody has approved',
        },
      ]
    : []

interface Level {
  readonly protect?: boolean
  readonly required_status_checks?: { readonly strict?: boolean }
}

/** Protection that holds: what a level does not say, the one above says. */
const inherit = (above: Level, own: Level): Level => ({
  protect: own.protect ?? above.protect ?? false,
  required_status_checks: {
    strict: own.required_status_checks?.strict ?? above.required_status_checks?.strict ?? false,
  },
})
const isStrict = ({ protect, required_status_checks: checks }: Level): boolean =>
  protect === true && checks?.strict === true

/** Branches that must be up to date before they merge: Tide would test each change again after every merge. */
export const tideStrictBranch = ({ config, place }: Checking): readonly Found[] => {
  const { queries } = config.tide
  const strict = queries.length === 0 ? [] : strictPlaces(config['branch-protection'], covered(queries))
  return strict.map(({ path, what }) => ({
    place: place('main', ['branch-protection', ...path]),
    field: ['branch-protection', ...path, 'required_status_checks', 'strict'].join('.'),
    message: `${what} must be up to date before merging, which Tide ensures by itself, and merges slowly with`,
  }))
}

interface Strict {
  readonly path: readonly string[]
  readonly what: string
}

function strictPlaces(global: BranchProtection, tide: RepoSet): readonly Strict[] {
  if (isStrict(global)) return [{ path: [], what: 'every branch' }]
  return Object.entries(global.orgs ?? {}).flatMap(([org, ofOrg]): readonly Strict[] => {
    const here = inherit(global, ofOrg)
    const isCovered = tide.orgs.has(org) || [...tide.repos].some((repo) => repo.startsWith(`${org}/`))
    if (isStrict(here)) return isCovered ? [{ path: ['orgs', org], what: `every branch of ${org}` }] : []
    return Object.entries(ofOrg.repos ?? {}).flatMap(([repo, ofRepo]) => {
      const there = inherit(here, ofRepo)
      const strict =
        isStrict(there) || Object.values(ofRepo.branches ?? {}).some((each) => isStrict(inherit(there, each)))
      const name = `${org}/${repo}`
      return strict && holds(tide, name) ? [{ path: ['orgs', org, 'repos', repo], what: `a branch of ${name}` }] : []
    })
  })
}
