// retitle, as the people on an issue see it.
import { conversation } from '../../../src/testing/conversation.ts'

const options = { plugins: ['retitle'], jobs: '' }

conversation('comment: those who are trusted give another title', options, async ({ bob, casey, alice }) => {
  const pr = await casey.opensPullRequest({ title: 'thing', body: 'My change.' })
  await casey.says(pr, '/retitle Better thing')
  await pr.botSays('@casey: Re-titling can only be requested by trusted users, like repository collaborators.')
  await bob.says(pr, 'So be it.\r\n/retitle Better thing\r\n')
  await pr.hasTitle('Better thing')
  await pr.hasBody('My change.')
  await bob.says(pr, '/retitle   ')
  await pr.botSays('@bob: Titles may not be empty.')
  await bob.says(pr, '/retitle Fixes #12')
  await pr.botSays('@bob: Titles may not contain')
  await bob.says(pr, `/retitle ${'x'.repeat(300)}`)
  await pr.botSays('@bob: Titles may not have more than 256 characters')
  await pr.hasTitle('Better thing')
  const issue = await alice.opensIssue({ title: 'old', body: 'My words.' })
  await alice.closes(issue)
  await alice.says(issue, '/retitle new')
  await issue.hasTitle('old')
  await alice.reopens(issue)
  await alice.says(issue, '/retitle new')
  await issue.hasTitle('new')
  await issue.hasBody('My words.')
})

conversation(
  'comment: closed issues, too, where that is allowed',
  { ...options, pluginConfig: 'retitle:\n  allow_closed_issues: true\n' },
  async ({ bob }) => {
    const issue = await bob.opensIssue({ title: 'old' })
    await bob.closes(issue)
    await bob.says(issue, '/retitle new')
    await issue.hasTitle('new')
  },
)
