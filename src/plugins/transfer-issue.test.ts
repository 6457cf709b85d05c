// transfer-issue, for configurations that still name it.
import { expect, test } from 'vitest'
import { scene } from '../testing/plugin-scene.ts'
import transferIssue from './transfer-issue.ts'

test('transfers issues, and does nothing else', async () => {
  const { says, host } = scene({ with: [transferIssue], issue: {} })
  host.state.members.add('org/bob')
  host.state.repos.set('org/test-infra', {})
  await says('bob', '/pin-issue\n/link-issue 1')
  expect(host.take()).toEqual([])
  await says('casey', '/transfer test-infra')
  expect(host.take()).toEqual([expect.stringContaining('You must be a member of the org organization')])
  await says('bob', '/transfer-issue test-infra')
  expect(host.take()).toEqual(['org/repo#1 transfer to org/test-infra#1'])
})
