// reward-owners, from the merge to the comment on GitHub.
import { conversation } from '../../../src/testing/conversation.ts'

conversation(
  'pull_request: new owners are thanked when it is merged',
  { plugins: ['reward-owners'], jobs: '', files: { OWNERS: 'approvers: [alice]\n' } },
  async ({ alice, casey }) => {
    const pr = await casey.opensPullRequest({ files: { OWNERS: 'approvers: [alice, bob]\n' } })
    await pr.hasNoComment('Thank you')
    await alice.merges(pr)
    await pr.botSays('Thank you for taking on more responsibility, @bob!')
    const other = await casey.opensPullRequest({ files: { 'main.go': 'package main\n' } })
    await alice.merges(other)
    await other.hasNoComment('Thank you')
  },
)
