// merge-method-comment: tells the authors of pull requests with several commits how these are going to be merged.
import type { Config } from '../config/types.ts'
import { type ContextOf, plugin } from '../hook/plugin.ts'
import { mergeMethodOf } from '../inrepo/merge-method.ts'

type Labels = Pick<Config['tide'], 'merge_label' | 'squash_label'>

/** What the bot says: the first line, by which it is recognised, and what else there is to know. */
export function notice(method: string, { merge_label, squash_label }: Labels): { first: string; second: string } {
  const first = `This PR has multiple commits, and the default merge method is: ${method}.`
  const second: Readonly<Record<string, string>> = {
    squash: merge_label
      ? `You can ask for the commits to be merged as they are with the label: ${merge_label}`
      : 'The commits will be squashed: no label to merge them as they are is defined.',
    merge: squash_label
      ? `You can ask for the commits to be squashed with the label: ${squash_label}`
      : 'The commits will be merged as they are: no label to squash them is defined.',
  }
  return { first, second: second[method] ?? '' }
}

async function tell({ event, pr, config }: ContextOf<'pull_request'>): Promise<void> {
  if (!['opened', 'reopened', 'synchronize', 'edited'].includes(event.action)) return
  if ((event.pr.commits ?? 0) <= 1) return
  const { first, second } = notice(mergeMethodOf(config.tide.merge_method, pr), config.tide)
  const isThere = (await pr.ownComments()).some(({ body }) => body.includes(first))
  if (!isThere) await pr.announce(`${first}\n${second}`)
}

export default plugin({
  name: 'merge-method-comment',
  about: 'Tells on pull requests with several commits how these are going to be merged, and how to have it otherwise.',
  handlers: { pull_request: tell },
})
