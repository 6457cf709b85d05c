// invalidcommitmsg, as the people on a pull request see it.
import { conversation } from '../../../src/testing/conversation.ts'

const label = 'do-not-merge/invalid-commit-message'
const marker = '<!-- [prow:invalid-commit-message] -->'

conversation(
  'pull_request: messages and titles that close issues, and fixups, keep it from merging until they are mended',
  { jobs: '', plugins: ['invalidcommitmsg'] },
  async ({ alice, casey }) => {
    const pr = await casey.opensPullRequest({ title: 'Fixes #1', message: 'fixup! Mend it' })
    await pr.botSays(/^<!-- \[prow(.|\n)*### Fixup(.|\n)*`fixup! Mend it`(.|\n)*### Invalid PR title/)
    await pr.hasLabels(label)
    await casey.edits(pr, { title: 'Mend it' })
    await pr.botSays(/### Fixup(?!(.|\n)*### Invalid PR title)/)
    await casey.edits(pr, { body: 'Fixes #1' })
    await casey.pushes(pr, { 'a.txt': 'a\n' }, { force: true, message: 'Mend it\n\nCloses harbor/lighthouse#7' })
    await pr.botSays('### Invalid commit messages')
    await casey.pushes(pr, { 'a.txt': 'a\n' }, { force: true, message: 'Mend it' })
    await pr.hasLabels()
    await pr.hasNoComment(marker)
    await alice.labels(pr, label)
    await casey.closes(pr)
    await pr.hasLabels(label)
    await casey.reopens(pr)
    await pr.hasLabels()
  },
)
