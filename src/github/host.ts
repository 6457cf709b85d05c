// GitHub as the code host: each operation of CodeHost as the REST calls that the hook sheet lists (12.8).
import type {
  ChangedFile,
  CodeHost,
  Comment,
  CommitStatus,
  IssueRef,
  PullRequest,
  RepoRef,
  StatusState,
  User,
} from '../api/code-host.ts'
import { failure, hasStatus } from './errors.ts'
import type { Octokit, Octokits } from './octokit.ts'

const all = { per_page: 100 } as const

const repoOf = ({ org, repo }: RepoRef) => ({ owner: org, repo })
const issueOf = (at: IssueRef) => ({ ...repoOf(at), issue_number: at.number })
const pullOf = (at: IssueRef) => ({ ...repoOf(at), pull_number: at.number })

/** The code host of an installation that works with GitHub. Every failure is a CodeHostError. */
export function githubHost(clients: Octokits): CodeHost {
  let bot: Promise<{ login: string }> | undefined

  /** One operation: its words for an error message, its org, and the calls. */
  async function ask<T>(what: string, org: string, call: (octokit: Octokit) => Promise<T>): Promise<T> {
    try {
      return await call(await clients.forOrg(org))
    } catch (error) {
      throw failure(what, error)
    }
  }

  const host: CodeHost = {
    bot() {
      bot ??= whoAmI(clients)
      // A failure is not remembered.
      bot.catch(() => {
        bot = undefined
      })
      return bot
    },

    async isBot(login) {
      const me = (await host.bot()).login
      // Without an app of our own, "name[bot]" is an app of somebody else's that took our name.
      return login === me || (clients.kind === 'app' && login === `${me}[bot]`)
    },

    isMember: (org, login) =>
      org === login
        ? Promise.resolve(true)
        : ask(`membership of ${login} in ${org}`, org, async ({ rest }) => {
            const { status } = await orNotFound(rest.orgs.checkMembershipForUser({ org, username: login }))
            if (Number(status) === 302)
              throw new Error(`the bot is not a member of ${org}, so it cannot see its members`)
            return Number(status) === 204
          }),

    isCollaborator: (at, login) =>
      at.org === login
        ? Promise.resolve(true)
        : ask(`collaborator ${login} of ${at.org}/${at.repo}`, at.org, async ({ rest }) => {
            const { status } = await orNotFound(rest.repos.checkCollaborator({ ...repoOf(at), username: login }))
            return Number(status) === 204
          }),

    pullRequest: (at) =>
      ask(`pull request ${text(at)}`, at.org, async ({ rest }) => pullRequest((await rest.pulls.get(pullOf(at))).data)),

    changedFiles: (at) =>
      ask(`changed files of ${text(at)}`, at.org, async (octokit) =>
        (await octokit.paginate(octokit.rest.pulls.listFiles, { ...pullOf(at), ...all })).map(changedFile),
      ),

    branchSha: (at, branch) =>
      ask(
        `branch ${branch} of ${at.org}/${at.repo}`,
        at.org,
        async ({ rest }) =>
          // The answer's type is that of one ref; a prefix of other names answers 404 here, unlike the older route.
          (await rest.git.getRef({ ...repoOf(at), ref: `heads/${branch}` })).data.object.sha,
      ),

    treeSha: (at, commit) =>
      ask(
        `commit ${commit} of ${at.org}/${at.repo}`,
        at.org,
        async ({ rest }) => (await rest.git.getCommit({ ...repoOf(at), commit_sha: commit })).data.tree.sha,
      ),

    labels: (at) =>
      ask(`labels of ${text(at)}`, at.org, async (octokit) =>
        (await octokit.paginate(octokit.rest.issues.listLabelsOnIssue, { ...issueOf(at), ...all })).map(
          ({ name }) => name,
        ),
      ),

    addLabel: (at, label) =>
      ask(`label "${label}" on ${text(at)}`, at.org, async ({ rest }) => {
        await rest.issues.addLabels({ ...issueOf(at), labels: [label] })
      }),

    removeLabel: (at, label) =>
      ask(`label "${label}" on ${text(at)}`, at.org, async ({ rest }) => {
        try {
          await rest.issues.removeLabel({ ...issueOf(at), name: label })
        } catch (error) {
          if (!(hasStatus(error, 404) && error.message.includes('Label does not exist'))) throw error
        }
      }),

    comments: (at) =>
      ask(`comments of ${text(at)}`, at.org, async (octokit) =>
        (await octokit.paginate(octokit.rest.issues.listComments, { ...issueOf(at), ...all })).map(comment),
      ),

    comment: (at, body) =>
      ask(`comment on ${text(at)}`, at.org, async ({ rest }) =>
        comment((await rest.issues.createComment({ ...issueOf(at), body })).data),
      ),

    editComment: (at, id, body) =>
      ask(`comment ${id} in ${at.org}/${at.repo}`, at.org, async ({ rest }) => {
        await rest.issues.updateComment({ ...repoOf(at), comment_id: id, body })
      }),

    deleteComment: (at, id) =>
      ask(`comment ${id} in ${at.org}/${at.repo}`, at.org, async ({ rest }) => {
        await orNotFound(rest.issues.deleteComment({ ...repoOf(at), comment_id: id }))
      }),

    setStatus: (at, sha, { context, state, description, target_url }) =>
      ask(`status "${context}" of ${at.org}/${at.repo}@${sha}`, at.org, async ({ rest }) => {
        await rest.repos.createCommitStatus({
          ...repoOf(at),
          sha,
          context,
          state,
          ...(description && { description }),
          ...(target_url && { target_url }),
        })
      }),

    statuses: (at, ref) =>
      ask(`statuses of ${at.org}/${at.repo}@${ref}`, at.org, async (octokit) => {
        const statuses: CommitStatus[] = []
        for (let page = 1, more = true; more; page++) {
          // Not `paginate`: it would drop the wrapping object in which GitHub puts this list.
          const { data } = await octokit.rest.repos.getCombinedStatusForRef({ ...repoOf(at), ref, ...all, page })
          statuses.push(...data.statuses.map(status))
          more = data.statuses.length === all.per_page
        }
        return statuses
      }),

    assign: (at, logins) =>
      ask(`assignees of ${text(at)}`, at.org, async ({ rest }) => {
        await rest.issues.addAssignees({ ...issueOf(at), assignees: [...logins] })
      }),

    requestReview: (at, logins) =>
      ask(`reviewers of ${text(at)}`, at.org, async ({ rest }) => {
        if (logins.length === 0) return
        await rest.pulls.requestReviewers({ ...pullOf(at), reviewers: [...logins] })
      }),

    teamMembers: (org, teamName) =>
      ask(`team "${teamName}" of ${org}`, org, async (octokit) => {
        const teams = await octokit.paginate(octokit.rest.teams.list, { org, ...all })
        const team = teams.find(({ name }) => name === teamName)
        if (!team) return undefined
        const members = { org, team_slug: team.slug, role: 'all' as const, ...all }
        return (await octokit.paginate(octokit.rest.teams.listMembersInOrg, members)).map(({ login }) => login)
      }),

    repositories: (org) =>
      ask(`repositories of ${org}`, org, async (octokit) => {
        try {
          return (await octokit.paginate(octokit.rest.repos.listForOrg, { org, ...all })).map(({ name }) => name)
        } catch (error) {
          if (!hasStatus(error, 404)) throw error
          return (await octokit.paginate(octokit.rest.repos.listForUser, { username: org, ...all })).map(
            ({ name }) => name,
          )
        }
      }),

    countMerged: (org, login) =>
      ask(`merged pull requests of ${login} in ${org}`, org, async ({ rest }) => {
        const q = `type:pr is:merged org:${org} author:${login}`
        return (await rest.search.issuesAndPullRequests({ q, per_page: 1 })).data.total_count
      }),

    workflowRuns: (at, head, which) =>
      ask(`workflow runs of ${at.org}/${at.repo}@${head.sha}`, at.org, async ({ rest }) => {
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
      ask(`workflow run ${run} of ${at.org}/${at.repo}`, at.org, async ({ rest }) => {
        const which = { ...repoOf(at), run_id: run }
        if (how === 'approve') await rest.actions.approveWorkflowRun(which)
        else await rest.actions.reRunWorkflowFailedJobs(which)
      }),
  }
  return host
}

async function whoAmI({ self, kind, told }: Octokits): Promise<{ login: string }> {
  try {
    if (kind === 'app') {
      const { data } = await self.rest.apps.getAuthenticated()
      const login = data?.slug ?? ''
      told(login, `${login}@users.noreply.github.com`)
      return { login }
    }
    const { login, email } = (await self.rest.users.getAuthenticated()).data
    told(login, email ?? '')
    return { login }
  } catch (error) {
    throw failure('who the bot is', error)
  }
}

/** The answer, where 404 (and the redirect that GitHub uses as a third answer) is one. */
async function orNotFound(call: Promise<{ status: number }>): Promise<{ status: number }> {
  try {
    return await call
  } catch (error) {
    if (hasStatus(error, 404) || hasStatus(error, 302)) return { status: error.status }
    throw error
  }
}

const text = ({ org, repo, number }: IssueRef) => `${org}/${repo}#${number}`

type RestUser = { login: string; type: string; html_url: string } | null | undefined
/** GitHub shows a deleted account as no user at all; it calls that one "ghost". */
const user = (from: RestUser): User => ({
  login: from?.login ?? 'ghost',
  type: from?.type ?? 'User',
  html_url: from?.html_url ?? '',
})

type Data<M extends (...args: never[]) => Promise<{ data: unknown }>> = Awaited<ReturnType<M>>['data']
type Rest = Octokit['rest']

function pullRequest(pr: Data<Rest['pulls']['get']>): PullRequest {
  const org = pr.base.repo.owner.login
  return {
    number: pr.number,
    title: pr.title,
    body: pr.body ?? '',
    state: pr.state,
    draft: pr.draft ?? false,
    merged: pr.merged,
    ...(pr.mergeable !== null && { mergeable: pr.mergeable }),
    user: user(pr.user),
    html_url: pr.html_url,
    labels: pr.labels.map(({ name }) => name),
    assignees: (pr.assignees ?? []).map(user),
    base: {
      ref: pr.base.ref,
      sha: pr.base.sha,
      repo: { org, repo: pr.base.repo.name, html_url: pr.base.repo.html_url },
    },
    head: { ref: pr.head.ref, sha: pr.head.sha },
  }
}

const comment = (from: Data<Rest['issues']['createComment']>): Comment => ({
  id: Number(from.id),
  body: from.body ?? '',
  user: user(from.user),
  html_url: from.html_url,
  created_at: from.created_at,
  updated_at: from.updated_at,
})

const changedFile = (from: Data<Rest['pulls']['listFiles']>[number]): ChangedFile => ({
  filename: from.filename,
  status: from.status,
  ...(from.previous_filename !== undefined && { previous_filename: from.previous_filename }),
  additions: from.additions,
  deletions: from.deletions,
})

const status = (from: Data<Rest['repos']['getCombinedStatusForRef']>['statuses'][number]): CommitStatus => ({
  context: from.context,
  state: from.state as StatusState,
  description: from.description ?? '',
  target_url: from.target_url ?? '',
})
