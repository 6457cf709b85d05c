// cla: mirrors the status of the contributor licence agreement into labels.
import type { CommitStatus, IssueRef, StatusState } from '../api/code-host.ts'
import { re2 } from '../config/re2.ts'
import { type CommandContext, type ContextOf, plugin } from '../hook/plugin.ts'
import { takeAll } from './shared/steps.ts'

const context = 'EasyCLA'
const signed = 'cncf-cla: yes'
const unsigned = 'cncf-cla: no'

/** Whether the agreement is signed; undefined while that is not known. */
export const isSigned = (state: StatusState): boolean | undefined =>
  state === 'success' ? true : state === 'failure' || state === 'error' ? false : undefined

async function statusChanged({ event, host }: ContextOf<'status'>): Promise<void> {
  if (event.context === '' || event.state.length === 0)
    throw new Error('the event tells of a status without context or state')
  const good = event.context === context ? isSigned(event.state) : undefined
  if (good === undefined) return
  // A search would know of new pull requests only after a while.
  const pulls = (await host.pullRequests(event.repo)).filter(({ head }) => head.sha === event.sha)
  await takeAll(
    pulls.map(({ number, labels }) => async () => {
      const at: IssueRef = { org: event.repo.org, repo: event.repo.repo, number }
      const has = (label: string) => labels.some((other) => other.toLowerCase() === label)
      const [right, wrong] = good ? [signed, unsigned] : [unsigned, signed]
      if (has(wrong)) await host.removeLabel(at, wrong)
      if (!has(right)) await host.addLabel(at, right)
    }),
  )
}

async function check({ pr, host }: CommandContext): Promise<void> {
  const { head } = await pr.fetch()
  const status = (await host.statuses(pr, head.sha)).find((one: CommitStatus) => one.context === context)
  const good = status && isSigned(status.state)
  if (good === undefined) return
  await pr.setLabel(good ? unsigned : signed, false)
  await pr.setLabel(good ? signed : unsigned, true)
}

export default plugin({
  name: 'cla',
  about: `Sets the label '${signed}' or '${unsigned}' by the commit status '${context}', which tells whether the author has signed the contributor licence agreement.`,
  on: 'comment created on an open pull request',
  commands: [
    {
      usage: '/check-cla',
      about: 'Looks at the status of the licence agreement again.',
      who: 'Anybody.',
      featured: true,
      examples: ['/check-cla'],
      forms: { check: re2`(?mi)^/check-cla\s*$` },
    },
  ],
  run: check,
  handlers: { status: statusChanged },
})
