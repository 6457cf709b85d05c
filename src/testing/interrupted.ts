// Tests that what a plugin does is safe to repeat: the same task, interrupted at every call to the code host in turn.
import { expect } from 'vitest'
import { CodeHostError } from '../api/code-host.ts'
import type { PluginScene } from './plugin-scene.ts'

/**
 * Plays a scene undisturbed; then again for each call to the code host, whose answer gets lost once, so that the task runs a second
 * time. Number 1 must look the same in the end, down to the comments.
 */
export async function survivesInterruptions(
  begin: () => PluginScene,
  act: (scene: PluginScene) => Promise<unknown>,
): Promise<void> {
  const wanted = await play(begin(), act, Number.POSITIVE_INFINITY)
  expect(wanted.calls, 'calls to the code host').toBeGreaterThan(0)
  for (let lost = 0; lost < wanted.calls; lost++) {
    const { outcome } = await play(begin(), act, lost)
    expect(outcome, `the answer to call ${lost + 1} of ${wanted.calls} got lost`).toEqual(wanted.outcome)
  }
}

async function play(scene: PluginScene, act: (scene: PluginScene) => Promise<unknown>, lost: number) {
  const { host, clock, dispatch } = scene
  let calls = 0
  host.after = () => {
    if (calls++ === lost) throw new CodeHostError('unavailable', 503, 'the answer got lost')
  }
  await act(scene)
  await clock.advance('1s')
  await dispatch.settled()
  scene.stop()
  const { pulls, issues, comments } = host.state
  const subject = issues.get('org/repo#1') ?? pulls.get('org/repo#1')
  const { title, body, state, labels = [], assignees = [], milestone } = subject ?? {}
  const said = (comments.get('org/repo#1') ?? []).map((comment) => `${comment.user.login}: ${comment.body}`)
  const people = assignees.map(({ login }) => login)
  return { calls, outcome: { title, body, state, labels: labels.toSorted(), people, milestone, said } }
}
