// What a plugin has done to a pull request, in sentences: the difference between two views of it.
import type { PullView } from '../simulator/world.ts'

/** What has changed on a pull request, apart from what people themselves have said. */
export function effects(before: PullView, after: PullView, bot: string): readonly string[] {
  const news = (now: readonly string[], then: readonly string[], say: string) =>
    now.filter((one) => !then.includes(one)).map((one) => `${say} ${one}`)
  const both = (what: 'labels' | 'assignees' | 'reviewers', add: string, remove: string) => [
    ...news(after[what], before[what], add),
    ...news(before[what], after[what], remove),
  ]
  const changed = (what: 'title' | 'body' | 'state') =>
    before[what] === after[what] ? [] : [`changes the ${what} to: ${after[what]}`]
  const text = (all: PullView['comments']) => all.map(({ id, body }) => ({ id, body }))
  const was = new Map(text(before.comments).map(({ id, body }) => [id, body]))
  const own = after.comments.filter(({ user }) => user === bot)
  const ids = new Set(after.comments.map(({ id }) => id))
  return [
    ...both('labels', 'puts on the label', 'takes off the label'),
    ...both('assignees', 'assigns', 'unassigns'),
    ...both('reviewers', 'asks for a review by', 'asks no more for a review by'),
    ...changed('title'),
    ...changed('body'),
    ...changed('state'),
    ...Object.values(after.statuses)
      .filter(({ id }) => !Object.values(before.statuses).some((one) => one.id === id))
      .map(({ context, state, description }) => `sets the status ${context}: ${state} ${description ?? ''}`.trimEnd()),
    ...after.reviews
      .filter(({ id, user }) => user === bot && !before.reviews.some((one) => one.id === id))
      .map(({ state, body }) => `reviews: ${state} ${body}`.trimEnd()),
    ...own.filter(({ id }) => !was.has(id)).map(({ body }) => `says: ${body}`),
    ...own
      .filter(({ id, body }) => was.has(id) && was.get(id) !== body)
      .map(({ body }) => `edits its comment to: ${body}`),
    ...before.comments.filter(({ id }) => !ids.has(id)).map(({ body }) => `deletes the comment: ${body}`),
  ]
}
