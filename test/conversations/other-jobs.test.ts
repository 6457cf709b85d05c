// Jobs that no pull request starts: after a merge, and by the clock.
import { expect } from 'vitest'
import { conversation } from '../../src/testing/conversation.ts'
import { fullName } from '../../src/testing/town.ts'

conversation(
  'a merge starts the postsubmits of its branch',
  {
    jobs: `
postsubmits:
  ${fullName}:
    - name: publish
      branches: ['^main$']
      spec: {containers: [{image: host, command: ['true']}]}
    - name: docs
      run_if_changed: '^docs/'
      spec: {containers: [{image: host, command: ['true']}]}
`,
  },
  async ({ alice, jobs, town }) => {
    const pr = await alice.opensPullRequest()
    await alice.merges(pr)
    await pr.isMerged()
    const run = await jobs('publish').is('success')
    expect(run.spec.type).toBe('postsubmit')
    expect(run.spec.refs?.base_sha).toBe(await town.simulator.world.revision(fullName, 'main'))
    await jobs('publish').count(1)
    await jobs('docs').count(0)
  },
)

conversation(
  'a periodic runs by the clock',
  {
    jobs: `
periodics:
  - name: nightly
    interval: 24h
    spec: {containers: [{image: host, command: ['true']}]}
`,
  },
  async ({ clock, jobs }) => {
    await jobs('nightly').is('success')
    await jobs('nightly').count(1)
    await clock.advance('20h')
    await jobs('nightly').count(1)
    await clock.advance('4h2m')
    await jobs('nightly').count(2)
  },
)
