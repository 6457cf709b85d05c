// cherrypicker, as people on GitHub see it: with real commits, forks, pushes and pull requests.
import { expect } from 'vitest'
import { cherrypicker, defaultSettings } from '../../../src/plugins/cherrypicker/cherrypicker.ts'
import { conversation, type Talk } from '../../../src/testing/conversation.ts'
import { fullName } from '../../../src/testing/town.ts'

const quiet = { jobs: '', plugins: ['cherrypicker'] }
const text = (length: number) => Array.from({ length }, (_, index) => `line ${index + 1}\n`).join('')
const files = { 'README.md': '# Lighthouse\n', lamp: text(30) }
const fixed = text(30).replace('line 30', 'line thirty')

/** A pull request that the bot has opened, and a file of it. */
const made = ({ town }: Pick<Talk, 'town'>, number: number) => town.simulator.world.pullRequest(fullName, number)
function fileAt({ town }: Pick<Talk, 'town'>, number: number, path: string) {
  const { head } = made({ town }, number)
  return town.simulator.world.file(head.repo ?? fullName, path, head.sha)
}

conversation(
  'issue_comment: a member has a merged pull request picked onto release branches',
  { ...quiet, files },
  async (talk) => {
    const { alice, bob, casey } = talk
    await alice.makesBranch('release-1.0')
    await alice.makesBranch('release-1.1')
    const pr = await casey.opensPullRequest({
      title: '[main] Mend the lamp',
      body: '```release-note\nThe lamp burns.\n/lgtm\n```',
      files: { lamp: fixed },
    })
    await alice.labels(pr, 'kind/bug')
    await bob.merges(pr)
    await alice.pushesTo('release-1.0', { 'README.md': '# Old lighthouse\n' })
    await casey.says(pr, '/cherrypick release-1.0')
    await pr.botSays('org members may request cherry-picks')
    await bob.says(pr, '/cherrypick release-1.0 release-0.9\r\n/cherry-pick release-1.1\r\n/cherrypick main')
    await pr.botSays('`main` is left out')
    await pr.botSays('@bob: new pull request created: #2')
    await pr.botSays('@bob: new pull request created: #3')

    const first = made(talk, 2)
    expect(first).toMatchObject({
      title: '[release-1.0] Mend the lamp',
      author: 'bowsprit-bot',
      assignees: ['bob'],
      base: { ref: 'release-1.0' },
      head: { repo: 'bowsprit-bot/lighthouse', ref: 'cherry-pick-1-to-release-1.0' },
    })
    expect(first.body).toBe(
      'This is an automated cherry-pick of #1\n\n/assign bob\n\n```release-note\nThe lamp burns.\n /lgtm\n```\n\n/cherrypick release-0.9\n\n/kind bug',
    )
    expect([await fileAt(talk, 2, 'lamp'), await fileAt(talk, 2, 'README.md')]).toEqual([fixed, '# Old lighthouse\n'])
    expect(await fileAt(talk, 3, 'README.md')).toBe('# Lighthouse\n')
    await bob.says(pr, '/cherry-pick release-1.1')
    await pr.botSays(/Looks like #1 has already been cherry picked in http.*\/pull\/3/)
  },
)

for (const method of ['merge', 'squash', 'rebase'] as const) {
  conversation(`pull_request: asked for before it merges (${method})`, { ...quiet, files }, async (talk) => {
    const { alice, bob, town } = talk
    await alice.makesBranch('release-1.0')
    const pr = await bob.opensPullRequest({ files: { lamp: fixed }, message: 'one' })
    await bob.pushes(pr, { wick: 'new\n' }, { message: 'two' })
    await bob.says(pr, '/cherrypick release-1.0')
    await pr.botSays('once the present PR merges, I will cherry-pick it on top of `release-1.0` in a new PR')
    await alice.pushesTo('main', { 'README.md': '# Newer\n' })
    await town.simulator.world.merge({ repo: fullName, by: 'alice', number: pr.number, method })
    await pr.botSays('new pull request created: #2')
    expect(await fileAt(talk, 2, 'lamp')).toBe(fixed)
    expect(await fileAt(talk, 2, 'wick')).toBe('new\n')
    expect(await fileAt(talk, 2, 'README.md')).toBe('# Lighthouse\n')
  })
}

conversation('pull_request: labels, the description and a chain of branches', { ...quiet, files }, async (talk) => {
  const { alice, bob, town } = talk
  for (const branch of ['release-1.0', 'release-1.1', 'release-1.2']) await alice.makesBranch(branch)
  const pr = await bob.opensPullRequest({ body: '/cherrypick release-1.2 release-1.1', files: { lamp: fixed } })
  await alice.labels(pr, 'cherrypick/release-1.0')
  await pr.botSays('In response to a cherrypick label: @bob: once the present PR merges')
  await bob.merges(pr)
  await pr.botSays('In response to a cherrypick label: new pull request created: #2')
  await pr.botSays('@bob: new pull request created: #3')
  expect(made(talk, 3).body).toContain('/cherrypick release-1.1')
  await town.simulator.world.merge({ repo: fullName, by: 'alice', number: 3 })
  await town.until('the chain to go on', () => made(talk, 3).comments[0])
  expect(made(talk, 3).comments[0]?.body).toContain('new pull request created: #4')
  expect(made(talk, 4)).toMatchObject({ base: { ref: 'release-1.1' }, title: '[release-1.1] Change by bob' })
  expect(await fileAt(talk, 4, 'lamp')).toBe(fixed)
})

conversation(
  'issue_comment: what cannot be picked is told, with an issue where that is wanted',
  { jobs: '', plugins: [], with: [cherrypicker({ ...defaultSettings, createIssueOnConflict: true })], files },
  async ({ alice, bob, town }) => {
    await alice.makesBranch('release-1.0')
    await alice.pushesTo('release-1.0', { lamp: text(29) })
    const given = await bob.opensPullRequest({ files: { wick: 'new' } })
    await bob.says(given, '/cherrypick main')
    await given.botSays('@bob: this PR merges into `main`')
    await bob.closes(given)
    await bob.says(given, '/cherrypick release-1.0')
    await given.botSays('@bob: cannot cherry-pick an unmerged PR')
    const pr = await bob.opensPullRequest({ files: { lamp: fixed } })
    await bob.merges(pr)
    await bob.says(pr, '/cherrypick release-1.0\n/cherrypick release-9')
    expect(await pr.botSays('@bob: #2 failed to apply on top of branch "release-1.0":\n```\n')).toContain(
      'CONFLICT (content): Merge conflict in lamp',
    )
    await pr.botSays('@bob: new issue created for failed cherrypick: #3')
    await pr.botSays('@bob: cannot checkout `release-9`: there is no such branch')
    expect(town.simulator.world.issue(fullName, 3)).toMatchObject({
      title: '#2 failed to apply on top of branch "release-1.0"',
      assignees: ['bob'],
    })
  },
)
