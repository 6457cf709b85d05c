// Which jobs run for a change, and what is told about them: files, branches, optional jobs, silent jobs, batches, organisations.
import { expect } from 'vitest'
import { prowJobs } from '../../src/api/prowjob.ts'
import { newBatch } from '../../src/jobs/build.ts'
import { conversation } from '../../src/testing/conversation.ts'
import { fullName, org, repo } from '../../src/testing/town.ts'

const job = (name: string, script: string, more: string) => `
    - name: ${name}
      ${more}
      spec:
        containers: [{image: host, command: [sh, -c], args: [${JSON.stringify(script)}]}]`
const jobsOf = (repository: string, ...presubmits: string[]) => `  ${repository}:\n${presubmits.join('\n')}\n`
const jobs = (...presubmits: string[]) => `presubmits:\n${jobsOf(fullName, ...presubmits)}`

conversation(
  'files decide about conditional jobs, unless somebody asks for one by name',
  {
    jobs: jobs(
      job('code', 'true', "run_if_changed: '\\.go$'"),
      job('not-only-docs', 'true', "skip_if_only_changed: '^docs/|\\.md$'"),
    ),
  },
  async ({ alice, jobs: runs }) => {
    const docs = await alice.opensPullRequest({ files: { 'docs/a.txt': 'a\n', 'b.md': 'b\n' } })
    await runs('code').count(0)
    await runs('not-only-docs').count(0)
    await alice.says(docs, '/test all')
    await docs.botSays('No jobs can be run with `/test all`.')
    await alice.says(docs, '/test code')
    await docs.hasStatus('code', 'success')
    await docs.hasNoStatus('not-only-docs')

    const code = await alice.opensPullRequest({ files: { 'main.go': 'package main\n', 'b.md': 'c\n' } })
    await code.hasStatus('code', 'success')
    await code.hasStatus('not-only-docs', 'success')
    await runs('code').count(2)
    await runs('not-only-docs').count(1)
  },
)

conversation(
  'a job with skip_report runs, and nobody hears of it',
  {
    jobs: jobs(
      job('silent', 'exit 1', 'always_run: true\n      skip_report: true'),
      job('loud', 'true', 'always_run: true'),
    ),
  },
  async ({ alice, jobs: runs }) => {
    const pr = await alice.opensPullRequest()
    await pr.hasStatus('loud', 'success')
    await runs('silent').is('failure')
    // A later report of another job proves that crier has had the time for this one.
    await alice.says(pr, '/test loud')
    await runs('loud').count(2)
    await runs('loud').is('success')
    await pr.hasNoStatus('silent')
    expect(pr.view().comments.map(({ user }) => user)).toEqual(['alice'])
  },
)

conversation(
  'an optional job is reported like any other, and /retest-required leaves it alone',
  {
    jobs: jobs(
      job('must', 'exit 1', 'always_run: true'),
      job('may', 'exit 1', 'always_run: true\n      optional: true'),
    ),
  },
  async ({ alice, jobs: runs, town }) => {
    const pr = await alice.opensPullRequest()
    await pr.hasStatus('must', 'failure', 'Job failed.')
    await pr.hasStatus('may', 'failure', 'Job failed.')
    await pr.botSays('<!-- test report -->')
    const report = () => pr.view().comments.find(({ body }) => body.includes('<!-- test report -->'))?.body ?? ''
    await town.until(
      'both rows',
      () => /^must \| .* \| true \|/m.test(report()) && /^may \| .* \| false \|/m.test(report()),
    )
    await alice.says(pr, '/retest-required')
    await runs('must').count(2)
    await runs('may').count(1)
    await runs('must').is('failure')
  },
)

conversation('a batch tells nothing to its pull requests', async ({ alice, bob, jobs: runs, town }) => {
  const prs = [await alice.opensPullRequest(), await bob.opensPullRequest()]
  for (const pr of prs) await pr.hasStatus('unit', 'success')
  const { config } = town.installation().config.current()
  const [unit] = config.presubmits[fullName] ?? []
  if (!unit) throw new Error('there is no job')
  const pulls = prs.map((pr) => ({ number: pr.number, author: pr.view().author, sha: pr.view().head.sha }))
  const failing = {
    ...unit,
    name: 'batch-unit',
    spec: { containers: [{ name: '', image: 'host', command: ['false'] }] },
  }
  const batch = newBatch(
    failing,
    { org, repo, base_ref: 'main', base_sha: prs[0]?.view().base.sha ?? '', pulls },
    {
      config,
      now: town.clock.now(),
      name: 'batch-1',
    },
  )
  const statuses = () => prs.map((pr) => Object.keys(pr.view().statuses))
  const before = statuses()
  await town.installation().kube.create(prowJobs, batch)
  await runs('batch-unit').is('failure')
  await alice.says(prs[0] ?? fail(), '/test unit')
  await runs('unit').count(3)
  await runs('unit').is('success')
  expect(statuses()).toEqual(before)
})
function fail(): never {
  throw new Error('there is no pull request')
}

conversation(
  'two organisations do not meddle with each other',
  {
    jobs: `presubmits:
${jobsOf(fullName, job('unit', 'true', 'always_run: true'))}
${jobsOf('island/beacon', job('unit', 'exit 1', 'always_run: true'))}`,
    pluginConfig: '  island:\n    plugins: [trigger]\n',
  },
  async ({ alice, jobs: runs, town }) => {
    const { world } = town.simulator
    await world.plant({
      orgs: [{ login: 'island', admins: ['bob', 'bowsprit-bot'], defaultPermission: 'write' }],
      repos: [{ owner: 'island', name: 'beacon' }],
      hooks: [{ org: 'island', url: `${town.installation().urls.hook}/hook`, secret: 'town secret' }],
    })
    const here = await alice.opensPullRequest()
    await here.hasStatus('unit', 'success')
    // Alice is a member at home only.
    const { number } = await world.openPullRequest({ repo: 'island/beacon', author: 'alice', title: 'Hello' })
    const there = () => world.pullRequest('island/beacon', number)
    await town.until('a welcome', () => there().labels.includes('needs-ok-to-test'))
    world.comment({ repo: 'island/beacon', number, author: 'bob', body: '/ok-to-test\n/hold\n/lgtm' })
    await town.until(
      'a failure',
      () => there().statuses.unit?.state === 'failure',
      () => there().statuses,
    )
    await town.quiet()
    expect([...there().labels]).toEqual(['ok-to-test'])
    await here.hasStatus('unit', 'success')
    await here.hasLabels()
    const all = await runs('unit').count(2)
    expect(all.map(({ spec }) => `${spec.refs?.org}/${spec.refs?.repo}`).sort()).toEqual([fullName, 'island/beacon'])
  },
)
