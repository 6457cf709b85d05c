// bugzilla, as the people on a pull request see it, and what its Bugzilla hears of it.
import { afterAll, expect } from 'vitest'
import { memoryBugzilla } from '../../../src/bugzilla/testing/memory-bugzilla.ts'
import { conversation } from '../../../src/testing/conversation.ts'
import { serveFetch } from '../../../src/testing/serve-fetch.ts'

const bugzilla = memoryBugzilla()
const server = await serveFetch(bugzilla.fetch)
afterAll(() => server.close())

const link = (bug: number) => `[Bugzilla bug ${bug}](${server.url}/show_bug.cgi?id=${bug})`
const options = (...plugins: string[]) => ({
  plugins: ['bugzilla', ...plugins],
  jobs: '',
  bugzilla: { endpoint: server.url, apiKey: () => 'town-key', authMethod: 'x-bugzilla-api-key' } as const,
  pluginConfig: `bugzilla:
  default:
    '*':
      valid_states: [{status: NEW}]
      state_after_validation: {status: POST}
      state_after_merge: {status: MODIFIED}
      state_after_close: {status: NEW}
      add_external_link: true
      allowed_groups: [harbor]
    release-1.0:
      target_release: '1.0'
      enable_backporting: true
`,
})
const valid = 'bugzilla/valid-bug'
const invalid = 'bugzilla/invalid-bug'
const high = 'bugzilla/severity-high'

conversation(
  'pull_request: a bug moves with its pull request, from the opening to the merge',
  options(),
  async ({ alice, bob }) => {
    bugzilla.file(1)
    const pr = await bob.opensPullRequest({ title: 'Lamp' })
    await bob.edits(pr, { title: 'Bug 1: lamp' })
    await pr.botSays(
      `@bob: This pull request references ${link(1)}, which is valid. The bug has been moved to the POST`,
    )
    await pr.hasLabels(valid, high)
    expect(bugzilla.bugs.get(1)).toMatchObject({ status: 'POST' })
    expect(bugzilla.links.get(1)).toEqual([`harbor/lighthouse/pull/${pr.number}`])
    expect(bugzilla.last().headers.get('x-bugzilla-api-key')).toBe('town-key')
    await bob.edits(pr, { body: 'More words.' })
    await alice.closes(pr)
    await pr.botSays('All external bug links have been closed. The bug has been moved to the NEW state.')
    await alice.reopens(pr)
    await pr.botSays('The bug has been moved to the POST state.')
    await alice.merges(pr)
    await pr.botSays(`${link(1)} has been moved to the MODIFIED state.`)
    expect(bugzilla.bugs.get(1)).toMatchObject({ status: 'MODIFIED' })
  },
)

conversation(
  'comment: anybody has a bug checked again, and its tester asked; a bug that may not be spoken of is not',
  options('assign'),
  async ({ bob, casey }) => {
    bugzilla.file(2, { status: 'CLOSED', resolution: 'WONTFIX' })
    const pr = await bob.opensPullRequest({ title: 'Bug 2: lamp' })
    await pr.botSays('but it is CLOSED (WONTFIX) instead')
    await pr.hasLabels(invalid, high)
    bugzilla.file(2, { qa_contact_detail: { email: 'alice@harbor.example' } })
    await casey.says(pr, 'It is open again.\r\n/bugzilla refresh\r\n')
    await pr.botSays(/^@casey: This pull request [\s\S]*\n\/cc @alice$/m)
    await pr.hasLabels(valid, high)
    await pr.hasReviewers('alice')
    await casey.says(pr, '/bugzilla assign-qa')
    await pr.botSays('please use `cc-qa` instead')
    await casey.says(pr, '/bugzilla cc-qa')
    await pr.botSays('/cc @alice')

    await casey.says(pr, '/bugzilla refresh now')
    await casey.says(pr, '> /bugzilla refresh')
    bugzilla.file(2, { groups: ['secret'] })
    await casey.says(pr, '/bugzilla cc-qa')
    await casey.says(pr, '/bugzilla refresh')
    await pr.botSays('is in a bug group that is not in the allowed groups for this repo.')
    bugzilla.bugs.delete(2)
    await casey.says(pr, '/bugzilla refresh')
    await pr.botSays('No Bugzilla bug with ID 2 exists')
    const issue = await casey.opensIssue({ title: 'Bug 2: dark', body: '/bugzilla refresh' })
    await issue.botSays('only supported for Pull Requests, not issues.')
  },
)

conversation(
  'pull_request: a cherry-pick gets a bug of its own, and its title',
  options('retitle'),
  async ({ alice, bob }) => {
    bugzilla.file(3)
    const original = await bob.opensPullRequest({ title: 'Bug 3: lamp' })
    await original.botSays('which is valid')
    await alice.makesBranch('release-1.0')
    const body = `This is an automated cherry-pick of #${original.number}`
    const pr = await bob.opensPullRequest({ title: '[release-1.0] Bug 3: lamp', body, base: 'release-1.0' })
    await pr.botSays(`${link(3)} has been cloned as ${link(4)}`)
    await pr.hasTitle('[release-1.0] Bug 4: lamp')
    await pr.botSays(`This pull request references ${link(4)}, which is valid`)
    await pr.hasLabels(valid, high)
    expect(bugzilla.bugs.get(4)).toMatchObject({ target_release: ['1.0'], depends_on: [3], status: 'POST' })
  },
)
