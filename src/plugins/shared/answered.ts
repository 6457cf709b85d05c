// Answers that differ each time, and what a repeated task has to know of them.
import type { Context, Thread } from '../../hook/plugin.ts'

// The clocks of the host and of this machine may differ by this much.
const clockSkewMs = 60_000

/**
 * Whether an earlier attempt has answered this text already. Answers that differ each time cannot be told by their words.
 * @param mark Stands in answers of this plugin only.
 */
export async function isAnswered(
  {
    event,
    issue,
    delivery,
  }: { readonly event: { readonly html_url: string }; readonly issue: Thread; readonly delivery: Context['delivery'] },
  mark: string,
): Promise<boolean> {
  if (delivery.attempt <= 1) return false
  return (await issue.ownComments()).some(
    ({ body, created_at }) =>
      body.includes(mark) &&
      body.includes(`[this](${event.html_url})`) &&
      Date.parse(created_at) >= delivery.receivedAt - clockSkewMs,
  )
}
