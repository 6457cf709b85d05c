// Who may change lgtm, and which tree was reviewed: one row per rule.
import { expect, test } from 'vitest'
import { testClock } from '../../testing/clock.ts'
import { memoryCodeHost } from '../../testing/memory-code-host.ts'
import { decideLgtm, reviewedTree } from './decide.ts'
import { ref } from './testing/scene.ts'

const nobody = {
  wants: 'add',
  isAuthor: false,
  byOwners: false,
  isCollaborator: false,
  isOwner: false,
  isAssigned: false,
  isOutdated: false,
} as const
test.each([
  ['authors may always cancel', { ...nobody, wants: 'cancel', isAuthor: true } as const, { assign: false }],
  ['an owner is not assigned', { ...nobody, byOwners: true, isOwner: true }, { assign: false }],
  ['a collaborator is assigned once', { ...nobody, isCollaborator: true, isAssigned: true }, { assign: false }],
  [
    'an outdated review takes the label off',
    { ...nobody, wants: 'cancel', isCollaborator: true, isOutdated: true } as const,
    { assign: true },
  ],
  [
    'a stranger is not told of newer commits',
    { ...nobody, isOutdated: true },
    { refuse: expect.stringContaining('collaborators') },
  ],
  ['being assigned is not enough', { ...nobody, isAssigned: true }, { refuse: expect.any(String) }],
])('%s', (_why, given, want) => expect(decideLgtm(given)).toEqual(want))

test('a comment without hash remembers nothing', () => {
  const host = memoryCodeHost(testClock())
  expect(reviewedTree([host.say(ref, 'x', 'LGTM label has been added.')])).toBeUndefined()
})
