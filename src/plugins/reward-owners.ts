// reward-owners: thanks people when a merged pull request makes them owners.
import type { PullRequest } from '../api/code-host.ts'
import { type ContextOf, plugin } from '../hook/plugin.ts'
import { filenamesOf } from '../owners/settings.ts'
import { neededOwners } from './shared/need-owners.ts'
import { isAboutOwners } from './shared/owners-files.ts'

const name = 'reward-owners'
const marker = 'Thank you for taking on more responsibility'
/** A comment has room for more, but somebody gets a mail for each. */
const mostThanked = 50
// Other names could mention a team, or be anything.
const login = /^[a-z\d][-\w]*$/

/** The comment; undefined when nobody is new. Logins are normalised. */
export function thanks(before: ReadonlySet<string>, after: ReadonlySet<string>): string | undefined {
  const people = [...after.difference(before)].filter((one) => login.test(one)).sort()
  if (people.length === 0) return undefined
  const shown = people.slice(0, mostThanked).map((login) => `@${login}`)
  const more = people.length > mostThanked ? ` and ${people.length - mostThanked} more` : ''
  return `${marker}, ${shown.join(', ')}${more}!

You are named in OWNERS files of this repository now, so you will be asked for reviews of changes to what you own. [This page](https://git.k8s.io/community/contributors/guide/owners.md) tells what reviewers and approvers do, and which commands they have.`
}

async function reward(
  { base, head }: PullRequest,
  { pr, plugins, ...context }: Omit<ContextOf<'pull_request'>, 'event'>,
) {
  const names = filenamesOf(plugins, pr)
  if (!(await pr.changedFiles()).some((file) => file.status !== 'removed' && isAboutOwners(file, names))) return
  const owners = neededOwners(name, context)
  const [before, after] = await Promise.all([owners.loadCommit(pr, base.sha), owners.loadCommit(pr, head.sha)])
  const comment = thanks(before.allOwners(), after.allOwners())
  const isThanks = ({ body }: { readonly body: string }) => body.startsWith(marker)
  if (comment && !(await pr.ownComments()).some(isThanks)) await pr.comment(comment)
}

export default plugin({
  name,
  about: 'Thanks people when a pull request is merged that makes them reviewers or approvers in OWNERS files.',
  handlers: {
    async pull_request({ event, ...context }) {
      if (event.action === 'closed' && event.pr.merged) await reward(event.pr, context)
    },
  },
})
