// What the pull request is told about its ConfigMaps.
import { KubeError } from '../../kube/client.ts'
import { asCode, boundedList } from '../shared/as-code.ts'
import type { Target } from './plan.ts'
import type { Done, Outcome } from './sync.ts'

const named = ({ name, namespace, cluster }: Target) =>
  [
    `${asCode(name)} configmap`,
    namespace && ` in namespace ${asCode(namespace)}`,
    cluster && ` at cluster ${asCode(cluster)}`,
  ].join('')

const keys = (done: readonly Done[], indent: string) =>
  done.map(({ key, file }) => `${indent}- key ${asCode(key)} using file ${file === undefined ? '``' : asCode(file)}`)

/** The message to the author; undefined when there is nothing to tell. */
export function messageFor(outcomes: readonly Outcome[]): string | undefined {
  const updated = outcomes.flatMap((outcome) => ('done' in outcome ? [outcome] : []))
  const missed = outcomes.flatMap((outcome) => {
    const why = reasonOf(outcome)
    return why === undefined ? [] : [` * ${named(outcome.target)}: ${why}`]
  })
  // The width goes by how many there were to update.
  const indent = outcomes.length > 1 ? '   ' : ' '
  const parts: string[] = []
  const [first] = updated
  if (first && updated.length === 1) {
    const head = `Updated the ${named(first.target)} using the following files:`
    parts.push(boundedList([head, ...keys(first.done, indent)]))
  } else if (first) {
    const lines = updated.flatMap(({ target, done }) => [
      ` * ${named(target)} using the following files:`,
      ...keys(done, indent),
    ])
    parts.push(`Updated the following ${updated.length} configmaps:\n${boundedList(lines)}`)
  }
  if (missed.length > 0) parts.push(`Could not update the following configmaps:\n${boundedList(missed)}`)
  return parts.length > 0 ? parts.join('\n\n') : undefined
}

/** Whether the bot has said this about ConfigMaps. */
export const isReport = (body: string): boolean =>
  /^@\S+: (?:Updated the (?:`.*` configmap|following \d+ configmaps)|Could not update the following configmaps)/.test(
    body,
  )

/** Why a ConfigMap was not updated, without anything that only concerns those who run the clusters. */
function reasonOf(outcome: Outcome): string | undefined {
  if ('done' in outcome) return undefined
  if ('refused' in outcome) return outcome.refused
  const { failed } = outcome
  if (failed instanceof KubeError) return `the cluster answered ${failed.code} ${failed.reason}`.trimEnd()
  return 'it failed; the log of hook says more'
}

/** What is thrown in the end, so that the task is logged, and tried again where that may help; undefined when all went well. */
export function failureOf(outcomes: readonly Outcome[]): Error | undefined {
  const errors = outcomes.flatMap((outcome) => {
    if ('done' in outcome) return []
    const { cluster, namespace, name } = outcome.target
    const about = `ConfigMap ${namespace}/${name} of cluster ${cluster}`
    return 'refused' in outcome
      ? [new Error(`${about}: ${outcome.refused}`)]
      : [new Error(about, { cause: outcome.failed })]
  })
  return errors.length > 1 ? new AggregateError(errors, `${errors.length} ConfigMaps could not be updated`) : errors[0]
}
