// testfreeze, from branches and tags on GitHub to what authors are told. Played in the repository that is there.
import testfreeze, { testfreezeOf } from '../../../src/plugins/testfreeze/testfreeze.ts'
import { conversation } from '../../../src/testing/conversation.ts'

const config = `
tide:
  queries: [{repos: [harbor/lighthouse], excludedBranches: [release-1.30], labels: [lgtm]}]
`

conversation(
  'pull_request: authors are told that a release is near',
  { with: [testfreezeOf('harbor/lighthouse')], plugins: [], jobs: '', config },
  async ({ alice, casey }) => {
    await alice.makesBranch('master')
    const early = await casey.opensPullRequest({ base: 'master' })
    await early.hasNoComment('Freeze')
    await alice.makesBranch('release-1.29')
    await alice.makesBranch('release-1.30')
    const pr = await casey.opensPullRequest({ base: 'master' })
    await pr.botSays(/Code Freeze[\s\S]*`release-1\.30`[\s\S]*Test Freeze[\s\S]*`v1\.30\.0`[\s\S]*run was: unknown\.$/)
    await casey.closes(early)
    await casey.reopens(early)
    await early.botSays('Code Freeze')
    await casey.opensPullRequest({ base: 'main' })
  },
)

conversation(
  'pull_request: no other repository has that schedule',
  { with: [testfreeze], plugins: [], jobs: '', config },
  async ({ alice, casey }) => {
    await alice.makesBranch('master')
    await alice.makesBranch('release-1.30')
    await casey.opensPullRequest({ base: 'master' })
  },
)
