// merge-method-comment, as the people on a pull request see it.
import { conversation } from '../../../src/testing/conversation.ts'
import { org } from '../../../src/testing/town.ts'

const config = `tide:
  merge_method: {${org}: squash}
  merge_label: tide/merge-method-merge
`

conversation(
  'pull_request: with the second commit comes word of how they are merged, once',
  { jobs: '', plugins: ['merge-method-comment'], config },
  async ({ casey }) => {
    const pr = await casey.opensPullRequest()
    await casey.edits(pr, { title: 'Mend it' })
    await pr.hasNoComment('')
    await casey.pushes(pr)
    await pr.botSays(/the default merge method is: squash\.\n.*tide\/merge-method-merge/)
    await casey.pushes(pr)
    await casey.edits(pr, { title: 'Mend it well' })
    await casey.closes(pr)
    await casey.reopens(pr)
    await pr.hasLabels()
  },
)
