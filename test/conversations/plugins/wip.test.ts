// wip, as the people on a pull request see it.
import { conversation } from '../../../src/testing/conversation.ts'

const label = 'do-not-merge/work-in-progress'

conversation(
  'pull_request: a title and a draft say that it is not ready',
  { plugins: ['wip'], jobs: '' },
  async ({ casey, bob }) => {
    const pr = await casey.opensPullRequest({ title: '[WIP] Polish the lens' })
    await pr.hasLabels(label)
    await casey.edits(pr, { title: 'Polish the lens' })
    await pr.hasLabels()
    await casey.convertsToDraft(pr)
    await pr.hasLabels(label)
    await casey.edits(pr, { title: 'WIP: polish' })
    await casey.marksReady(pr)
    await pr.hasLabels(label)
    await casey.edits(pr, { title: 'Wipe the lens' })
    await pr.hasLabels()
    const draft = await bob.opensPullRequest({ draft: true })
    await draft.hasLabels(label)
  },
)
