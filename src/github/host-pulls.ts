// GitHub: pull requests, their commits, reviews and reviewers.
import type { IssueRef, PullRequestOperations } from '../api/code-host.ts'
import { hasStatus } from './errors.ts'
import { type Ask, all, issueText, notDone, pullOf, refused, repoOf, repoText, sameLogin } from './host-call.ts'
import { searchPullRequests } from './host-graphql.ts'
import { changedFileFrom, commitFrom, pullFrom, reviewCommentFrom, reviewFrom } from './host-shapes.ts'
import type { Octokit } from './octokit.ts'

export const pullRequestOperations = (ask: Ask): PullRequestOperations => ({
  pullRequest: (at) =>
    ask(`pull request ${issueText(at)}`, at.org, async ({ rest }) => pullFrom((await rest.pulls.get(pullOf(at))).data)),

  pullRequests: (at, which = {}) =>
    ask(`pull requests of ${repoText(at)}`, at.org, async (octokit) =>
      (await octokit.paginate(octokit.rest.pulls.list, { ...repoOf(at), ...which, ...all })).map(pullFrom),
    ),

  createPullRequest: (at, pull) =>
    ask(
      `new pull request from ${pull.head} in ${repoText(at)}`,
      at.org,
      async ({ rest }) => (await rest.pulls.create({ ...repoOf(at), ...pull })).data.number,
    ),

  updateBranch: (at, expectedHead) =>
    ask(`branch of ${issueText(at)}`, at.org, async ({ rest }) => {
      try {
        await rest.pulls.updateBranch({ ...pullOf(at), expected_head_sha: expectedHead })
      } catch (error) {
        if (!refused(error, 'no new commits on the base branch')) throw error
      }
    }),

  changedFiles: (at) =>
    ask(`changed files of ${issueText(at)}`, at.org, async (octokit) =>
      (await octokit.paginate(octokit.rest.pulls.listFiles, { ...pullOf(at), ...all })).map(changedFileFrom),
    ),

  pullRequestCommits: (at) =>
    ask(`commits of ${issueText(at)}`, at.org, async (octokit) =>
      (await octokit.paginate(octokit.rest.pulls.listCommits, { ...pullOf(at), ...all })).map(commitFrom),
    ),

  pullRequestPatch: (at) =>
    ask(`patch of ${issueText(at)}`, at.org, async ({ rest }) => {
      const { data } = await rest.pulls.get({ ...pullOf(at), mediaType: { format: 'patch' } })
      // With this media type the answer is text, which the types do not say.
      return String(data)
    }),

  reviews: (at) =>
    ask(`reviews of ${issueText(at)}`, at.org, async (octokit) =>
      (await octokit.paginate(octokit.rest.pulls.listReviews, { ...pullOf(at), ...all })).map(reviewFrom),
    ),

  createReview: (at, { comments, ...review }) =>
    ask(`review of ${issueText(at)}`, at.org, async ({ rest }) => {
      const more = comments ? { comments: [...comments] } : {}
      return reviewFrom((await rest.pulls.createReview({ ...pullOf(at), ...review, ...more })).data)
    }),

  dismissReview: (at, id, message) =>
    ask(`review ${id} of ${issueText(at)}`, at.org, async ({ rest }) => {
      await rest.pulls.dismissReview({ ...pullOf(at), review_id: id, message })
    }),

  reviewComments: (at) =>
    ask(`comments on lines of ${issueText(at)}`, at.org, async (octokit) =>
      (await octokit.paginate(octokit.rest.pulls.listReviewComments, { ...pullOf(at), ...all })).map(reviewCommentFrom),
    ),

  editReviewComment: (at, id, body) =>
    ask(`comment ${id} on a line in ${repoText(at)}`, at.org, async ({ rest }) => {
      await rest.pulls.updateReviewComment({ ...repoOf(at), comment_id: id, body })
    }),

  requestReview: (at, reviewers) =>
    ask(`reviewers of ${issueText(at)}`, at.org, async ({ rest }) => {
      const request = (asked: readonly string[]) =>
        accepted(rest.pulls.requestReviewers({ ...pullOf(at), ...reviewersIn(asked) }))
      const known = reviewers.filter((one) => canBeAsked(at, one))
      const refusals = reviewers.filter((one) => !canBeAsked(at, one))
      if (known.length === 0 || (await request(known))) return refusals
      // GitHub asks all or none: one by one tells who it was.
      for (const one of known) if (!(await request([one]))) refusals.push(one)
      return refusals
    }),

  unrequestReview: (at, reviewers) =>
    ask(`reviewers of ${issueText(at)}`, at.org, async ({ rest }) => {
      const known = reviewers.filter((one) => canBeAsked(at, one))
      const remove = (asked: readonly string[]) =>
        accepted(rest.pulls.removeRequestedReviewers({ ...pullOf(at), ...reviewersIn(asked) }))
      if (known.length === 0) return
      // One who cannot be asked was not asked either.
      if (!(await remove(known))) for (const one of known) await remove([one])
      const left = await stillAsked(rest, at, reviewersIn(known))
      if (left.length > 0) throw notDone(`reviewers of ${issueText(at)}: ${left.join(', ')} stayed`)
    }),

  searchPullRequests: (org, query) =>
    ask(`search for "${query}"`, org, (octokit) => searchPullRequests(octokit, query)),

  countMerged: (org, login) =>
    ask(`merged pull requests of ${login} in ${org}`, org, async ({ rest }) => {
      const q = `type:pr is:merged org:${org} author:${login}`
      return (await rest.search.issuesAndPullRequests({ q, per_page: 1 })).data.total_count
    }),
})

const isTeam = (reviewer: string) => reviewer.includes('/')
const teamOf = (reviewer: string) => ({
  org: reviewer.slice(0, reviewer.lastIndexOf('/')),
  slug: reviewer.slice(reviewer.lastIndexOf('/') + 1),
})

/** A team of another organisation cannot, and GitHub would take its slug for one of this organisation. */
const canBeAsked = (at: IssueRef, reviewer: string) => !isTeam(reviewer) || sameLogin(at.org)(teamOf(reviewer).org)

const reviewersIn = (names: readonly string[]) => ({
  reviewers: names.filter((name) => !isTeam(name)),
  team_reviewers: names.filter(isTeam).map((name) => teamOf(name).slug),
})

/** False when GitHub refused somebody. */
async function accepted(call: Promise<unknown>): Promise<boolean> {
  try {
    await call
    return true
  } catch (error) {
    if (hasStatus(error, 422)) return false
    throw error
  }
}

async function stillAsked(
  rest: Octokit['rest'],
  at: IssueRef,
  { reviewers, team_reviewers }: ReturnType<typeof reviewersIn>,
): Promise<string[]> {
  const { users, teams } = (await rest.pulls.listRequestedReviewers(pullOf(at))).data
  return [
    ...users.map(({ login }) => login).filter((login) => reviewers.some(sameLogin(login))),
    ...teams.map(({ slug }) => slug).filter((slug) => team_reviewers.some(sameLogin(slug))),
  ]
}
