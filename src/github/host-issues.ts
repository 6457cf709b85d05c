// GitHub: issues, and what pull requests share with them.
import type { FoundIssue, IssueOperations } from '../api/code-host.ts'
import { reasons } from './errors.ts'
import { type Ask, all, ifFound, issueOf, issueText, notDone, repoOf, repoText, sameLogin } from './host-call.ts'
import { pinIssue, transferIssue } from './host-graphql.ts'
import { commentFrom, eventFrom, issueFrom, repoAt } from './host-shapes.ts'

/** GitHub shows no more hits of a search. */
const mostHits = 1000

export const issueOperations = (ask: Ask): IssueOperations => ({
  issue: (at) => ask(issueText(at), at.org, async ({ rest }) => issueFrom((await rest.issues.get(issueOf(at))).data)),

  createIssue: (at, { title, body, labels }) =>
    ask(`new issue in ${repoText(at)}`, at.org, async ({ rest }) => {
      const more = labels ? { labels: [...labels] } : {}
      return (await rest.issues.create({ ...repoOf(at), title, body, ...more })).data.number
    }),

  edit: (at, change) =>
    ask(`text of ${issueText(at)}`, at.org, async ({ rest }) => {
      await rest.issues.update({ ...issueOf(at), ...change })
    }),

  close: (at, reason) =>
    ask(`closing ${issueText(at)}`, at.org, async ({ rest }) => {
      await rest.issues.update({ ...issueOf(at), state: 'closed', ...(reason && { state_reason: reason }) })
    }),

  reopen: (at) =>
    ask(`reopening ${issueText(at)}`, at.org, async ({ rest }) => {
      try {
        await rest.issues.update({ ...issueOf(at), state: 'open' })
        return undefined
      } catch (error) {
        const why = reasons(error).find((reason) => reason.startsWith('state cannot be changed.'))
        if (why === undefined) throw error
        return why
      }
    }),

  lock: (at, locked) =>
    ask(`lock of ${issueText(at)}`, at.org, async ({ rest }) => {
      await (locked ? rest.issues.lock(issueOf(at)) : rest.issues.unlock(issueOf(at)))
    }),

  labels: (at) =>
    ask(`labels of ${issueText(at)}`, at.org, async (octokit) =>
      (await octokit.paginate(octokit.rest.issues.listLabelsOnIssue, { ...issueOf(at), ...all })).map(
        ({ name }) => name,
      ),
    ),

  addLabel: (at, label) =>
    ask(`label "${label}" on ${issueText(at)}`, at.org, async ({ rest }) => {
      await rest.issues.addLabels({ ...issueOf(at), labels: [label] })
    }),

  removeLabel: (at, label) =>
    ask(`label "${label}" on ${issueText(at)}`, at.org, async ({ rest }) => {
      await ifFound(rest.issues.removeLabel({ ...issueOf(at), name: label }), 'Label does not exist')
    }),

  setMilestone: (at, milestone) =>
    ask(`milestone of ${issueText(at)}`, at.org, async ({ rest }) => {
      await rest.issues.update({ ...issueOf(at), milestone: milestone ?? null })
    }),

  assign: (at, logins) =>
    ask(`assignees of ${issueText(at)}`, at.org, async ({ rest }) => {
      if (logins.length === 0) return []
      const { data } = await rest.issues.addAssignees({ ...issueOf(at), assignees: [...logins] })
      const assigned = (data.assignees ?? []).map(({ login }) => login)
      return logins.filter((login) => !assigned.some(sameLogin(login)))
    }),

  unassign: (at, logins) =>
    ask(`assignees of ${issueText(at)}`, at.org, async ({ rest }) => {
      if (logins.length === 0) return
      const { data } = await rest.issues.removeAssignees({ ...issueOf(at), assignees: [...logins] })
      const left = (data.assignees ?? []).map(({ login }) => login).filter((login) => logins.some(sameLogin(login)))
      if (left.length > 0) throw notDone(`assignees of ${issueText(at)}: ${left.join(', ')} stayed`)
    }),

  comments: (at) =>
    ask(`comments of ${issueText(at)}`, at.org, async (octokit) =>
      (await octokit.paginate(octokit.rest.issues.listComments, { ...issueOf(at), ...all })).map(commentFrom),
    ),

  comment: (at, body) =>
    ask(`comment on ${issueText(at)}`, at.org, async ({ rest }) =>
      commentFrom((await rest.issues.createComment({ ...issueOf(at), body })).data),
    ),

  editComment: (at, id, body) =>
    ask(`comment ${id} in ${repoText(at)}`, at.org, async ({ rest }) => {
      await rest.issues.updateComment({ ...repoOf(at), comment_id: id, body })
    }),

  deleteComment: (at, id) =>
    ask(`comment ${id} in ${repoText(at)}`, at.org, async ({ rest }) => {
      await ifFound(rest.issues.deleteComment({ ...repoOf(at), comment_id: id }))
    }),

  react: (at, content) =>
    ask(`reaction to ${issueText(at)}`, at.org, async ({ rest }) => {
      await rest.reactions.createForIssue({ ...issueOf(at), content })
    }),

  reactToComment: (at, id, content) =>
    ask(`reaction to comment ${id} in ${repoText(at)}`, at.org, async ({ rest }) => {
      await rest.reactions.createForIssueComment({ ...repoOf(at), comment_id: id, content })
    }),

  issueEvents: (at) =>
    ask(`events of ${issueText(at)}`, at.org, async (octokit) =>
      (await octokit.paginate(octokit.rest.issues.listEvents, { ...issueOf(at), ...all })).map(eventFrom),
    ),

  searchIssues: (org, query, most = mostHits) =>
    ask(`search for "${query}"`, org, async (octokit) => {
      const per_page = Math.min(most, all.per_page)
      const found: FoundIssue[] = []
      for (let page = 1, more = true; more; page++) {
        // Not `paginate`, which stumbles over the further fields of this answer.
        const request = { q: query, sort: 'created', order: 'desc', per_page, page } as const
        const { items } = (await octokit.rest.search.issuesAndPullRequests(request)).data
        found.push(...items.map((hit) => ({ ...issueFrom(hit), repo: repoAt(hit.repository_url) })))
        more = items.length === per_page && found.length < Math.min(most, mostHits)
      }
      return found.slice(0, most)
    }),

  pinIssue: (at, pinned) => ask(`pin of ${issueText(at)}`, at.org, (octokit) => pinIssue(octokit, at, pinned)),

  transferIssue: (at, to) =>
    ask(`transfer of ${issueText(at)} to ${repoText(to)}`, at.org, async (octokit) => {
      const { rest } = octokit
      // An issue that has moved already is found where it is now.
      const { data: issue } = await rest.issues.get(issueOf(at))
      const here = repoAt(issue.repository_url)
      if (sameLogin(repoText(here))(repoText(to))) return { ...here, number: issue.number }
      const { data: target } = await rest.repos.get(repoOf(to))
      return transferIssue(octokit, issue.node_id, target.node_id)
    }),
})
