// owners-label, from the push to what GitHub shows.
import { conversation } from '../../../src/testing/conversation.ts'

conversation(
  'pull_request: labels follow the files, and stay',
  {
    plugins: ['owners-label'],
    jobs: '',
    files: { OWNERS: 'approvers: [alice]\n', 'docs/OWNERS': 'labels: [area/docs, unheard-of]\n' },
  },
  async ({ alice, casey }) => {
    alice.makesLabels('area/docs')
    const pr = await casey.opensPullRequest({ files: { 'main.go': 'package main\n' } })
    await pr.hasLabels()
    await casey.pushes(pr, { 'docs/index.md': '# Docs\n' })
    await pr.hasLabels('area/docs')
    await casey.pushes(pr, { 'docs/index.md': null })
    await pr.hasLabels('area/docs')
  },
)
