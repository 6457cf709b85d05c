// Answers that differ each time, and what a repeated task has to know of them.
import type { Context, Thread } from '../../hook/plugin.ts'

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
  const isThis = (body: string) => body.includes(mark) && body.includes(`[this](${event.html_url})`)
  return (await issue.ownComments()).some(({ body }) => isThis(body))
}
