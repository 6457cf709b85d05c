// verify-owners, from the push through git to what GitHub shows.
import { expect } from 'vitest'
import { conversation, type Talk } from '../../../src/testing/conversation.ts'

const label = 'do-not-merge/invalid-owners-file'
const owners = {
  plugins: ['verify-owners'],
  jobs: '',
  files: {
    OWNERS: 'approvers: [alice]\n',
    OWNERS_ALIASES: 'aliases:\n  keepers: [alice]\n',
    'main.go': 'package main\n',
  },
}

conversation(
  'pull_request: broken files keep it from merging until they are mended',
  owners,
  async ({ alice, casey }) => {
    const pr = await casey.opensPullRequest({
      files: { OWNERS: 'reviewers: [alice]\n', 'pkg/OWNERS': 'reviewers: [alice]\n' },
    })
    await pr.hasLabels(label)
    await pr.botReviews('@casey: 1 invalid OWNERS file')
    await casey.pushes(pr, { OWNERS: 'approvers: [alice]\nlabels: [lgtm]\n' })
    await pr.hasLabels(label)
    await casey.pushes(pr, { OWNERS: null })
    await pr.hasLabels()

    const aliases = await casey.opensPullRequest({ files: { OWNERS_ALIASES: 'aliases: nonsense\n' } })
    await aliases.botSays('The content of OWNERS_ALIASES is invalid.')
    await aliases.hasLabels(label)
    await casey.pushes(aliases, { OWNERS_ALIASES: 'aliases:\n  keepers: []\n' })
    await aliases.botSays('There are empty aliases in OWNER_ALIASES, cleanup is advised.')
    await aliases.hasLabels()

    // The branch learns of the group only after the pull request has begun.
    const group = await casey.opensPullRequest({ files: { 'docs/OWNERS': 'approvers: [writers]\n' } })
    await group.botSays('- writers')
    await group.hasLabels(label)
    await alice.pushesTo('main', { OWNERS_ALIASES: 'aliases:\n  keepers: [alice]\n  writers: [bob]\n' })
    await casey.says(group, '/verify-owners')
    await group.hasLabels()
  },
)

conversation(
  'comment: strangers are named, until they belong to the organisation',
  owners,
  async ({ bob, casey, town }) => {
    const pr = await bob.opensPullRequest({
      files: { 'pkg/OWNERS': 'reviewers: [bob, casey]\n', 'vendor/a/b/OWNERS': 'approvers: [nobody]\n' },
    })
    const comment = await pr.botSays('The OWNERS file contains untrusted users, which makes it INVALID.')
    expect(comment).toContain('- casey\n  - User is not a member of the org.')
    for (const other of ['- bob', '- nobody']) expect(comment).not.toContain(other)
    await pr.hasLabels(label)
    await casey.says(pr, 'look /verify-owners')
    await pr.hasLabels(label)
    await rest(town, 'alice', 'PUT', '/orgs/harbor/memberships/casey')
    await rest(town, 'casey', 'PATCH', '/user/memberships/orgs/harbor', { state: 'active' })
    await casey.says(pr, '/verify-owners')
    await pr.hasLabels()
  },
)

/** What somebody does on pages that a conversation has no words for. */
async function rest({ simulator }: Talk['town'], login: string, method: string, path: string, body?: object) {
  const headers = { authorization: `token ${simulator.tokens[login]}` }
  const answer = await fetch(`${simulator.apiUrl}${path}`, {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`)
}
