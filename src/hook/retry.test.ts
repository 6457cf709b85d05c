// Which failures pass by themselves: one row per kind.
import { expect, test } from 'vitest'
import { CodeHostError } from '../api/code-host.ts'
import { KubeError } from '../kube/client.ts'
import { SlackError } from '../slack/slack.ts'
import { ServiceError } from '../system/json-service.ts'
import { isTransient, TransientError } from './retry.ts'

const coded = (code: unknown, cause?: unknown) => Object.assign(new Error('x', { cause }), { code })

test.each<[why: string, error: unknown, transient: boolean]>([
  ['one that says so', new TransientError('later'), true],
  ['a code host that is away', new CodeHostError('unavailable', 0, 'x'), true],
  ['a code host that limits', new CodeHostError('rate-limited', 403, 'x'), true],
  ['a code host that is broken', new CodeHostError('invalid', 500, 'x'), true],
  ['a code host that is busy', new CodeHostError('invalid', 429, 'x'), true],
  ['a refusal', new CodeHostError('forbidden', 403, 'x'), false],
  ['something that is not there', new CodeHostError('not-found', 404, 'x'), false],
  ['a Slack that takes nothing', new SlackError('unavailable', 'x'), true],
  ['a Slack that may have taken it', new SlackError('unknown', 'x'), false],
  ['a Slack that refuses', new SlackError('refused', 'x'), false],
  ['a tracker that is away', new ServiceError(0, 'x'), true],
  ['a tracker that refuses', new ServiceError(400, 'x'), false],
  ['a broken API server', new KubeError(500, 'InternalError', 'x'), true],
  ['a busy API server', new KubeError(429, 'TooManyRequests', 'x'), true],
  ['an API server that never answered', new KubeError(0, '', 'x'), true],
  ['a lost race', new KubeError(409, 'Conflict', 'x'), true],
  ['a name that is taken', new KubeError(409, 'AlreadyExists', 'x'), false],
  ['an object that is refused', new KubeError(422, 'Invalid', 'x'), false],
  ['several, one of which passes', new AggregateError([new Error('x'), new TransientError('y')]), true],
  ['several that stay', new AggregateError([new Error('x'), new TypeError('y')]), false],
  ['a refused connection', coded('ECONNREFUSED'), true],
  ['a cut connection', coded('ECONNRESET'), true],
  ['a broken pipe', coded('EPIPE'), true],
  ['a slow network', coded('ETIMEDOUT'), true],
  ['a name server that is busy', coded('EAI_AGAIN'), true],
  ['a timeout of the client', coded('UND_ERR_HEADERS_TIMEOUT'), true],
  ['the cause of a failure', new TypeError('fetch failed', { cause: coded('ECONNRESET') }), true],
  ['a full disk', coded('ENOSPC'), false],
  ['a code that is no text', coded(5), false],
  ['a mistake in the code', new TypeError('x is undefined'), false],
  ['something that is no error', 'oops', false],
  ['nothing', undefined, false],
])('%s: %#', (_why, error, transient) => expect(isTransient(error)).toBe(transient))
