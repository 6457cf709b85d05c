// The code host in memory: statuses, check runs and workflow runs.
import { type CheckOperations, CodeHostError } from '../../api/code-host.ts'
import { cutDescription } from '../../api/status-description.ts'
import { append, commitKey, type Memory, pageOf, repoKey } from './state.ts'

export function checkOperations(memory: Memory): CheckOperations {
  const { state, isApp, effect, doing } = memory
  return {
    setStatus: (at, sha, given) =>
      doing('setStatus', commitKey(at, sha), () => {
        const where = commitKey(at, sha)
        const status = { ...given, description: cutDescription(given.description) }
        const before = state.statuses.get(where) ?? []
        const others = before.filter((one) => one.context !== status.context)
        state.statusHistory.set(where, [status, ...(state.statusHistory.get(where) ?? before.toReversed())])
        state.statuses.set(where, [...others, status])
        effect(`${where} status ${status.context}: ${status.state} ${status.description} ${status.target_url}`)
      }),
    statuses: (at, ref) =>
      doing('statuses', commitKey(at, ref), () => [...(state.statuses.get(commitKey(at, ref)) ?? [])]),
    statusHistory: (at, ref) =>
      doing('statusHistory', commitKey(at, ref), () => [
        ...(state.statusHistory.get(commitKey(at, ref)) ?? state.statuses.get(commitKey(at, ref))?.toReversed() ?? []),
      ]),
    checkRuns: (at, ref) =>
      doing('checkRuns', commitKey(at, ref), () => [...(state.checkRuns.get(commitKey(at, ref)) ?? [])]),
    createCheckRun: (at, { name, head_sha, conclusion }) =>
      doing('createCheckRun', commitKey(at, head_sha), () => {
        if (!isApp) throw new CodeHostError('forbidden', 403, 'You must authenticate via a GitHub App.')
        const where = commitKey(at, head_sha)
        const id = memory.id()
        const others = (state.checkRuns.get(where) ?? []).filter((run) => run.name !== name)
        state.checkRuns.set(where, others)
        append(state.checkRuns, where, {
          ...{ id, name, head_sha, conclusion, status: 'completed', completed_at: memory.now() },
          html_url: `${pageOf(at)}/runs/${id}`,
        })
        effect(`${where} check run ${name}: ${conclusion}`)
      }),
    workflowRuns: (at, head, which) =>
      doing('workflowRuns', repoKey(at), () => state.workflowRuns.get(`${commitKey(at, head.sha)} ${which}`) ?? []),
    rerunWorkflow: (at, run, how) =>
      doing('rerunWorkflow', repoKey(at), () => effect(`${repoKey(at)} workflow run ${run}: ${how}`)),
  }
}
