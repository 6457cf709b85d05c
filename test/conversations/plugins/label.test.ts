// label, as the people on an issue see it.
import { conversation } from '../../../src/testing/conversation.ts'
import { fullName } from '../../../src/testing/town.ts'

const labels = [
  ...['area/api', 'committee/steering', 'kind/bug', 'language/zh', 'priority/p0', 'sig/node', 'wg/policy'],
  ...['triage/accepted', 'triage/needs-information', 'needs-kind', 'needs-sig', 'foo', 'secret'],
]
const pluginConfig = `label:
  additional_labels: [foo]
  restricted_labels:
    ${fullName}:
    - label: secret
      allowed_users: [bob]
      allowed_teams: [keepers]
      assign_on: [{label: kind/bug}]
`
const options = { plugins: ['label'], jobs: '', pluginConfig }

conversation('comment: everybody labels by commands', options, async ({ alice, casey }) => {
  alice.makesLabels(...labels)
  const issue = await casey.opensIssue({ body: 'It breaks.\r\n<!-- /kind bug -->\r\n/area api\r\n' })
  await issue.hasLabels('area/api')
  await casey.says(
    issue,
    '/remove-area api\n/committee steering\n/kind BUG\n/language zh\n/priority p0\n/sig node\n/wg policy',
  )
  const others = ['committee/steering', 'language/zh', 'priority/p0', 'wg/policy']
  await issue.hasLabels(...others, 'kind/bug', 'sig/node')
  await casey.says(issue, '/remove-kind bug\n/remove-sig node\n/triage needs-information')
  await issue.hasLabels(...others, 'needs-kind', 'needs-sig', 'triage/needs-information')
  await casey.says(
    issue,
    '/remove-committee steering\r\n/remove-language zh\r\n/remove-priority p0\r\n/remove-wg policy\r\n/remove-triage needs-information\r\n',
  )
  await issue.hasLabels('needs-kind', 'needs-sig')
  await casey.says(issue, '/label foo')
  await issue.hasLabels('needs-kind', 'needs-sig', 'foo')
  await casey.says(issue, '/remove-label foo')
  await issue.hasLabels('needs-kind', 'needs-sig')
})

conversation('comment: what cannot be done is told', options, async ({ alice, bob, casey }) => {
  alice.makesLabels(...labels)
  alice.makesTeam('Keepers', ['alice'])
  const pr = await casey.opensPullRequest()
  await casey.says(pr, '/area moon api')
  await pr.botSays("@casey: The label(s) `area/moon` cannot be applied, because the repository doesn't have them.")
  await pr.hasLabels('area/api')
  await casey.says(pr, '/remove-kind bug')
  await pr.botSays('Those labels are not set on the issue: `kind/bug`')
  await pr.hasLabels('area/api', 'needs-kind')
  await casey.says(pr, '/label moon')
  await pr.botSays('The label(s) `/label moon` cannot be applied. These labels are supported: `foo`, `secret`.')
  await casey.says(pr, '/triage accepted')
  await pr.botSays('Only GitHub organization members can add the label.')
  await casey.says(pr, '/label secret')
  await pr.botSays('@casey: Can not set label `secret`: Must be member in one of these teams: `keepers`')
  await pr.hasLabels('area/api', 'needs-kind')
  await bob.says(pr, '/triage accepted\n/label secret')
  await pr.hasLabels('area/api', 'needs-kind', 'triage/accepted', 'secret')
  await casey.says(pr, '/remove-label secret')
  await pr.botSays('Can not set label `secret`')
  await alice.says(pr, '/remove-label secret\n/Kind bug')
  await pr.hasLabels('area/api', 'needs-kind', 'triage/accepted')
})

conversation('pull_request: a label brings in those who may set the next one', options, async ({ alice, bob }) => {
  alice.makesLabels(...labels)
  const pr = await alice.opensPullRequest()
  await bob.labels(pr, 'area/api')
  await pr.hasAssignees()
  await alice.says(pr, '/kind bug')
  await pr.hasAssignees('bob')
})
