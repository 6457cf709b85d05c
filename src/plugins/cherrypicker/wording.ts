// What a cherry-pick is called and what it says of itself: the new branch, title and description.
import type { PullRequest } from '../../api/code-host.ts'
import { fenceAround } from '../shared/as-code.ts'
import { releaseNoteIn } from '../shared/release-note-block.ts'

/** Characters that the host takes. */
const longestTitle = 256

/** The branch that a pull request is brought on. */
export const branchFor = (number: number, target: string): string => `cherry-pick-${number}-to-${target}`

/** The title of the parent, with the new branch in the place of its own. */
export const titleFor = ({ title, base }: Pick<PullRequest, 'title' | 'base'>, target: string): string =>
  `[${target}] ${title.replace(`[${base.ref}] `, '')}`.slice(0, longestTitle).toWellFormed()

/** What the description is made from. */
interface Parent {
  readonly number: number
  readonly body: string
  readonly labels: readonly string[]
}

/**
 * The description. Its lines are commands of the bot, so nothing that the author of the parent wrote may become one.
 * @param assignee Whom `/assign` names; nobody when absent.
 * @param chain Branches to ask for when the new pull request merges.
 */
export function bodyFor(parent: Parent, assignee: string | undefined, chain: readonly string[]): string {
  const note = releaseNoteIn(parent.body)
  const kinds = parent.labels.filter((label) => /^kind\/./.test(label)).map((label) => label.slice('kind/'.length))
  return [
    `This is an automated cherry-pick of #${parent.number}`,
    ...(assignee === undefined ? [] : [`/assign ${assignee}`]),
    ...(note ? [`\`\`\`release-note\n${note.replaceAll(/^\//gm, ' /')}\n\`\`\``] : []),
    ...(chain.length > 0 ? [`/cherrypick ${chain.join(' ')}`] : []),
    ...(kinds.length > 0
      ? [
          kinds
            .sort()
            .map((kind) => `/kind ${kind}`)
            .join('\n'),
        ]
      : []),
  ].join('\n\n')
}

/** Output of a program: nothing in it ends the block. */
export function fenced(text: string): string {
  const fence = fenceAround(text, 3)
  return `${fence}\n${text}\n${fence}`
}
