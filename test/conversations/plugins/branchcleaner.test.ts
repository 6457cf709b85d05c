// branchcleaner, as the people in a repository see it.
import { expect } from 'vitest'
import { conversation } from '../../../src/testing/conversation.ts'
import { fullName } from '../../../src/testing/town.ts'

const pluginConfig = `branch_cleaner:
  preserved_branches:
    ${fullName}: ['^keep-']
`

conversation(
  'pull_request: the branch of a merged pull request goes, unless it is to be kept, of a fork, or not merged',
  { jobs: '', plugins: ['branchcleaner'], pluginConfig },
  async ({ alice, casey, town }) => {
    const { world } = town.simulator
    const merged = await alice.opensPullRequest({ title: 'one' })
    const kept = await alice.opensPullRequest({ title: 'keep this' })
    const closed = await alice.opensPullRequest({ title: 'three' })
    const fork = await casey.opensPullRequest({ title: 'four' })
    for (const pr of [merged, kept, fork]) await alice.merges(pr)
    await alice.closes(closed)
    await town.quiet()
    const exists = async (pr: typeof merged) => {
      const { repo, ref } = pr.view().head
      return (await world.revision(repo ?? fullName, `refs/heads/${ref}`)) !== undefined
    }
    expect(fork.view().head.repo).toBe('casey/lighthouse')
    expect(await Promise.all([merged, kept, closed, fork].map(exists))).toEqual([false, true, true, true])
  },
)
