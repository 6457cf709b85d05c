// wip: keeps drafts, and pull requests whose title begins with WIP, from merging.
import { github } from '../api/labels.ts'
import { re2 } from '../config/re2.ts'
import { plugin } from '../hook/plugin.ts'

const title = re2`(?i)^\W?WIP\W`
const actions: ReadonlySet<string> = new Set(['opened', 'reopened', 'edited', 'ready_for_review', 'converted_to_draft'])

/** Whether a pull request says that it is not ready. */
export const isWorkInProgress = (pr: { readonly draft: boolean; readonly title: string }): boolean =>
  pr.draft || title.test(pr.title)

export default plugin({
  name: 'wip',
  about: `Sets the label '${github.workInProgress}', which keeps from merging, on drafts and on pull requests whose title begins with WIP, and removes it when they are ready.`,
  handlers: {
    pull_request: async ({ event, pr }) => {
      if (actions.has(event.action)) await pr.setLabel(github.workInProgress, isWorkInProgress(event.pr))
    },
  },
})
