// release-note, from the description to labels and comments on GitHub.
import { conversation } from '../../../src/testing/conversation.ts'

const notes = { plugins: ['release-note'], jobs: '' }
const needed = 'do-not-merge/release-note-label-needed'
const block = (note: string) => `Top\r\n\`\`\`release-note\r\n${note}\r\n\`\`\`\r\nBelow`

conversation('pull_request: the description decides', notes, async ({ bob, casey }) => {
  const pr = await casey.opensPullRequest()
  await pr.hasLabels(needed)
  await pr.botSays('because no release-note block was detected')
  await casey.edits(pr, { body: block('Faster.') })
  await pr.hasLabels('release-note')
  await pr.hasNoComment('because no release-note block was detected')
  await casey.edits(pr, { body: block('ACTION REQUIRED: move.') })
  await pr.hasLabels('release-note-action-required')
  await bob.labels(pr, 'release-note')
  await pr.hasLabels('release-note-action-required')
  await casey.edits(pr, { body: block('none') })
  await pr.hasLabels('release-note-none')
})

conversation('issue_comment: who may say that there is nothing to note', notes, async ({ alice, bob, casey }) => {
  const pr = await bob.opensPullRequest()
  await pr.botSays('because no release-note block was detected')
  await casey.says(pr, '/release-note-none')
  await pr.botSays('@casey: you can only set the release note label to release-note-none if you are the PR author')
  await pr.hasLabels(needed)
  await bob.says(pr, '/release-note-none')
  await pr.hasLabels('release-note-none')
  await pr.hasNoComment('because no release-note block was detected')
  await alice.says(pr, '/release-note')
  await pr.botSays('have been deprecated.')
  await alice.says(pr, '/release-note-action-required')
  await pr.botSays('have been deprecated.')
  await alice.says(pr, '/release-notes')
})

conversation('issue_comment: members edit the note', notes, async ({ bob, casey }) => {
  const pr = await casey.opensPullRequest({ body: block('Slower.') })
  await pr.hasLabels('release-note')
  const edit = '/release-note-edit\r\n```release-note\r\nThe new release note\r\n```'
  await casey.says(pr, edit)
  await pr.botSays('@casey: You must be an org member to edit the release note.')
  await bob.says(pr, '/release-note-edit')
  await pr.botSays('@bob: /release-note-edit must be used with a release note block.')
  await bob.says(pr, '/release-note-edit\r\n```release-note\r\nNONE\r\n```')
  await pr.hasBody(/^Top\s+```release-note\s+NONE\s+```\s+Below$/)
  await pr.hasLabels('release-note-none')
  await bob.says(pr, edit)
  await pr.hasBody(/The new release note/)
  await pr.hasLabels('release-note')
})
