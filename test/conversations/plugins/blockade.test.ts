// blockade, as the people on a pull request see it.
import { expect } from 'vitest'
import { conversation } from '../../../src/testing/conversation.ts'
import { fullName } from '../../../src/testing/town.ts'

const label = 'do-not-merge/blocked-paths'
const marker = `Adding label: \`${label}\` because PR changes a protected file.`
const pluginConfig = `blockades:
- repos: [${fullName}]
  branchregexp: ^main$
  blockregexps: ['^docs/', '(']
  exceptionregexps: ['\\.md$']
  explanation: The documentation is frozen.
`

conversation(
  'pull_request: protected files keep it from merging until they are as they were',
  { jobs: '', plugins: ['blockade'], pluginConfig },
  async ({ alice, casey }) => {
    const pr = await casey.opensPullRequest({ files: { 'docs/a.txt': 'a\n', 'docs/b.md': 'b\n' } })
    const comment = await pr.botSays(`@casey: ${marker}`)
    expect(comment).toContain('[The documentation is frozen.]\n\n- [`docs/a.txt`](http')
    expect(comment).not.toContain('b.md')
    await pr.hasLabels(label)
    await casey.pushes(pr, { 'docs/c.txt': 'c\n' })
    await pr.hasLabels(label)
    await casey.pushes(pr, { 'docs/a.txt': null, 'docs/c.txt': null })
    await pr.hasLabels()
    await pr.hasNoComment(marker)

    await alice.makesBranch('release')
    const elsewhere = await alice.opensPullRequest({ base: 'release', files: { 'docs/a.txt': 'a\n' } })
    await elsewhere.hasLabels()
    await alice.closes(elsewhere)
    await alice.reopens(elsewhere)
    await elsewhere.hasLabels()
  },
)
