// Labels of which an issue has at most one, and the commands that set and remove them: those of lifecycle and stage.
import type { Match } from '../../config/re2.ts'
import type { Thread } from '../../hook/plugin.ts'
import { takeAll } from './steps.ts'

/** One command of a text. */
export interface LabelChange {
  readonly value: string
  readonly present: boolean
}

/** The commands of a text, in order. @param matches Of a pattern with two groups: `remove-` or nothing, and the value. */
export const changesIn = (matches: readonly Match[]): LabelChange[] =>
  matches.map(({ groups: [remove, value = ''] }) => ({ value: value.toLowerCase(), present: !remove }))

/** Carries out commands one after the other. A label that is new takes the place of the others. */
export async function setOneOf(
  issue: Pick<Thread, 'hasLabel' | 'setLabel'>,
  { prefix, values }: { readonly prefix: string; readonly values: readonly string[] },
  changes: readonly LabelChange[],
): Promise<void> {
  for (const { value, present } of changes) {
    const others = values.filter((other) => other !== value)
    const isNew = present && !(await issue.hasLabel(prefix + value))
    await takeAll([
      ...(isNew ? others.map((other) => () => issue.setLabel(prefix + other, false)) : []),
      () => issue.setLabel(prefix + value, present),
    ])
  }
}
