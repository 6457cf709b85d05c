// override, as the people on a pull request see it.
import { conversation } from '../../../src/testing/conversation.ts'
import { fullName } from '../../../src/testing/town.ts'

const jobs = `presubmits:
  ${fullName}:
    - name: unit
      always_run: true
      context: ci/unit
      spec: {containers: [{image: host, command: ['false']}]}
`

conversation(
  '/override makes a failed context green, for those who may; /override-cancel takes it back',
  { jobs, plugins: ['trigger', 'override'] },
  async ({ alice, bob, casey, jobs: runs }) => {
    const pr = await alice.opensPullRequest()
    await pr.hasStatus('ci/unit', 'failure')
    await pr.botSays('<!-- test report -->')
    await runs('unit').areReported()

    await casey.says(pr, '/override')
    await pr.botSays('@casey: /override requires failed status contexts to operate on, but none was given')
    await bob.says(pr, '/override unit')
    await pr.botSays('@bob: bob unauthorized: /override is restricted to Repo administrators.')
    await alice.says(pr, '/override "test / unit" unit')
    await pr.botSays(/unknown contexts were given:\n- `test \/ unit`\n(.|\n)*- `ci\/unit`\n- `unit`\n/)
    await pr.hasStatus('ci/unit', 'failure')

    await alice.says(pr, 'It is the lamp.\r\n/override unit\r\nreally')
    await pr.botSays('@alice: Overrode contexts on behalf of alice: ci/unit')
    await pr.hasStatus('ci/unit', 'success', /^Overridden by alice.* BaseSHA:[0-9a-f]{40}$/)
    await runs('unit').is('success')
    await runs('unit').areReported()
    await pr.hasStatus('ci/unit', 'success', 'Overridden by alice')

    await bob.says(pr, '/override-cancel')
    await pr.botSays('bob unauthorized: /override-cancel is restricted')
    await alice.says(pr, '/override-cancel unit')
    await pr.botSays('@alice: Cancelled overrides on behalf of alice: ci/unit')
    await pr.hasStatus('ci/unit', 'failure', 'Override cancelled by alice')
    await alice.says(pr, '/override-cancel')
    await pr.botSays('@alice: No overrides found to cancel')
  },
)

conversation(
  '/override-sticky stays whatever the base is; teams, owners and branch protection are asked',
  {
    jobs: '',
    plugins: ['override'],
    files: { OWNERS: 'approvers: [casey]\n' },
    pluginConfig: `override:
  allow_top_level_owners: true
  allowed_github_teams: {${fullName}: [keepers]}
owners:
  skip_collaborators: [${fullName}]
`,
  },
  async ({ alice, bob, casey }) => {
    alice.makesTeam('keepers', ['bob'])
    alice.protects('main', 'legal')
    const pr = await casey.opensPullRequest()
    await alice.setsStatus(pr, 'test / Unit Tests', 'error')
    await alice.setsStatus(pr, 'slow', 'pending')
    await bob.says(pr, '/override-sticky "test / Unit Tests"')
    await pr.botSays(/Overrode contexts on behalf of bob: test \/ Unit Tests\n\nThese overrides persist/)
    await pr.hasStatus('test / Unit Tests', 'success', 'Overridden by bob [prow:skip-retest]')
    await casey.says(pr, '/override legal slow')
    await pr.botSays('Overrode contexts on behalf of casey: legal, slow')
    await pr.hasStatus('legal', 'success')
    await alice.says(pr, '/override-cancel slow')
    await pr.botSays('Cancelled overrides on behalf of alice: slow')
    await pr.hasStatus('legal', 'success')
    await alice.closes(pr)
    await alice.says(pr, '/override-sticky slow')
    await pr.hasStatus('slow', 'failure')
  },
)

conversation(
  '/override and /test of one job in one comment: it is green, and runs again',
  { jobs, plugins: ['trigger', 'override'] },
  async ({ alice, jobs: runs }) => {
    const pr = await alice.opensPullRequest()
    await pr.hasStatus('ci/unit', 'failure')
    await pr.botSays('<!-- test report -->')
    await runs('unit').areReported()
    await alice.says(pr, '/override unit\n/test unit')
    await pr.botSays('@alice: Overrode contexts on behalf of alice: ci/unit')
    // The one that failed, the one that says it is overridden, and the new one.
    await runs('unit').count(3)
  },
)
