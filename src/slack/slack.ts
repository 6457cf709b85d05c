// Slack: posts messages to channels. For plugins of hook, and for the reporter of crier.
import { boundedBody } from '../system/bounded-body.ts'
import type { Clock } from '../system/clock.ts'

/** One workspace, in the name of one token. */
export interface Slack {
  /**
   * Posts a message. Not safe to repeat: a second call posts a second one.
   * @param text Slack's own markup; see `plainText` for what others have written. What is too long for a message is cut.
   * @throws SlackError
   */
  post(channel: string, text: string): Promise<void>
}

/** A message that was not posted, as far as that is known. */
export class SlackError extends Error {
  override readonly name = 'SlackError'
  /** `unavailable`: Slack did not take it, and may do so later. `unknown`: nobody knows. `refused`: it never will. */
  readonly kind: 'unavailable' | 'refused' | 'unknown'

  constructor(kind: SlackError['kind'], message: string) {
    super(message)
    this.kind = kind
  }
}

const address = 'https://slack.com/api/chat.postMessage'
const withinMs = 10_000
const mostBytes = 64 * 1024
/** Characters of a message, at which Slack cuts. */
const longest = 40_000

/** A client of Slack. The token is asked for at each message. */
export function slackClient({
  token,
  fetch,
  clock,
}: {
  readonly token: () => string
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
}): Slack {
  return {
    async post(channel, text) {
      const late = new AbortController()
      const stopWatch = clock.after(withinMs, () => late.abort())
      const fields = { username: 'prow', icon_emoji: ':prow:', token: token(), channel, text: cut(text) }
      try {
        const answer = await fetch(address, {
          method: 'POST',
          body: new URLSearchParams(fields),
          // The token is for nobody else.
          redirect: 'error',
          signal: late.signal,
        })
        const problem = problemOf(answer.status, await boundedBody(answer, mostBytes))
        if (problem) throw new SlackError(problem.kind, `message to ${channel}: request failed: ${problem.why}`)
      } catch (error) {
        if (error instanceof SlackError) throw error
        if (late.signal.aborted)
          throw new SlackError('unknown', `message to ${channel}: no answer within ${withinMs / 1000} s`)
        const why = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
        throw new SlackError('unavailable', `message to ${channel}: ${why}`)
      } finally {
        stopWatch()
      }
    },
  }
}

function problemOf(status: number, body: string | undefined): { kind: SlackError['kind']; why: string } | undefined {
  if (status === 429 || status >= 500) return { kind: 'unavailable', why: `HTTP ${status}` }
  if (status !== 200) return { kind: 'refused', why: `HTTP ${status}` }
  if (body === undefined) return { kind: 'unknown', why: `the answer is longer than ${mostBytes} bytes` }
  let said: unknown
  try {
    said = JSON.parse(body)
  } catch {
    return { kind: 'unknown', why: 'the answer is no JSON' }
  }
  const { ok, error } = (said ?? {}) as { ok?: unknown; error?: unknown }
  if (ok === true) return undefined
  return { kind: 'refused', why: typeof error === 'string' ? error.slice(0, 200) : 'the answer does not say why' }
}

const cut = (text: string): string => (text.length > longest ? `${text.slice(0, longest - 1).toWellFormed()}…` : text)

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** What somebody wrote, so that it calls nobody: in Slack's markup `<!channel>` is a call to all. */
export const plainText = (text: string): string => text.replace(/[&<>]/g, (character) => entities[character] ?? '')
