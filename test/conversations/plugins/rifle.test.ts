// rifle, from the pull request to who is asked on GitHub.
import { conversation } from '../../../src/testing/conversation.ts'

const rifle = {
  plugins: ['rifle'],
  jobs: '',
  files: { OWNERS: 'approvers: [alice, bob]\nreviewers: [alice, bob]\n', 'main.go': 'one\ntwo\nthree\n' },
  pluginConfig: 'rifle:\n  request_count: 1\n',
}

conversation('pull_request and comment: who changed the lines last is asked', rifle, async ({ bob, casey }) => {
  await bob.pushesTo('main', { 'main.go': 'uno\ndos\ntres\n' })
  const pr = await casey.opensPullRequest({ files: { 'main.go': 'uno\nand two\ntres\n' } })
  await pr.hasReviewers('bob')
  await casey.says(pr, '/auto-cc')
  await pr.hasReviewers('bob')

  const asked = await casey.opensPullRequest({ files: { 'main.go': 'uno\nor two\ntres\n' }, body: '/uncc alice' })
  await asked.hasReviewers()
  await casey.says(asked, 'nobody?\r\n/auto-cc\r\n')
  await asked.hasReviewers('bob')
})

conversation(
  'status: owners are asked when Tide waits for them',
  { ...rifle, pluginConfig: 'rifle:\n  wait_for_status: {}\n' },
  async ({ alice, casey }) => {
    const pr = await casey.opensPullRequest()
    await pr.hasReviewers()
    await alice.setsStatus(pr, 'tide', 'pending', 'Not mergeable. Needs lgtm label.')
    await pr.hasReviewers('alice', 'bob')
  },
)
