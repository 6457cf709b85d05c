// What a label says to a task that may be a repetition.
import type { ContextOf, Thread } from '../../hook/plugin.ts'

/**
 * Whether the label was there before this delivery began to act. An earlier attempt may have changed it already, and what comes after
 * that still has to be done.
 * @param atEvent Labels when the event was sent.
 */
export const hadLabel = async (
  label: string,
  atEvent: readonly string[],
  { pr, delivery }: { readonly pr: Thread } & Pick<ContextOf<'pull_request'>, 'delivery'>,
): Promise<boolean> =>
  delivery.attempt > 1 ? atEvent.some((other) => other.toLowerCase() === label.toLowerCase()) : pr.hasLabel(label)
