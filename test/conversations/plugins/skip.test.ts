// skip, as the people on a pull request see it.
import { conversation } from '../../../src/testing/conversation.ts'
import { fullName } from '../../../src/testing/town.ts'

const job = (name: string, more: string) => `
    - name: ${name}
      ${more}
      spec: {containers: [{image: host, command: ['false']}]}`
const jobs = `presubmits:
  ${fullName}:${job('must', 'always_run: true')}${job('may', 'optional: true')}${job('other', 'optional: true')}
`

conversation(
  '/skip makes contexts of optional jobs green, and no others',
  { jobs, plugins: ['skip'] },
  async ({ alice, casey }) => {
    const pr = await alice.opensPullRequest()
    for (const context of ['must', 'may']) await alice.setsStatus(pr, context, 'failure')
    await alice.setsStatus(pr, 'other', 'pending')
    await casey.says(pr, 'You could say "/skip".')
    await pr.hasStatus('may', 'failure')
    await casey.says(pr, '/skip\r\n/test other\r\n')
    await pr.hasStatus('may', 'success', 'Skipped')
    await pr.hasStatus('must', 'failure')
    await pr.hasStatus('other', 'pending')

    await alice.closes(pr)
    await casey.says(pr, '/skip')
    await pr.hasLabels()
    await pr.hasStatus('other', 'pending')
    await alice.reopens(pr)
    await casey.says(pr, '/skip')
    await pr.hasStatus('other', 'success', 'Skipped')
    await pr.hasStatus('must', 'failure')
  },
)
