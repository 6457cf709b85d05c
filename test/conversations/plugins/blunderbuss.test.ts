// blunderbuss, from the pull request to who is asked on GitHub.
import { conversation } from '../../../src/testing/conversation.ts'

const files = { 'README.md': '# Lighthouse\n', OWNERS: 'approvers: [alice]\nreviewers: [bob, casey]\n' }
const blunderbuss = { plugins: ['blunderbuss'], jobs: '', files }

conversation(
  'pull_request and comment: owners who belong to the repository are asked, once',
  blunderbuss,
  async ({ alice, bob, casey }) => {
    // casey is in the file, too, but no collaborator.
    const pr = await casey.opensPullRequest({ draft: true })
    await pr.hasReviewers('alice', 'bob')
    await casey.marksReady(pr)
    await casey.says(pr, '/auto-cc')
    await pr.hasReviewers('alice', 'bob')

    const asked = await casey.opensPullRequest({ body: 'A change.\n\n/cc @alice\n' })
    await asked.hasReviewers()
    await alice.says(asked, '/auto-cc please')
    await asked.hasReviewers()
    await alice.says(asked, '/auto-cc')
    await asked.hasReviewers('alice', 'bob')

    const own = await bob.opensPullRequest()
    await own.hasReviewers('alice')
  },
)

conversation(
  'status: owners are asked when Tide waits for them',
  { ...blunderbuss, pluginConfig: 'blunderbuss:\n  request_count: 1\n  ignore_drafts: true\n  wait_for_status: {}\n' },
  async ({ alice, casey }) => {
    const pr = await casey.opensPullRequest({ draft: true })
    await alice.setsStatus(pr, 'tide', 'pending', 'Not mergeable. Needs lgtm label.')
    await pr.hasReviewers()
    await casey.marksReady(pr)
    await alice.setsStatus(pr, 'tide', 'pending', 'Not mergeable. Should not have do-not-merge/hold label.')
    await pr.hasReviewers()
    await alice.setsStatus(pr, 'tide', 'pending', 'Not mergeable. Needs approved, lgtm labels.')
    await pr.hasReviewers('bob')
  },
)
