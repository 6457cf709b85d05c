// milestoneapplier, as the people on a pull request see it.
import { conversation } from '../../../src/testing/conversation.ts'
import { fullName } from '../../../src/testing/town.ts'

const pluginConfig = `milestone_applier:\n  ${fullName}:\n    main: next\n    release-1.0: v1.0\n`

conversation(
  'pull_request: a branch has its milestone',
  { plugins: ['milestoneapplier'], jobs: '', pluginConfig },
  async ({ alice, bob }) => {
    await alice.makesBranch('release-1.0')
    for (const title of ['next', 'v1.0']) alice.makesMilestone(title)
    const pick = await bob.opensPullRequest({ base: 'release-1.0', files: { 'pick.txt': 'x\n' } })
    await pick.hasMilestone('v1.0')
    await bob.plans(pick, 'next')
    await bob.pushes(pick)
    await pick.hasMilestone('next')
    await alice.merges(pick)
    await pick.hasMilestone('v1.0')

    const pr = await bob.opensPullRequest({ files: { 'change.txt': 'x\n' } })
    await pr.hasMilestone(undefined)
    await alice.merges(pr)
    await pr.hasMilestone('next')
    const closed = await bob.opensPullRequest({ files: { 'other.txt': 'x\n' } })
    await alice.closes(closed)
    await closed.hasMilestone(undefined)
  },
)
