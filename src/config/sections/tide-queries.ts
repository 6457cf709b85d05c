// tide.queries: which changes Tide merges.

import { list, named, object } from '../collections.ts'
import { configErrors } from '../errors.ts'
import { flag, type Infer } from '../fields.ts'
import { entryApplies } from '../jobs/decoration.ts'
import type { Report } from '../report.ts'
import type { Path } from '../yaml.ts'
import { maybeText, maybeTexts } from './shorthands.ts'

const tideQuery = named(
  'TideQuery',
  object({
    author: maybeText('Login.'),
    labels: maybeTexts('Labels it must have; a,b is any of both.'),
    missingLabels: maybeTexts('Labels it must not have.'),
    excludedBranches: maybeTexts('Names of branches.'),
    includedBranches: maybeTexts('Names of branches.'),
    milestone: maybeText('Milestone.'),
    reviewApprovedRequired: flag({ about: 'GitHub must count it as approved.' }),
    orgs: maybeTexts('Orgs, with all their repositories.'),
    repos: maybeTexts('org/repo.'),
    excludedRepos: maybeTexts('org/repo of the orgs.'),
  }),
)

export const tideQueries = list(tideQuery, { about: 'Which changes are merged; each one must match any of these.' })
export type TideQuery = Infer<typeof tideQuery>

/** Reports the first thing that is wrong with a query. */
export function checkQuery(query: TideQuery, path: Path, report: Report): void {
  const wrong = wrongWith(query)
  if (wrong !== undefined) report.error([...path, ...wrong.at], configErrors.TIDE_QUERY({ why: wrong.why }))
}

type Wrong = { readonly at: Path; readonly why: string } | undefined
type ListName =
  | 'orgs'
  | 'repos'
  | 'excludedRepos'
  | 'labels'
  | 'missingLabels'
  | 'includedBranches'
  | 'excludedBranches'

function wrongWith(query: TideQuery): Wrong {
  const { orgs = [], repos = [], missingLabels = [] } = query
  const { includedBranches = [], excludedBranches = [] } = query
  const first = (name: ListName, rule: (value: string, index: number) => string | false | undefined): Wrong => {
    for (const [index, value] of (query[name] ?? []).entries()) {
      const why = rule(value, index)
      if (why) return { at: [name, index], why }
    }
    return undefined
  }
  const twice = (name: ListName): Wrong =>
    first(name, (value, index) => (query[name] ?? []).indexOf(value) < index && `${value} stands here twice`)
  const isRepo = (value: string) => /^[^/]+\/[^/]+$/.test(value)
  const orgOf = (value: string) => value.split('/')[0] ?? ''
  return (
    first('orgs', (org) => (org === '' || org.includes('/')) && `${JSON.stringify(org)} is not the name of an org`) ??
    twice('orgs') ??
    first('repos', (repo) => {
      if (!isRepo(repo)) return `${JSON.stringify(repo)} is not of the form org/repo`
      return orgs.includes(orgOf(repo)) && `${repo} is covered already by the org ${orgOf(repo)}`
    }) ??
    twice('repos') ??
    (orgs.length + repos.length === 0 ? { at: [], why: 'a query needs orgs or repos' } : undefined) ??
    first('excludedRepos', (repo) => {
      if (!isRepo(repo)) return `${JSON.stringify(repo)} is not of the form org/repo`
      return !orgs.includes(orgOf(repo)) && `${repo} is excluded, but the org ${orgOf(repo)} is not among the orgs`
    }) ??
    twice('excludedRepos') ??
    first('labels', (label) => missingLabels.includes(label) && `the label ${label} is both required and forbidden`) ??
    twice('labels') ??
    twice('missingLabels') ??
    (includedBranches.length > 0 && excludedBranches.length > 0
      ? { at: ['excludedBranches'], why: 'only one of includedBranches and excludedBranches may be set' }
      : undefined) ??
    twice('includedBranches') ??
    twice('excludedBranches')
  )
}

type Entries = readonly {
  readonly repo?: string
  readonly cluster?: string
  readonly config: { readonly tenant_id?: string }
}[]

/**
 * Queries with equal criteria and equal tenants become one. Lists of criteria are sorted, and the queries by their JSON
 * text, so that their order does not follow the files.
 */
export function withoutDuplicates(queries: readonly TideQuery[], entries: Entries): TideQuery[] {
  const groups = Map.groupBy(queries.map(sorted), (query) => JSON.stringify([criteria(query), tenants(query, entries)]))
  return [...groups.values()]
    .map((same) => same.reduce(united))
    .map(canonical)
    .map((query) => ({ query, text: Buffer.from(JSON.stringify(withoutEmpty(query))) }))
    .sort((a, b) => Buffer.compare(a.text, b.text))
    .map(({ query }) => query)
}

const lists = ['labels', 'missingLabels', 'includedBranches', 'excludedBranches'] as const

const sorted = (query: TideQuery): TideQuery => ({
  ...query,
  ...Object.fromEntries(lists.flatMap((name) => (query[name] ? [[name, query[name].toSorted()]] : []))),
})

const criteria = ({ orgs: _, repos: __, excludedRepos: ___, ...rest }: TideQuery) => withoutEmpty(canonical(rest))

function tenants({ orgs = [], repos = [] }: TideQuery, entries: Entries): readonly string[] {
  const tenantOf = (repo: string) =>
    entries.findLast(({ config, ...entry }) => config.tenant_id && entryApplies(entry, { repo, cluster: '*' }))?.config
      .tenant_id ?? 'GlobalDefaultID'
  return [...new Set([...orgs, ...repos].map(tenantOf))].sort()
}

const united = (a: TideQuery, b: TideQuery): TideQuery => {
  const both = (name: 'orgs' | 'repos' | 'excludedRepos') =>
    a[name] || b[name] ? { [name]: [...(a[name] ?? []), ...(b[name] ?? [])] } : {}
  return { ...a, ...both('orgs'), ...both('repos'), ...both('excludedRepos') }
}

/** The order of fields that upstream writes JSON in. */
function canonical(query: TideQuery): TideQuery {
  const order = ['author', 'labels', 'missingLabels', 'excludedBranches', 'includedBranches', 'milestone']
  const rank = [...order, 'reviewApprovedRequired', 'orgs', 'repos', 'excludedRepos']
  const entries = Object.entries(query).sort(([a], [b]) => rank.indexOf(a) - rank.indexOf(b))
  return Object.fromEntries(entries) as TideQuery
}

const withoutEmpty = (query: object) =>
  Object.fromEntries(
    Object.entries(query).filter(([, value]) => value && !(Array.isArray(value) && value.length === 0)),
  )
