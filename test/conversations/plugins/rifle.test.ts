// rifle, from the pull request to who is asked on GitHub.
import { conversation } from '../../../src/testing/conversation.ts'

const rifle = {
  plugins: ['rifle'],
  jobs: '',
  files: { OWNERS: 'approvers: [alice, bob]\nreviewers: [alice, bob]\n', 'main.go': 'one\ntwo\nthree\n' },
  pluginConfig: 'rifle:\n  request_count: 1\n  ignore_drafts: true\n',
}

conversation('pull_request and comment: who changed the lines last is asked', rifle, async ({ bob, casey }) => {
  const pr = await casey.opensPullRequest({ draft: true })
  const asked = await casey.opensPullRequest({ body: '/uncc alice' })
  await bob.pushesTo('main', { 'main.go': 'uno\ndos\ntres\n' })
  for (const one of [pr, asked]) {
    await casey.mergesBaseInto(one)
    await casey.pushes(one, { 'main.go': 'uno\nand two\ntres\n' })
    await one.hasReviewers()
  }
  await casey.marksReady(pr)
  await pr.hasReviewers('bob')
  await casey.says(pr, '/auto-cc')
  await pr.hasReviewers('bob')

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
