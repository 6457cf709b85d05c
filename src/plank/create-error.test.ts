// What each answer of an API server to the creation of a Pod means for its job.
import { expect, test } from 'vitest'
import { KubeError } from '../kube/client.ts'
import { type CreateOutcome, createOutcome } from './create-error.ts'

test.each<[code: number, reason: string, message: string, want: CreateOutcome]>([
  [409, 'AlreadyExists', 'pods "a" already exists', 'exists'],
  [409, 'Conflict', 'the object has been modified', 'later'],
  [403, 'Forbidden', 'pods "a" is forbidden: exceeded quota: q', 'quota'],
  [403, 'Forbidden', 'pods "a" is forbidden: violates PodSecurity', 'never'],
  [429, 'TooManyRequests', 'exceeded quota', 'later'],
  [401, 'Unauthorized', 'Unauthorized', 'later'],
  [408, 'Timeout', 'timed out', 'later'],
  [500, 'InternalError', 'oops', 'later'],
  [503, 'ServiceUnavailable', 'starting', 'later'],
  [422, 'Invalid', 'spec is wrong', 'never'],
  [404, 'NotFound', 'namespaces "x" not found', 'never'],
  [400, 'AlreadyExists', 'odd', 'never'],
])('%i %s (%s): %s', (code, reason, message, want) => {
  expect(createOutcome(new KubeError(code, reason, message))).toBe(want)
})

test('no answer at all is tried again', () => {
  expect(createOutcome(new Error('connect ECONNREFUSED'))).toBe('later')
})
