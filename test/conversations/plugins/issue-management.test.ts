// issue-management, from the comment to what GitHub shows.
import { expect } from 'vitest'
import { conversation } from '../../../src/testing/conversation.ts'

const management = { plugins: ['issue-management'], jobs: '', files: { OWNERS: 'approvers: [alice]\n' } }

conversation('comment: issues are linked in the description', management, async ({ bob, casey }) => {
  const first = await bob.opensIssue()
  const second = await bob.opensIssue()
  const pr = await casey.opensPullRequest({ body: 'A change.' })
  await casey.says(pr, `/link-issue ${first.number}`)
  await pr.botSays('@casey: You must be a member of the harbor organization to link or unlink issues.')
  await bob.says(pr, `/link-issue ${first.number}\r\n/link-issue harbor/lighthouse#${second.number}\r\n`)
  await pr.botSays('The issue links of this pull request have been updated.')
  await pr.hasBody(`A change.\n\nFixes #${first.number} #${second.number}`)
  await bob.says(pr, `/unlink-issue ${first.number} harbor/lighthouse#${second.number}`)
  await pr.botSays('have been updated.')
  await pr.hasBody(/^A change\.\s*$/)
  await bob.says(pr, `/link-issue ${pr.number} 1234 org/repo#789 abc`)
  const answer = await pr.botSays('are up to date already.')
  expect(answer).toContain(`- #${pr.number} is a pull request\n- \`#1234\` does not exist\n- \`org/repo#789\` does not`)
  expect(answer).toContain('- `abc` names no issue')
  await bob.says(first, '/unlink-issue 1234')
  await first.botSays('This command can only be used on pull requests.')
})

conversation('comment: approvers of the root pin issues', management, async ({ alice, bob }) => {
  const issue = await bob.opensIssue()
  await bob.says(issue, '/pin-issue')
  await issue.botSays('@bob: Only approvers in the top-level OWNERS file of this repository can pin issues.')
  await alice.says(issue, '/pin-issue')
  await issue.botSays('@alice: The issue has been pinned.')
  await alice.says(issue, '/unpin-issue')
  await issue.botSays('@alice: The issue has been unpinned.')
  const pr = await bob.opensPullRequest()
  await alice.says(pr, '/pin-issue')
  await pr.botSays('Pull requests cannot be pinned, only issues.')
})

conversation('comment: members move issues within the organisation', management, async ({ bob, casey, town }) => {
  const { world } = town.simulator
  await world.plant({
    repos: [
      { owner: 'harbor', name: 'test-infra' },
      { owner: 'harbor', name: 'kubectl' },
    ],
  })
  const one = await casey.opensIssue({ title: 'One' })
  const two = await casey.opensIssue({ title: 'Two' })
  await casey.says(one, '/transfer test-infra')
  await one.botSays('@casey: You must be a member of the harbor organization to transfer this issue.')
  await bob.says(one, '/transfer nowhere')
  await one.botSays('`nowhere` is no repository of the harbor organization.')
  await bob.says(one, '/transfer')
  await one.botSays('must be used once')
  await bob.says(one, '/transfer test-infra')
  await town.quiet()
  expect(world.issue('harbor/test-infra', 1).title).toBe('One')
  await bob.says(two, '/transfer-issue kubectl\r\n')
  await town.quiet()
  expect(world.issue('harbor/kubectl', 1).title).toBe('Two')
})
