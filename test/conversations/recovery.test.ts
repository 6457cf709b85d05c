// While nobody listens, people go on: what happens on GitHub meanwhile has its effect once hook is there again, and only once.
import { conversation } from '../../src/testing/conversation.ts'

conversation(
  'what is said while hook is down is done when it is up again, once',
  async ({ alice, bob, town, jobs }) => {
    const pr = await alice.opensPullRequest()
    await jobs('unit').count(1)
    await town.quiet()
    await town.restartWhile(async () => {
      await bob.says(pr, '/hold until the release')
      await alice.says(pr, '/test unit')
    })
    await pr.hasLabels('do-not-merge/hold')
    await jobs('unit').count(2)
    // The next looks find nothing more to do.
    await town.clock.advance('12m')
    await jobs('unit').count(2)
    await pr.hasLabels('do-not-merge/hold')
  },
)
