// Search for issues and pull requests, by GitHub's qualifiers. Serves REST and GraphQL.
import { latestReviews, reviewDecision } from './actions/mergeability.ts'
import { permissionOf } from './actions/permissions.ts'
import { type Core, fullName, isPull, repoNow, sameLogin } from './core.ts'
import { invalid } from './errors.ts'
import { combinedState, newestStatuses } from './shapes/commits.ts'
import type { Account, Issue, Repo } from './state/records.ts'
import { issueKey } from './state/state.ts'

export interface Found {
  readonly repo: Repo
  readonly issue: Issue
}

interface Term {
  readonly negated: boolean
  /** Empty for plain words. */
  readonly name: string
  /** Alternatives, as in `label:"a","b"`. */
  readonly values: readonly string[]
}

// A term is -name:"quoted","list" or name:value or a word, quoted or not.
const termPattern = /(-?)(?:([\w-]+):((?:"[^"]*"|[^\s",]+)(?:,(?:"[^"]*"|[^\s",]+))*)|"([^"]*)"|(\S+))/g

/** Cuts a query into its terms. */
export function parseQuery(text: string): Term[] {
  return [...text.matchAll(termPattern)].map(([, minus, name, list, quoted, word]) => ({
    negated: minus === '-',
    name: name?.toLowerCase() ?? '',
    values:
      list === undefined
        ? [quoted ?? word ?? '']
        : (list.match(/"[^"]*"|[^,]+/g) ?? []).map((v) => v.replace(/^"|"$/g, '')),
  }))
}

/** All that match and that the viewer may see, best match first (that is: newest first, unless sorted otherwise). */
export function searchIssues(
  core: Core,
  text: string,
  viewer: Account | null,
  sort = 'created',
  order = 'desc',
): Found[] {
  const terms = parseQuery(text)
  // Where several qualifiers of these names stand, any of them suffices; all others must hold together.
  const either = ['repo', 'org', 'user', 'author']
  const alternatives = terms.filter((term) => !term.negated && either.includes(term.name))
  const scopes = alternatives.filter((term) => term.name !== 'author')
  const authors = alternatives.filter((term) => term.name === 'author')
  const rest = terms.filter((term) => !alternatives.includes(term))
  const sorted = sortOf(terms, sort, order)
  const found: Found[] = []
  for (const repo of core.state.repos.all()) {
    if (!permissionOf(core.state, repo, viewer)) continue
    for (const issue of core.state.issues.of(repo.id)) {
      const hit = { repo, issue }
      const any = (list: readonly Term[]): boolean => list.length === 0 || list.some((term) => holds(core, term, hit))
      if (any(scopes) && any(authors) && rest.every((term) => holds(core, term, hit) !== term.negated)) found.push(hit)
    }
  }
  const sign = sorted.order === 'asc' ? 1 : -1
  const at = ({ issue }: Found): string => (sorted.by === 'updated' ? issue.updated_at : issue.created_at)
  return found.sort((a, b) => sign * (at(a).localeCompare(at(b)) || a.issue.id - b.issue.id))
}

/** People whose login, name or address contains every word. */
export function searchPeople(core: Core, text: string): Account[] {
  const words = parseQuery(text).filter(({ name }) => name === '')
  return [...core.state.accounts.all()].filter(({ type, login, name, email }) => {
    const shown = `${login} ${name ?? ''} ${email ?? ''}`.toLowerCase()
    return type === 'User' && words.every(({ values }) => values.every((word) => shown.includes(word.toLowerCase())))
  })
}

function sortOf(terms: readonly Term[], sort: string, order: string): { by: string; order: string } {
  const [by = sort, direction = order] = terms.find((term) => term.name === 'sort')?.values[0]?.split('-') ?? []
  return { by, order: direction }
}

function holds(core: Core, term: Term, hit: Found): boolean {
  // A commit finds the pull requests whose head it is.
  if (term.name === '') return term.values.every((word) => mentions(hit.issue, word) || isHead(hit.issue, word))
  const test = Object.hasOwn(tests, term.name) ? tests[term.name] : undefined
  if (!test)
    throw invalid({
      resource: 'Search',
      field: 'q',
      code: 'invalid',
      message: `the simulator does not know the qualifier ${term.name}:`,
    })
  return term.values.some((value) => test(core, hit, value))
}

const isHead = ({ pull }: Issue, word: string): boolean =>
  /^[0-9a-f]{7,40}$/.test(word) && pull?.head.sha.startsWith(word) === true

const mentions = (issue: Issue, word: string): boolean =>
  `${issue.title}\n${issue.body ?? ''}`.toLowerCase().includes(word.toLowerCase())

const unquoted = (login: string): string => login.replace(/^@/, '').replace(/^app\/(.*)$/, '$1[bot]')

type Test = (core: Core, hit: Found, value: string) => boolean

const is: Test = (_core, { issue, repo }, value) => {
  switch (value) {
    case 'pr':
    case 'pull-request':
      return isPull(issue)
    case 'issue':
      return !isPull(issue)
    case 'open':
    case 'closed':
      return issue.state === value
    case 'merged':
      return issue.pull?.merged_at != null
    case 'unmerged':
      return isPull(issue) && issue.pull.merged_at === null
    case 'draft':
      return issue.pull?.draft === true
    case 'public':
    case 'private':
      return repo.private === (value === 'private')
    case 'locked':
      return issue.locked
    default:
      throw invalid({
        resource: 'Search',
        field: 'q',
        code: 'invalid',
        message: `the simulator does not know is:${value}`,
      })
  }
}

const time =
  (of: (issue: Issue) => string | null | undefined): Test =>
  (_core, { issue }, value) => {
    const at = of(issue)
    return at != null && inRange(Date.parse(at), value)
  }

/** `>=2020-01-01`, `2020-01-01..*` and the like. A date without a time means the whole day. */
export function inRange(ms: number, range: string): boolean {
  const dayMs = 86_400_000
  const parse = (text: string): { from: number; to: number } => {
    const from = Date.parse(text)
    if (Number.isNaN(from))
      throw invalid({
        resource: 'Search',
        field: 'q',
        code: 'invalid',
        message: `${text} is not a recognized date/time format`,
      })
    return { from, to: /T/.test(text) ? from : from + dayMs - 1 }
  }
  if (range.includes('..')) {
    const [from = '*', to = '*'] = range.split('..')
    return (from === '*' || ms >= parse(from).from) && (to === '*' || ms <= parse(to).to)
  }
  const [, sign = '', text = ''] = /^(>=|<=|>|<)?(.*)$/.exec(range) ?? []
  const { from, to } = parse(text)
  if (sign === '>=') return ms >= from
  if (sign === '<=') return ms <= to
  if (sign === '>') return ms > to
  return sign === '<' ? ms < from : ms >= from && ms <= to
}

const tests: Readonly<Record<string, Test>> = {
  is,
  type: is,
  state: is,
  archived: (_core, { repo }, value) => String(repo.archived) === value,
  draft: (_core, { issue }, value) => isPull(issue) && String(issue.pull.draft) === value,
  repo: (_core, { repo }, value) => sameLogin(fullName(repo), value),
  org: (_core, { repo }, value) => sameLogin(repo.owner, value),
  user: (_core, { repo }, value) => sameLogin(repo.owner, value),
  author: (_core, { issue }, value) => sameLogin(issue.user, unquoted(value)),
  assignee: (_core, { issue }, value) => issue.assignees.some((login) => sameLogin(login, unquoted(value))),
  mentions: (_core, { issue }, value) => mentions(issue, `@${unquoted(value)}`),
  commenter: (core, hit, value) => commented(core, hit, unquoted(value)),
  involves: (core, hit, value) => {
    const login = unquoted(value)
    const { issue } = hit
    return (
      [issue.user, ...issue.assignees].some((l) => sameLogin(l, login)) ||
      commented(core, hit, login) ||
      mentions(issue, `@${login}`)
    )
  },
  label: (core, { issue }, value) =>
    issue.labels.some((id) => core.state.labels.get(id)?.name.toLowerCase() === value.toLowerCase()),
  milestone: (core, { issue }, value) =>
    issue.milestone !== null && core.state.milestones.get(issue.milestone)?.title.toLowerCase() === value.toLowerCase(),
  no: (_core, { issue }, value) =>
    (value === 'label' && issue.labels.length === 0) ||
    (value === 'milestone' && issue.milestone === null) ||
    (value === 'assignee' && issue.assignees.length === 0),
  base: (_core, { issue }, value) => issue.pull?.base.ref === value,
  head: (_core, { issue }, value) => issue.pull?.head.ref.startsWith(value) === true,
  sha: (_core, { issue }, value) => issue.pull?.head.sha.startsWith(value) === true,
  number: (_core, { issue }, value) => String(issue.number) === value,
  review: (core, { repo, issue }, value) => {
    if (!isPull(issue)) return false
    const states = latestReviews(core.state, repo, issue.number).map((review) => review.state)
    if (value === 'none') return states.length === 0
    if (value === 'required') return reviewDecision(core.state, repo, issue) === 'REVIEW_REQUIRED'
    if (value === 'changes_requested') return states.includes('CHANGES_REQUESTED')
    return value === 'approved' && states.includes('APPROVED') && !states.includes('CHANGES_REQUESTED')
  },
  'review-requested': (_core, { issue }, value) =>
    issue.pull?.requested_reviewers.some((login) => sameLogin(login, unquoted(value))) === true,
  status: (core, { repo, issue }, value) => {
    if (!isPull(issue)) return false
    const statuses = newestStatuses(core, repoNow(core.state, repo.id), issue.pull.head.sha)
    return statuses.length > 0 && combinedState(statuses) === value
  },
  in: () => true, // title and body are searched anyway
  sort: () => true,
  created: time((issue) => issue.created_at),
  updated: time((issue) => issue.updated_at),
  closed: time((issue) => issue.closed_at),
  merged: time((issue) => issue.pull?.merged_at),
}

const commented = (core: Core, { repo, issue }: Found, login: string): boolean =>
  core.state.comments.of(issueKey(repo.id, issue.number)).some((comment) => sameLogin(comment.user, login))
