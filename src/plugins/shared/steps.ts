// Several changes in a row, of which one that fails does not keep the others from being made.

/**
 * Takes each step, in order.
 * @throws What one step threw, or an AggregateError of several, when all have been tried: so that the task is tried again.
 */
export async function takeAll(steps: Iterable<() => Promise<unknown>>): Promise<void> {
  const errors: unknown[] = []
  for (const step of steps) {
    try {
      await step()
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length === 1) throw errors[0]
  if (errors.length > 1) throw new AggregateError(errors, `${errors.length} steps failed`)
}
