// mergecommitblocker, as the people on a pull request see it.
import { conversation } from '../../../src/testing/conversation.ts'

const label = 'do-not-merge/contains-merge-commits'

conversation(
  'pull_request: merge commits keep it from merging until they are gone',
  { jobs: '', plugins: ['mergecommitblocker'] },
  async ({ alice, casey }) => {
    const pr = await casey.opensPullRequest()
    await alice.pushesTo('main', { 'main.txt': 'more\n' })
    await casey.pushes(pr)
    await pr.hasLabels()
    await casey.mergesBaseInto(pr)
    await pr.botSays(`Adding label \`${label}\``)
    await pr.hasLabels(label)
    await casey.pushes(pr)
    await pr.hasLabels(label)
    await casey.pushes(pr, { 'a.txt': 'a\n' }, { force: true })
    await pr.hasLabels()
    await pr.hasNoComment(label)
    await alice.labels(pr, label)
    await casey.closes(pr)
    await casey.reopens(pr)
    await pr.hasLabels()
  },
)
