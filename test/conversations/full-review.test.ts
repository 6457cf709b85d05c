// A whole review, as a newcomer lives through it: many plugins on one pull request, and what is there in the end.
import { expect } from 'vitest'
import { quoteRe2 } from '../../src/config/re2.ts'
import { conversation, type Pull } from '../../src/testing/conversation.ts'
import { bot, fullName } from '../../src/testing/town.ts'

const town = {
  plugins: ['trigger', 'size', 'dco', 'release-note', 'blunderbuss', 'approve', 'lgtm', 'hold', 'retitle', 'override'],
  files: {
    'hull/OWNERS': 'approvers: [alice]\nreviewers: [alice]\n',
    'sails/OWNERS': 'approvers: [bob]\nreviewers: [bob]\n',
    'lamp/OWNERS': 'approvers: [alice, bob]\nreviewers: [bob]\n',
  },
  jobs: `
presubmits:
  ${fullName}:
    - name: unit
      always_run: true
      spec: {containers: [{image: host, command: ['true']}]}
    - name: lint
      always_run: false
      spec: {containers: [{image: host, command: ['false']}]}
`,
}
const files = { 'hull/plank.txt': 'oak\n', 'sails/jib.txt': 'white\n', 'lamp/wick.txt': 'cotton\n' }
const signed = (message: string) => `${message}\n\nSigned-off-by: Casey <casey@example.com>`

/** The bot says all of this, in whatever order its plugins come to it. */
async function botSaysAll(pr: Pull, ...texts: string[]): Promise<string[]> {
  const said: string[] = []
  for (const open = new Set(texts); open.size > 0; ) {
    const body = await pr.botSays(new RegExp([...open].map((text) => quoteRe2(text)).join('|')))
    for (const text of open) if (body.includes(text)) open.delete(text)
    said.push(body)
  }
  return said
}

const notices = (pr: Pull): string[] =>
  pr
    .view()
    .comments.filter(({ user, body }) => user === bot && body.startsWith('[APPROVALNOTIFIER]'))
    .map(({ body }) => body)

conversation('a newcomer changes three areas, and gets it through', town, async ({ alice, bob, casey, jobs }) => {
  const pr = await casey.opensPullRequest({ title: 'Repair the ship', files, message: 'Repair the ship' })
  await botSaysAll(
    pr,
    '/ok-to-test',
    "you'll need to add a 'DCO signoff' to your commits",
    'because no release-note block was detected',
    '[APPROVALNOTIFIER] This PR is **NOT APPROVED**',
  )
  await pr.hasLabels('needs-ok-to-test', 'size/XS', 'dco-signoff: no', 'do-not-merge/release-note-label-needed')
  await pr.hasReviewers('alice', 'bob')
  await pr.hasStatus('dco', 'failure')
  await jobs('unit').count(0)

  await casey.pushes(pr, files, { force: true, message: signed('Repair the ship') })
  await casey.edits(pr, { body: '```release-note\nThe ship floats again.\n```' })
  await pr.hasLabels('needs-ok-to-test', 'size/XS', 'dco-signoff: yes', 'release-note')
  await pr.hasStatus('dco', 'success')
  for (const done of ['DCO signoff', 'no release-note block']) await pr.hasNoComment(done)

  await bob.says(pr, '/ok-to-test')
  await pr.hasStatus('unit', 'success')
  await casey.says(pr, '/test lint')
  await pr.botSays('lint')
  await pr.hasStatus('lint', 'failure')

  await bob.says(pr, 'Well done.\r\n/lgtm\r\n')
  await pr.hasLabels('ok-to-test', 'size/XS', 'dco-signoff: yes', 'release-note', 'lgtm')
  await pr.hasAssignees('bob')

  await alice.says(pr, '/approve')
  const half = await pr.botSays('[APPROVALNOTIFIER] This PR is **NOT APPROVED**')
  for (const line of ['- ~~[hull/OWNERS]', '- ~~[lamp/OWNERS]', '- **[sails/OWNERS]', 'ask for approval from [bob]'])
    expect(half).toContain(line)
  await alice.says(pr, '/hold until the tide comes in')
  await bob.says(pr, '/approve')
  await pr.botSays('[APPROVALNOTIFIER] This PR is **APPROVED**')
  const all = ['ok-to-test', 'size/XS', 'dco-signoff: yes', 'release-note', 'approved']
  await pr.hasLabels(...all, 'lgtm', 'do-not-merge/hold')

  await alice.says(pr, '/hold cancel')
  await alice.says(pr, '/retitle Repair hull, sails and lamp')
  await pr.hasTitle('Repair hull, sails and lamp')
  await alice.says(pr, '/override lint')
  await pr.botSays('Overrode contexts on behalf of alice: lint')
  await pr.hasStatus('lint', 'success', /^Overridden by alice/)
  await pr.hasLabels(...all, 'lgtm')

  await casey.pushes(pr, { 'hull/nail.txt': 'iron\n' }, { message: signed('Add a nail') })
  await pr.botSays('New changes are detected. LGTM label has been removed.')
  await jobs('unit').count(2)
  await pr.hasStatus('unit', 'success')
  await pr.hasLabels(...all)
  const [notice = '', ...others] = notices(pr)
  expect(others).toEqual([])
  expect(notice).toMatch(/^\[APPROVALNOTIFIER\] This PR is \*\*APPROVED\*\*\n/)
  expect(notice).toMatch(
    /by: \*<a href="\S+" title="Approved">alice<\/a>\*, \*<a href="\S+" title="Approved">bob<\/a>\*, \*<a href="\S+#" title="Author self-approved">casey<\/a>\*\n/,
  )
  for (const owned of ['hull', 'lamp', 'sails']) expect(notice).toMatch(new RegExp(`^- ~~\\[${owned}/OWNERS\\]`, 'm'))
  expect(notice).toMatch(/<!-- META=\{"approvers":\[\]\} -->$/)
})
