// From a pull request to its statuses: what trigger, plank, the node and crier do together, as people see it.
import { expect } from 'vitest'
import { conversation } from '../../src/testing/conversation.ts'
import { fullName } from '../../src/testing/town.ts'

/** Jobs of the repository, undecorated: they run what stands in `command` and nothing else. */
const jobs = (...presubmits: string[]) => `presubmits:\n  ${fullName}:\n${presubmits.join('\n')}`
const job = (name: string, script: string, more = 'always_run: true') => `
    - name: ${name}
      ${more}
      spec:
        containers: [{image: host, command: [sh, -c], args: [${JSON.stringify(script)}]}]`

conversation('the pull request of a member is tested at once, and turns green', async ({ alice, jobs }) => {
  const pr = await alice.opensPullRequest()
  await pr.hasStatus('unit', 'success', 'Job succeeded.')
  await jobs('unit').count(1)
  await pr.hasLabels()
})

conversation('that of a stranger waits for /ok-to-test', async ({ alice, bob, casey, jobs }) => {
  const pr = await casey.opensPullRequest()
  await pr.hasLabels('needs-ok-to-test')
  await pr.botSays('/ok-to-test')
  await jobs('unit').count(0)

  await casey.says(pr, '/test all')
  await pr.botSays('@casey')
  await casey.says(pr, '/ok-to-test')
  await pr.botSays('@casey')
  await pr.hasNoStatus('unit')
  await jobs('unit').count(0)

  await bob.says(pr, 'looks harmless\r\n/ok-to-test\r\n')
  await pr.hasLabels('ok-to-test')
  await pr.hasStatus('unit', 'success')
  await casey.pushes(pr)
  await jobs('unit').count(2)
  await alice.says(pr, '/ok-to-test cancel')
  await pr.hasLabels('needs-ok-to-test')
})

conversation(
  'a push aborts the runs of what was there before',
  { jobs: jobs(job('slow', 'test -e quick || sleep 60')) },
  async ({ alice, jobs, town }) => {
    const pr = await alice.opensPullRequest()
    await jobs('slow').is('pending')
    const before = pr.view().head.sha
    await alice.pushes(pr)
    const [first, second] = await jobs('slow').count(2)
    expect(first?.spec.refs?.pulls?.[0]?.sha).toBe(before)
    expect(second?.spec.refs?.pulls?.[0]?.sha).toBe(pr.view().head.sha)
    await town.until('the first run to be over', async () => (await town.jobs())[0]?.status.completionTime)
    expect((await town.jobs())[0]?.status.state).toBe('aborted')
    await pr.hasStatus('slow', 'pending')
    await alice.closes(pr)
    await jobs('slow').is('aborted')
  },
)

conversation(
  '/test starts what it names, whether it runs by itself or not',
  { jobs: jobs(job('unit', 'true'), job('extra', 'true', 'optional: true')) },
  async ({ alice, jobs }) => {
    const pr = await alice.opensPullRequest()
    await pr.hasStatus('unit', 'success')
    await pr.hasNoStatus('extra')
    await alice.says(pr, '/test extra')
    await pr.hasStatus('extra', 'success')
    await jobs('unit').count(1)
    await alice.says(pr, '/test all')
    await jobs('unit').count(2)
    await jobs('extra').count(1)
  },
)

conversation('an unknown job is answered with the list of known ones', async ({ alice, jobs }) => {
  const pr = await alice.opensPullRequest()
  await jobs('unit').is('success')
  await alice.says(pr, '/test nonsense')
  const answer = await pr.botSays('The specified target(s) for `/test` were not found.')
  expect(answer).toContain('/test unit')
  await alice.says(pr, '/test')
  await pr.botSays('The `/test` command needs one or more targets.')
  await jobs('unit').count(1)
})

conversation(
  'a failing job gives a red status and one comment, which is edited and not repeated',
  { jobs: jobs(job('unit', 'exit 3'), job('lint', 'exit 4', 'optional: true')) },
  async ({ alice, jobs }) => {
    const pr = await alice.opensPullRequest()
    await pr.hasStatus('unit', 'failure', 'Job failed.')
    const comment = await pr.botSays('<!-- test report -->')
    expect(comment).toContain('@alice: The following test **failed**')
    expect(comment).toMatch(/^unit \| [0-9a-f]{40} \| \[link\]\(.*\) \| true \| `\/test unit`$/m)

    await alice.says(pr, '/test lint')
    await pr.hasStatus('lint', 'failure')
    await pr.botEdits(/^lint \| .* \| false \|/m)
    expect(pr.view().comments.filter(({ body }) => body.includes('<!-- test report -->'))).toHaveLength(1)

    await alice.says(pr, '/retest')
    await jobs('unit').count(2)
    await jobs('lint').count(2)
    await jobs('lint').is('failure')
    await jobs('unit').is('failure')
    expect(pr.view().comments.filter(({ body }) => body.includes('<!-- test report -->'))).toHaveLength(1)
  },
)

conversation(
  '/retest runs what failed, and nothing else; a green run takes its row away',
  { jobs: jobs(job('good', 'true'), job('flaky', 'test -e "$HOME/../nowhere" || exit 1')) },
  async ({ alice, jobs, town }) => {
    const pr = await alice.opensPullRequest()
    await pr.hasStatus('good', 'success')
    await pr.hasStatus('flaky', 'failure')
    await pr.botSays('flaky')
    await town.writeJobs(jobsYaml)
    await town.until('the new configuration', () => {
      const [, flaky] = town.installation().config.current().config.presubmits[fullName] ?? []
      return flaky?.spec?.containers[0]?.args?.[0] === 'true'
    })
    await alice.says(pr, '/retest')
    await pr.hasStatus('flaky', 'success')
    await jobs('good').count(1)
    await jobs('flaky').count(2)
    await town.until('the comment to be gone', () =>
      pr.view().comments.every(({ body }) => !body.includes('test report')),
    )
  },
)
const jobsYaml = jobs(job('good', 'true'), job('flaky', 'true'))

conversation(
  'max_concurrency holds runs back, and says so',
  {
    jobs: jobs(
      job(
        'one-at-a-time',
        'while ! test -e /tmp/never; do sleep 0.05; done',
        'always_run: true\n      max_concurrency: 1',
      ),
    ),
  },
  async ({ alice, bob, jobs, town }) => {
    const first = await alice.opensPullRequest()
    await jobs('one-at-a-time').is('pending')
    const second = await bob.opensPullRequest()
    await jobs('one-at-a-time').count(2)
    const waiting = await town.until('the second run to say why it waits', async () => {
      const [, run] = await town.jobs()
      return run?.status.state === 'triggered' && run.metadata.annotations?.['bowsprit.dev/waiting-reason']
        ? run
        : undefined
    })
    expect(waiting.status.description).toContain('Waiting for a free slot: 1 of at most 1')
    await second.hasStatus('one-at-a-time', 'pending')
    await alice.closes(first)
    await jobs('one-at-a-time').is('pending')
    await bob.closes(second)
    await jobs('one-at-a-time').is('aborted')
  },
)

conversation('a pull request that is a draft is left alone until it is ready', async ({ alice, jobs }) => {
  const pr = await alice.opensPullRequest({ draft: true })
  await pr.botSays('draft')
  await jobs('unit').count(0)
  await alice.marksReady(pr)
  await pr.hasStatus('unit', 'success')
  await jobs('unit').count(1)
})
