// trigger, as the people on a pull request see it: all its commands and events in short. Longer stories lie one folder above.
import { expect } from 'vitest'
import { conversation } from '../../../src/testing/conversation.ts'
import { fullName, org } from '../../../src/testing/town.ts'

const job = (name: string, script: string, more: string) => `
    - name: ${name}
      ${more}
      spec: {containers: [{image: host, command: [sh, -c], args: [${JSON.stringify(script)}]}]}`
const presubmits = (...jobs: string[]) => `presubmits:\n  ${fullName}:${jobs.join('')}\n`

conversation(
  'comment: what can be asked for, and what is asked for wrongly',
  {
    plugins: ['trigger'],
    jobs: presubmits(
      job('auto', 'exit 1', 'always_run: true'),
      job('by-hand', 'true', 'always_run: false'),
      job('extra', 'exit 1', 'optional: true'),
    ),
  },
  async ({ bob, jobs: runs }) => {
    const pr = await bob.opensPullRequest()
    await runs('auto').is('failure')
    await pr.botSays('<!-- test report -->')
    await runs('auto').areReported()
    await bob.says(pr, '/test ?')
    const help = await pr.botSays('The following commands are available to trigger required jobs:')
    expect(help.match(/^\/test .*/gm)).toEqual(['/test auto', '/test by-hand', '/test extra'])
    expect(help).toContain('following jobs that were automatically triggered:\n```\nauto\n```')
    await bob.says(pr, '/test?')
    await pr.botSays('The following commands are available')
    await bob.says(pr, '/test')
    await pr.botSays('The `/test` command needs one or more targets.')
    await bob.says(pr, '/retest auto')
    await pr.botSays('The `/retest` command does not accept any targets.')
    await bob.says(pr, '/test pull-bazel-test')
    await pr.botSays('The specified target(s) for `/test` were not found.')
    await runs('by-hand').count(0)

    await bob.says(pr, '/test-manual-required')
    await runs('by-hand').is('success')
    await runs('extra').count(0)
    await pr.hasNoComment('The following commands are available')
    await pr.hasNoComment('The `/test` command needs')
    await bob.says(pr, '/test extra')
    await runs('extra').is('failure')
    await runs('extra').areReported()
    await bob.says(pr, '/retest-required')
    await runs('auto').count(2)
    await runs('extra').count(1)
    await runs('auto').is('failure')
    await runs('auto').areReported()
    await bob.says(pr, '/retest')
    await runs('auto').count(3)
    await runs('extra').count(2)
    await runs('by-hand').count(1)
    await runs('auto').is('failure')
    await bob.says(pr, '/test all')
    await runs('auto').count(4)
  },
)

conversation(
  'comment: strangers, and who lets them in',
  { plugins: ['trigger'] },
  async ({ alice, bob, casey, jobs: runs }) => {
    const pr = await casey.opensPullRequest()
    await pr.botSays('/ok-to-test')
    await pr.hasLabels('needs-ok-to-test')
    await casey.says(pr, '/retest')
    await pr.botSays('@casey: tests can be started when')
    await casey.says(pr, '/ok-to-test cancel')
    await pr.botSays('@casey: tests can be started when')
    await bob.says(pr, '/ok-to-test')
    await pr.hasLabels('ok-to-test')
    await runs('unit').count(1)
    await casey.says(pr, '/ok-to-test cancel')
    await pr.botSays('@casey: only somebody trusted')
    await alice.says(pr, '/ok-to-test cancel')
    await pr.hasLabels('needs-ok-to-test')
    await casey.pushes(pr)
    await runs('unit').count(1)
    // By hand, the label alone is a word, too.
    await alice.labels(pr, 'ok-to-test')
    await runs('unit').count(2)
    await alice.closes(pr)
    await bob.says(pr, '/test all')
    await runs('unit').count(2)
  },
)

conversation(
  'comment: where /ok-to-test is ignored',
  { plugins: ['trigger'], pluginConfig: `triggers:\n- {repos: [${org}], ignore_ok_to_test: true}\n` },
  async ({ bob, casey, jobs: runs }) => {
    const pr = await casey.opensPullRequest()
    await pr.botSays('cannot be marked as trusted')
    await casey.says(pr, '/test all')
    await pr.botSays('@casey: in this repository')
    await bob.says(pr, '/ok-to-test')
    await pr.hasLabels()
    await runs('unit').count(0)
    await bob.says(pr, '/test unit')
    await runs('unit').count(1)
  },
)

conversation(
  'pull_request: a draft, a change of mind, and a second life',
  { plugins: ['trigger'], jobs: presubmits(job('slow', 'sleep 60', 'always_run: true')) },
  async ({ alice, jobs: runs }) => {
    const pr = await alice.opensPullRequest({ draft: true })
    await pr.botSays('This is a draft')
    await runs('slow').count(0)
    await alice.marksReady(pr)
    await runs('slow').is('pending')
    await alice.convertsToDraft(pr)
    await runs('slow').is('aborted')
    await alice.closes(pr)
    await alice.reopens(pr)
    await runs('slow').count(1)
    await alice.marksReady(pr)
    await runs('slow').count(2)
    await alice.closes(pr)
    await runs('slow').is('aborted')
    await alice.reopens(pr)
    await runs('slow').count(3)
    await alice.labels(pr, 'kind/bug')
    await alice.edits(pr, { title: 'Better' })
    await runs('slow').count(3)
    await alice.closes(pr)
    await runs('slow').is('aborted')
  },
)

conversation(
  'push: starts postsubmits by branch and files',
  {
    plugins: ['trigger'],
    jobs: `postsubmits:
  ${fullName}:
    - {name: each, spec: {containers: [{image: host, command: ['true']}]}}
    - {name: docs, run_if_changed: '^docs/', spec: {containers: [{image: host, command: ['true']}]}}
    - {name: release, branches: ['^release$'], spec: {containers: [{image: host, command: ['true']}]}}
`,
  },
  async ({ alice, jobs: runs }) => {
    await alice.pushesTo('main', { 'a.txt': 'a\n' })
    await runs('each').count(1)
    await alice.pushesTo('main', { 'docs/a.txt': 'a\n' })
    await runs('docs').count(1)
    await runs('each').count(2)
    await runs('release').count(0)
    await alice.makesBranch('release')
    const sha = await alice.pushesTo('release', { 'b.txt': 'b\n' })
    const run = (await runs('release').count(2)).at(-1)
    expect(run?.spec.refs).toMatchObject({ base_ref: 'release', base_sha: sha })
  },
)
