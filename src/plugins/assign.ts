// assign: people assign issues and pull requests to each other, and ask each other for reviews.
import { type CommandContext, plugin } from '../hook/plugin.ts'
import { assignCommand, ccCommand, type Wishes, wishesIn } from './shared/people.ts'
import { takeAll } from './shared/steps.ts'

/** A comment has room for thousands of names, and the host may have to be asked about each of them. */
const mostNames = 50

type About = Pick<CommandContext, 'host' | 'issue' | 'config'>

/** Characters. No login and no team has so long a name, and an answer must have room for all of them. */
const longestName = 100

/** Names as an answer shows them. */
const listed = (names: readonly string[]): string => names.map((name) => name.slice(0, longestName)).join(', ')

/** What one kind of command does. */
interface Kind {
  /** Whether a team can be named. */
  readonly teams: boolean
  /** Takes people off. */
  remove(about: About, names: readonly string[]): Promise<unknown>
  /** Returns whom the host left out. */
  add(about: About, names: readonly string[]): Promise<readonly string[]>
  /** Says who was left out, and why that may be. */
  leftOut(about: About, names: readonly string[]): string
}

const members = ({ config, issue }: About) =>
  `[members of the organisation](${config.github.link_url}/orgs/${issue.org}/people)`

const assignees: Kind = {
  teams: false,
  remove: ({ host, issue }, names) => host.unassign(issue, names),
  add: ({ issue }, names) => issue.assign(names),
  leftOut: (about, names) => `GitHub didn't allow me to assign the following users: ${listed(names)}.

Only ${members(about)} who may read the repository, its collaborators, and people who have commented here can be assigned, and no more than 10 at the same time. Teams cannot: ask them for a review with \`/cc\`.
More about this is in [the contributor guide](https://git.k8s.io/community/contributors/guide/first-contribution.md#issue-assignment-in-github).`,
}

const reviewers: Kind = {
  teams: true,
  remove: ({ host, issue }, names) => host.unrequestReview(issue, names),
  add: ({ issue }, names) => issue.requestReview(names),
  leftOut: (about, names) => `GitHub didn't allow me to request PR reviews from the following users: ${listed(names)}.

Only ${members(about)} and collaborators of the repository can review this PR, and authors cannot review their own PRs.`,
}

/** What there is to do, those first who are taken off. */
function stepsFor(kind: Kind, { add, remove }: Wishes, about: About): (() => Promise<unknown>)[] {
  const { issue } = about
  if (add.length + remove.length > mostNames)
    return [() => issue.reply(`these are too many names at once: I take no more than ${mostNames}.`)]
  const canBe = (name: string) => kind.teams || !name.includes('/')
  const leaving = remove.filter(canBe)
  const addAll = async () => {
    const coming = add.filter(canBe)
    const refused = coming.length > 0 ? await kind.add(about, coming) : []
    const missing = add.filter((name) => refused.includes(name) || !canBe(name))
    if (missing.length > 0) await issue.reply(kind.leftOut(about, missing))
  }
  return [...(leaving.length > 0 ? [() => kind.remove(about, leaving)] : []), addAll]
}

function run({ said, event, ...about }: CommandContext<'assign' | 'cc'>): Promise<void> {
  const { login } = event.user
  return takeAll([
    ...stepsFor(assignees, wishesIn(said.all('assign'), login), about),
    ...(event.issue.isPullRequest ? stepsFor(reviewers, wishesIn(said.all('cc'), login), about) : []),
  ])
}

export default plugin({
  name: 'assign',
  about: 'Assigns issues and pull requests to people, and asks people and teams for reviews of pull requests.',
  on: 'comment created',
  commands: [
    {
      usage: '/[un]assign [[@]<username>...]',
      about: 'Assigns people to an issue or pull request, or takes them off. Without a name: yourself.',
      who: 'Anybody. Assigned can be members of the organisation, collaborators, and who has commented.',
      featured: true,
      examples: ['/assign', '/unassign', '/assign @spongebob', '/assign spongebob patrick'],
      forms: { assign: assignCommand },
    },
    {
      usage: '/[un]cc [[@]<username>...|[@]<orgname/teamname>...]',
      about: 'Asks people or teams for a review of a pull request, or no longer. Without a name: yourself.',
      who: 'Anybody. Asked can be members of the organisation and collaborators, but not the author.',
      featured: true,
      examples: ['/cc', '/uncc', '/cc @spongebob', '/cc spongebob patrick', '/cc @kubernetes/sig-foo-bar'],
      forms: { cc: ccCommand },
    },
  ],
  run,
})
