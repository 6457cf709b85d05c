// Promise: a webhook that was answered 200 has its effect, and no second one, wherever the process dies afterwards.
import { expect } from 'vitest'
import { atEveryCrashPoint } from '../../src/testing/crash-points.ts'

atEveryCrashPoint('a hold is put on once', {}, async ({ alice, bob, jobs, begins, startsAgain }) => {
  const pr = await alice.opensPullRequest({ draft: true })
  await pr.botSays('draft')
  await jobs('unit').count(0)
  begins()
  await bob.says(pr, '/hold')
  await startsAgain()
  await pr.hasLabels('do-not-merge/hold')
  expect(pr.view().timeline.filter((line) => line.includes('do-not-merge/hold'))).toEqual(['labeled do-not-merge/hold'])
})

atEveryCrashPoint(
  'a command that is not understood is answered once',
  {},
  async ({ alice, jobs, begins, startsAgain }) => {
    const pr = await alice.opensPullRequest({ draft: true })
    await pr.botSays('draft')
    await jobs('unit').count(0)
    begins()
    await alice.says(pr, '/test nonsense')
    await startsAgain()
    await pr.botSays('The specified target(s) for `/test` were not found.')
  },
)

atEveryCrashPoint('a job runs once and is reported', {}, async ({ alice, jobs, begins, startsAgain }) => {
  const pr = await alice.opensPullRequest({ draft: true })
  await pr.botSays('draft')
  await jobs('unit').count(0)
  begins()
  await alice.says(pr, '/test unit')
  await startsAgain()
  await pr.hasStatus('unit', 'success')
  await jobs('unit').count(1)
})
