// Makes a fault happen to a request, of REST and GraphQL alike.
import type { FastifyReply } from 'fastify'
import type { Core } from '../core.ts'
import type { Fault } from '../faults.ts'

/** Answers as the fault says; false when the request goes on. */
export async function strike(core: Core, fault: Fault, reply: FastifyReply): Promise<boolean> {
  const { kind, retryAfterSeconds } = fault
  const json = (status: number, message: string, headers: Record<string, string> = {}): true => {
    void reply
      .code(status)
      .headers(headers)
      .type('application/json; charset=utf-8')
      .send(JSON.stringify({ message, documentation_url: 'https://docs.github.com/rest' }))
    return true
  }
  const retry = { 'retry-after': String(retryAfterSeconds ?? 1) }
  switch (kind) {
    case 'rate-limited': {
      const reset = String(Math.ceil(core.clock.now() / 1000) + (retryAfterSeconds ?? 60))
      const none = {
        'x-ratelimit-limit': '5000',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-used': '5000',
        'x-ratelimit-reset': reset,
        'x-ratelimit-resource': 'core',
      }
      return json(403, 'API rate limit exceeded for user.', none)
    }
    case 'secondary-rate-limit':
      return json(
        403,
        'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
        retry,
      )
    case 'too-many-requests':
      return json(
        429,
        'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
        retry,
      )
    case 'bad-gateway':
      return json(502, 'Server Error')
    case 'answer':
      return json(fault.status ?? 500, fault.message ?? 'Server Error')
    case 'reset':
      reply.hijack()
      reply.raw.destroy()
      return true
    case 'delay':
      await core.clock.sleep(fault.delayMs ?? 1000)
      return false
    case 'reset-after':
      return false
  }
}
