// What people say on pull requests and issues, and what comes of it: retests, other bases, labels, code blocks, holds and approvals.
import { expect } from 'vitest'
import { conversation, type Pull, type Talk } from '../../src/testing/conversation.ts'
import { bot, fullName } from '../../src/testing/town.ts'

const jobs = (...presubmits: string[]) => `presubmits:\n  ${fullName}:\n${presubmits.join('\n')}`
const job = (name: string, script: string, more = 'always_run: true') => `
    - name: ${name}
      ${more}
      spec:
        containers: [{image: host, command: [sh, -c], args: [${JSON.stringify(script)}]}]`

/** Changes the job configuration and waits until it holds. */
async function configure(town: Talk['town'], yaml: string): Promise<void> {
  const config = () => town.installation().config.current()
  const before = config()
  await town.writeJobs(yaml)
  await town.until('the new configuration', () => config() !== before)
}

conversation(
  '/retest after a push goes by what happened to the new commit',
  { jobs: jobs(job('unit', 'exit 1'), job('extra', 'exit 1', 'optional: true')) },
  async ({ alice, jobs: runs, town }) => {
    const pr = await alice.opensPullRequest()
    await pr.hasStatus('unit', 'failure')
    await pr.botSays('unit')
    await alice.says(pr, '/test extra')
    await pr.hasStatus('extra', 'failure')
    await configure(town, jobs(job('unit', 'true'), job('extra', 'true', 'optional: true')))

    await alice.pushes(pr)
    await pr.hasStatus('unit', 'success')
    // Nobody has asked for extra on this commit, and nothing else failed.
    await alice.says(pr, '/retest')
    await runs('unit').count(2)
    await runs('extra').count(1)
    await pr.hasNoStatus('extra')
  },
)

conversation(
  'a pull request that is moved to another branch gets the jobs of that branch',
  {
    jobs: jobs(
      job('for-main', 'true', "always_run: true\n      branches: ['^main$']"),
      job('for-release', 'true', "always_run: true\n      branches: ['^release$']"),
      job('not-for-main', 'true', "always_run: true\n      skip_branches: ['^main$']"),
    ),
  },
  async ({ alice, jobs: runs, town }) => {
    const { world } = town.simulator
    await world.push({ repo: fullName, author: 'alice', branch: 'release', files: { 'RELEASE.md': 'soon\n' } })
    const pr = await alice.opensPullRequest()
    await pr.hasStatus('for-main', 'success')
    await world.edit({ repo: fullName, number: pr.number, by: 'alice', title: 'Another title' })
    await runs('for-main').count(1)
    await runs('for-release').count(0)
    await world.edit({ repo: fullName, number: pr.number, by: 'alice', base: 'release' })
    const run = await runs('for-release').is('success')
    expect(run.spec.refs).toMatchObject({ base_ref: 'release', base_sha: await world.revision(fullName, 'release') })
    await runs('not-for-main').count(1)
    await runs('for-main').count(1)
  },
)

conversation('an lgtm is worth one build of a stranger’s pull request', async ({ bob, casey, jobs: runs }) => {
  const pr = await casey.opensPullRequest()
  await pr.botSays('/ok-to-test')
  await pr.hasLabels('needs-ok-to-test')
  await bob.labels(pr, 'lgtm')
  await pr.hasStatus('unit', 'success')
  await runs('unit').count(1)
  await casey.pushes(pr)
  await pr.botSays('LGTM label has been removed.')
  await pr.hasLabels('needs-ok-to-test')
  await runs('unit').count(1)
})

conversation('a command in a code block is only shown, whatever the line ends', async ({ alice, jobs: runs }) => {
  const pr = await alice.opensPullRequest()
  await runs('unit').is('success')
  await alice.says(pr, 'You may say\r\n```\r\n/test all\r\n/test ?\r\n```\r\nto try it.')
  await alice.says(pr, '~~~sh\n/test unit\n~~~\n')
  await alice.says(pr, '> /test all')
  await runs('unit').count(1)
  await alice.says(pr, 'like this:\r\n\r\n/test all\r\n\r\nthanks')
  await runs('unit').count(2)
})

conversation('hold and lgtm live side by side, and a push takes back the lgtm', async ({ alice, bob, casey }) => {
  const pr = await alice.opensPullRequest()
  await alice.says(pr, '/lgtm')
  await pr.botSays('you cannot LGTM your own PR')
  await casey.says(pr, '/lgtm')
  await pr.botSays('changing LGTM is restricted to collaborators')
  await pr.hasLabels()

  await casey.says(pr, 'wait for the release\r\n/hold until Monday\r\n')
  await pr.hasLabels('do-not-merge/hold')
  await bob.says(pr, 'Fine.\r\n/LGTM\r\n')
  await pr.hasLabels('do-not-merge/hold', 'lgtm')
  expect(pr.view().assignees).toEqual(['bob'])

  await alice.pushes(pr)
  await pr.botSays('New changes are detected. LGTM label has been removed.')
  await pr.hasLabels('do-not-merge/hold')
  await bob.says(pr, '/lgtm')
  await pr.hasLabels('do-not-merge/hold', 'lgtm')
  expect(pr.view().comments.filter(({ body }) => body.includes('New changes'))).toEqual([])
  await casey.says(pr, '/hold cancel')
  await pr.hasLabels('lgtm')
  await alice.says(pr, '/lgtm cancel')
  await pr.hasLabels()
})

const treeHash = `lgtm:\n- repos: [${fullName}]\n  store_tree_hash: true\n  review_acts_as_lgtm: true\n`
conversation(
  'with store_tree_hash an lgtm outlives a push that changes no file; reviews count, too',
  { pluginConfig: treeHash, jobs: '' },
  async ({ alice, bob, town }) => {
    const files = { 'lamp.txt': 'bright\n' }
    const pr = await alice.opensPullRequest({ files })
    await bob.reviews(pr, 'approve')
    await pr.hasLabels('lgtm')
    await pr.botSays('Git tree hash')
    const before = pr.view().head.sha
    const amend = { repo: fullName, author: 'alice', number: pr.number, files, force: true, message: 'Say it better' }
    await town.simulator.world.push(amend)
    expect(pr.view().head.sha).not.toBe(before)
    await pr.hasLabels('lgtm')

    await alice.pushes(pr)
    await pr.botSays('LGTM label has been removed.')
    await pr.hasLabels()
    expect(pr.view().reviewers).toEqual(['bob'])
    await bob.reviews(pr, 'approve')
    await pr.botSays('Git tree hash')
    await bob.reviews(pr, 'request changes', 'not quite')
    await pr.hasLabels()
  },
)

conversation('an issue is marked for newcomers, and the mark taken off again', async ({ town }) => {
  const { world } = town.simulator
  const number = world.openIssue({ repo: fullName, author: 'alice', title: 'The lamp is dark' })
  const now = () => {
    const { labels, comments } = world.issue(fullName, number)
    return [[...labels].sort(), comments.filter(({ user }) => user === bot).map(({ body }) => body)] as const
  }
  const says = async (body: string, want: string[]) => {
    await town.clock.advance('1s')
    world.comment({ repo: fullName, number, author: 'casey', body })
    await town.until(`labels ${want}`, () => now()[0].join() === want.join(), now)
    await town.quiet()
    expect(now()[0]).toEqual(want)
  }
  await says('/help', ['help wanted'])
  expect(now()[1]).toEqual([expect.stringContaining('needing help from a contributor')])
  await says('/good-first-issue', ['good first issue', 'help wanted'])
  expect(now()[1]).toHaveLength(2)
  await says('/remove-good-first-issue\r\n', ['help wanted'])
  await says('/remove-help', [])
  expect(now()[1]).toEqual([])
})

conversation(
  'an issue that asks for help in its description is heard; a pull request is not',
  async ({ alice, town }) => {
    const { world } = town.simulator
    const number = world.openIssue({
      repo: fullName,
      author: 'casey',
      title: 'Paint it',
      body: 'Who can?\r\n/help\r\n',
    })
    await town.until('the label', () => world.issue(fullName, number).labels.includes('help wanted'))
    const pr: Pull = await alice.opensPullRequest({ body: '/help' })
    await alice.says(pr, '/good-first-issue')
    await pr.hasLabels()
  },
)
