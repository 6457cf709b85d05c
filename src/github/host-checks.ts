// GitHub: commit statuses, check runs and workflow runs.
import type { CheckOperations, CommitStatus } from '../api/code-host.ts'
import { cutDescription } from '../api/status-description.ts'
import { type Ask, all, repoOf, repoText } from './host-call.ts'
import { checkRunFrom, statusFrom } from './host-shapes.ts'

export const checkOperations = (ask: Ask): CheckOperations => ({
  setStatus: (at, sha, { context, state, description, target_url }) =>
    ask(`status "${context}" of ${repoText(at)}@${sha}`, at.org, async ({ rest }) => {
      await rest.repos.createCommitStatus({
        ...repoOf(at),
        sha,
        context,
        state,
        ...(description && { description: cutDescription(description) }),
        ...(target_url && { target_url }),
      })
    }),

  statuses: (at, ref) =>
    ask(`statuses of ${repoText(at)}@${ref}`, at.org, async (octokit) => {
      const statuses: CommitStatus[] = []
      for (let page = 1, more = true; more; page++) {
        // Not `paginate`: it would drop the wrapping object in which GitHub puts this list.
        const { data } = await octokit.rest.repos.getCombinedStatusForRef({ ...repoOf(at), ref, ...all, page })
        statuses.push(...data.statuses.map(statusFrom))
        more = data.statuses.length === all.per_page
      }
      return statuses
    }),

  statusHistory: (at, ref) =>
    ask(`statuses of ${repoText(at)}@${ref}`, at.org, async (octokit) =>
      (await octokit.paginate(octokit.rest.repos.listCommitStatusesForRef, { ...repoOf(at), ref, ...all })).map(
        statusFrom,
      ),
    ),

  checkRuns: (at, ref) =>
    ask(`check runs of ${repoText(at)}@${ref}`, at.org, async (octokit) =>
      (await octokit.paginate(octokit.rest.checks.listForRef, { ...repoOf(at), ref, ...all })).map(checkRunFrom),
    ),

  createCheckRun: (at, { name, head_sha, conclusion, title, summary }) =>
    ask(`check run "${name}" of ${repoText(at)}@${head_sha}`, at.org, async ({ rest }) => {
      const output = { title, summary }
      await rest.checks.create({ ...repoOf(at), name, head_sha, status: 'completed', conclusion, output })
    }),

  workflowRuns: (at, head, which) =>
    ask(`workflow runs of ${repoText(at)}@${head.sha}`, at.org, async ({ rest }) => {
      const waiting = which === 'waiting'
      const { data } = await rest.actions.listWorkflowRunsForRepo({
        ...repoOf(at),
        head_sha: head.sha,
        branch: head.branch,
        ...(waiting && { status: 'action_required' }),
        ...all,
      })
      return data.workflow_runs
        .filter(({ event }) => event.startsWith('pull_request') || event === 'workflow_call')
        .filter(
          ({ status: state, conclusion }) =>
            waiting || (state === 'completed' && conclusion !== 'success' && conclusion !== 'skipped'),
        )
        .map(({ id }) => id)
    }),

  rerunWorkflow: (at, run, how) =>
    ask(`workflow run ${run} of ${repoText(at)}`, at.org, async ({ rest }) => {
      const which = { ...repoOf(at), run_id: run }
      if (how === 'approve') await rest.actions.approveWorkflowRun(which)
      else await rest.actions.reRunWorkflowFailedJobs(which)
    }),
})
