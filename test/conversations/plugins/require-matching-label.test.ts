// require-matching-label, as the people on an issue see it.
import { conversation } from '../../../src/testing/conversation.ts'
import { org } from '../../../src/testing/town.ts'

const pluginConfig = `require_matching_label:
- {org: ${org}, issues: true, prs: true, regexp: ^sig/, missing_label: needs-sig, missing_comment: Which SIG is it?, grace_period: 0s}
- {org: ${org}, prs: true, branch: main, regexp: ^kind/, missing_label: needs-kind, grace_period: 0s}
`
const options = { plugins: ['require-matching-label'], jobs: '', pluginConfig }

conversation('issues: an issue is marked until it has a label of the kind', options, async ({ bob, casey }) => {
  const issue = await casey.opensIssue()
  await issue.botSays('Which SIG is it?')
  await issue.hasLabels('needs-sig')
  await bob.labels(issue, 'sig/node')
  await issue.hasLabels('sig/node')
  await issue.hasNoComment('Which SIG is it?')
  await bob.labels(issue, 'sig/cli')
  await bob.unlabels(issue, 'sig/node')
  await issue.hasLabels('sig/cli')
  await bob.unlabels(issue, 'sig/cli')
  await issue.botSays('Which SIG is it?')
  await issue.hasLabels('needs-sig')
})

conversation('pull_request: each entry goes by itself', options, async ({ bob, casey }) => {
  const pr = await casey.opensPullRequest()
  await pr.botSays('Which SIG is it?')
  await pr.hasLabels('needs-sig', 'needs-kind')
  await bob.labels(pr, 'kind/bug')
  await pr.hasLabels('needs-sig', 'kind/bug')
  await bob.labels(pr, 'sig/node')
  await pr.hasLabels('sig/node', 'kind/bug')
})

conversation('comment: anybody can have it looked at again', options, async ({ bob, casey }) => {
  const issue = await bob.opensIssue({ labels: ['sig/node'] })
  await issue.hasLabels('sig/node')
  await bob.labels(issue, 'needs-sig')
  await casey.says(issue, '> /check-required-labels')
  await issue.hasLabels('sig/node', 'needs-sig')
  await casey.says(issue, 'It is wrong.\r\n/check-required-labels\r\n')
  await issue.hasLabels('sig/node')
  await bob.labels(issue, 'needs-sig')
  await bob.closes(issue)
  await casey.says(issue, '/check-required-labels')
  await issue.hasLabels('sig/node', 'needs-sig')
})

conversation(
  'the time for others to set a label holds up no command, and a restart does not forget it',
  {
    plugins: ['require-matching-label', 'trigger'],
    pluginConfig: `require_matching_label: [{org: ${org}, prs: true, regexp: ^sig/, missing_label: needs-sig, grace_period: 1h}]`,
    jobs: `presubmits: {${org}/lighthouse: [{name: unit, always_run: false, spec: {containers: [{image: host, command: ['true']}]}}]}`,
  },
  async ({ bob, jobs, clock, town }) => {
    const pr = await bob.opensPullRequest()
    await bob.says(pr, '/test unit')
    await town.restart()
    await jobs('unit').is('success')
    await clock.advance('1h')
    await pr.hasLabels('needs-sig')
  },
)
