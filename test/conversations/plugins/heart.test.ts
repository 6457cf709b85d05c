// heart, from comments and new pull requests to reactions on GitHub.
import { conversation, type Talk } from '../../../src/testing/conversation.ts'

const heart = { plugins: ['heart'], jobs: '', pluginConfig: "heart: {adorees: [bob], commentregexp: '(?i)thank'}\n" }

/** Waits for this many reactions of the bot, with nothing under way that could add one. */
async function hasReactions(town: Talk['town'], path: string, count: number): Promise<void> {
  await town.quiet()
  const address = `${town.simulator.apiUrl}/repos/harbor/lighthouse/${path}/reactions`
  const headers = { authorization: `Bearer ${town.simulator.tokens['bowsprit-bot']}` }
  const reactions = async () => (await (await fetch(address, { headers })).json()) as { content: string }[]
  await town.until(
    `${count} reactions to ${path}`,
    async () => {
      const found = await reactions()
      return found.length === count && found.every(({ content }) => ['+1', 'heart', 'hooray'].includes(content))
    },
    reactions,
  )
}

conversation('issue_comment: what adored people say is adored', heart, async ({ bob, casey, town }) => {
  const pr = await casey.opensPullRequest()
  await bob.says(pr, 'Thank you!')
  await casey.says(pr, 'Thank you, too!')
  await bob.says(pr, 'Now change it.')
  const { comments } = town.simulator.world.issue('harbor/lighthouse', pr.number)
  const [first, second, third] = comments.map(({ id }) => id)
  await hasReactions(town, `issues/comments/${first}`, 1)
  await hasReactions(town, `issues/comments/${second}`, 0)
  await hasReactions(town, `issues/comments/${third}`, 0)
  const issue = await casey.opensIssue()
  await bob.says(issue, 'Thanks.')
  const [onIssue] = town.simulator.world.issue('harbor/lighthouse', issue.number).comments
  await hasReactions(town, `issues/comments/${onIssue?.id}`, 0)
})

conversation('pull_request: who adds an owner is welcome', heart, async ({ bob, town }) => {
  const owners = await bob.opensPullRequest({ files: { 'pkg/OWNERS': 'approvers: [bob]\n' } })
  await hasReactions(town, `issues/${owners.number}`, 1)
  const other = await bob.opensPullRequest({ files: { 'pkg/main.go': 'package main\n' } })
  await hasReactions(town, `issues/${other.number}`, 0)
})
