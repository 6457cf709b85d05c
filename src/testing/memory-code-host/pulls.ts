// The code host in memory: pull requests, their commits, reviews and reviewers.
import type { IssueRef, PullRequest, PullRequestOperations, Review } from '../../api/code-host.ts'
import { findIn } from './comments.ts'
import { matches } from './search.ts'
import {
  append,
  belongs,
  exists,
  freeNumber,
  invalid,
  issueKey,
  type Memory,
  notFound,
  pageOf,
  pullAt,
  repoKey,
  sameText,
  userNamed,
} from './state.ts'

const verdicts = { APPROVE: 'approved', REQUEST_CHANGES: 'changes_requested', COMMENT: 'commented' } as const

export function pullRequestOperations(memory: Memory): PullRequestOperations {
  const { state, bot, effect, doing, now } = memory

  /** All pull requests of a repository, or of all, newest first. */
  const pulls = (repo?: string): (IssueRef & { pull: PullRequest })[] =>
    [...state.pulls]
      .flatMap(([key, pull]) => {
        const [, name = ''] = /^(.+)#\d+$/.exec(key) ?? []
        const [org = '', own = ''] = name.split('/')
        return repo === undefined || repo === name ? [{ org, repo: own, number: pull.number, pull }] : []
      })
      .sort((a, b) => b.number - a.number)

  function canReview(at: IssueRef, reviewer: string): boolean {
    if (!reviewer.includes('/'))
      return !sameText(pullAt(memory, at).user.login)(reviewer) && belongs(memory, at, reviewer)
    const slug = reviewer.slice(at.org.length + 1)
    const teams = [...state.teams.keys()].filter((key) => key.startsWith(`${at.org}/`))
    return teams.some((key) => sameText(key.slice(at.org.length + 1).replaceAll(' ', '-'))(slug))
  }

  function request(at: IssueRef, reviewers: readonly string[]): readonly string[] {
    const pull = pullAt(memory, at)
    const asked = reviewers.filter((one) => canReview(at, one))
    const people = asked.filter((one) => !one.includes('/'))
    const teams = asked.filter((one) => one.includes('/')).map((one) => one.slice(at.org.length + 1))
    const there = pull.requested_reviewers.map(({ login }) => login)
    state.pulls.set(issueKey(at), {
      ...pull,
      requested_reviewers: [
        ...pull.requested_reviewers,
        ...people.filter((login) => !there.some(sameText(login))).map(userNamed),
      ],
      requested_teams: [...new Set([...pull.requested_teams, ...teams])],
    })
    if (asked.length > 0) effect(`${issueKey(at)} request review ${asked.join(' ')}`)
    return reviewers.filter((one) => !asked.includes(one))
  }

  return {
    pullRequest: (at) => doing('pullRequest', issueKey(at), () => pullAt(memory, at)),
    pullRequests: (at, { state: wanted = 'open', head, base } = {}) =>
      doing('pullRequests', repoKey(at), () => {
        if (!exists(memory, at)) throw notFound(repoKey(at))
        return pulls(repoKey(at))
          .map(({ pull }) => pull)
          .filter((pull) => wanted === 'all' || pull.state === wanted)
          .filter((pull) => base === undefined || pull.base.ref === base)
          .filter(
            (pull) =>
              head === undefined || sameText(head)(`${pull.head.repo?.org ?? pull.user.login}:${pull.head.ref}`),
          )
      }),
    createPullRequest: (at, { title, body, head, base, draft = false }) =>
      doing('createPullRequest', repoKey(at), () => {
        if (!exists(memory, at)) throw notFound(repoKey(at))
        const [org = at.org, ref = head] = head.includes(':') ? head.split(':') : [at.org, head]
        const sha = state.branches.get(`${org}/${at.repo}:${ref}`)
        const baseSha = state.branches.get(`${repoKey(at)}:${base}`)
        if (sha === undefined) throw invalid('head: invalid')
        if (baseSha === undefined) throw invalid('base: invalid')
        const twin = pulls(repoKey(at)).find(
          ({ pull }) =>
            pull.state === 'open' && pull.base.ref === base && pull.head.sha === sha && pull.head.ref === ref,
        )
        if (twin) throw invalid(`A pull request already exists for ${org}:${ref}.`)
        if (sha === baseSha) throw invalid(`No commits between ${base} and ${ref}`)
        const number = freeNumber(memory, at)
        const pull = newPull({ ...at, number }, { title, body, draft, user: userNamed(bot) })
        const ends = {
          base: { ...pull.base, ref: base, sha: baseSha },
          head: { ref, sha, repo: { org, repo: at.repo } },
        }
        state.pulls.set(issueKey({ ...at, number }), { ...pull, ...ends })
        effect(`${repoKey(at)} new pull request #${number}: ${title} (${head} → ${base})`)
        return number
      }),
    updateBranch: (at, expectedHead) =>
      doing('updateBranch', issueKey(at), () => {
        if (pullAt(memory, at).head.sha !== expectedHead)
          throw invalid('expected head sha didn’t match current head ref.')
        effect(`${issueKey(at)} update branch`)
      }),
    changedFiles: (at) =>
      doing('changedFiles', issueKey(at), () => {
        const { head } = pullAt(memory, at)
        return (state.files.get(issueKey(at)) ?? []).map((file) => {
          const given = typeof file === 'string' ? { filename: file } : file
          const blob_url = `${pageOf(at)}/blob/${head.sha}/${given.filename}`
          return { status: 'modified', additions: 1, deletions: 1, blob_url, ...given }
        })
      }),
    pullRequestCommits: (at) =>
      doing('pullRequestCommits', issueKey(at), () => {
        pullAt(memory, at)
        return [...(state.commits.get(issueKey(at)) ?? [])]
      }),
    pullRequestPatch: (at) =>
      doing('pullRequestPatch', issueKey(at), () => {
        pullAt(memory, at)
        return state.patches.get(issueKey(at)) ?? ''
      }),

    reviews: (at) =>
      doing('reviews', issueKey(at), () => {
        pullAt(memory, at)
        return [...(state.reviews.get(issueKey(at)) ?? [])]
      }),
    createReview: (at, { event, body, commit_id, comments = [] }) =>
      doing('createReview', issueKey(at), () => {
        const pull = pullAt(memory, at)
        if (pull.user.login === bot && event !== 'COMMENT') throw invalid('Can not review your own pull request so')
        if (body.trim() === '' && event !== 'APPROVE' && comments.length === 0) throw invalid('Body cannot be blank')
        const files = state.files.get(issueKey(at)) ?? []
        const names = files.map((file) => (typeof file === 'string' ? file : file.filename))
        const lost = comments.find(({ path }) => !names.includes(path))
        if (lost) throw invalid(`path ${lost.path}: invalid`)
        const review = newReview(memory, at, {
          user: userNamed(bot),
          body,
          state: verdicts[event],
          commit_id: commit_id ?? pull.head.sha,
        })
        append(state.reviews, issueKey(at), review)
        for (const { path, position, body: text } of comments) {
          const id = memory.id()
          append(state.reviewComments, issueKey(at), {
            ...{ id, body: text, path, position, user: userNamed(bot), created_at: now(), updated_at: now() },
            html_url: `${pull.html_url}#discussion_r${id}`,
          })
        }
        const lines = comments.map(({ path, position, body: text }) => ` | ${path}:${position} ${text}`)
        effect(`${issueKey(at)} review ${event}: ${body}${lines.join('')}`)
        return review
      }),
    dismissReview: (at, id, message) =>
      doing('dismissReview', issueKey(at), () => {
        const list = state.reviews.get(issueKey(at)) ?? []
        const index = list.findIndex((review) => review.id === id)
        const review = list[index]
        if (!review) throw notFound(`review ${id} of ${issueKey(at)}`)
        if (review.state !== 'approved' && review.state !== 'changes_requested')
          throw invalid(`Can not dismiss a ${review.state} pull request review`)
        list[index] = { ...review, state: 'dismissed' }
        effect(`${issueKey(at)} dismiss review: ${message}`)
      }),
    reviewComments: (at) =>
      doing('reviewComments', issueKey(at), () => {
        pullAt(memory, at)
        return [...(state.reviewComments.get(issueKey(at)) ?? [])]
      }),
    editReviewComment: (at, id, body) =>
      doing('editReviewComment', repoKey(at), () => {
        const found = findIn(state.reviewComments, at, id)
        if (!found) throw notFound(`comment ${id} on a line in ${repoKey(at)}`)
        found.list[found.index] = { ...found.item, body, updated_at: now() }
        effect(`${repoKey(at)} edit line comment: ${body}`)
      }),

    requestReview: (at, reviewers) => doing('requestReview', issueKey(at), () => request(at, reviewers)),
    unrequestReview: (at, reviewers) =>
      doing('unrequestReview', issueKey(at), () => {
        const pull = pullAt(memory, at)
        const asked = [
          ...pull.requested_reviewers.map(({ login }) => login),
          ...pull.requested_teams.map((slug) => `${at.org}/${slug}`),
        ]
        const gone = asked.filter((one) => reviewers.some(sameText(one)))
        if (gone.length === 0) return
        state.pulls.set(issueKey(at), {
          ...pull,
          requested_reviewers: pull.requested_reviewers.filter(({ login }) => !gone.includes(login)),
          requested_teams: pull.requested_teams.filter((slug) => !gone.includes(`${at.org}/${slug}`)),
        })
        effect(`${issueKey(at)} unrequest review ${gone.join(' ')}`)
      }),

    searchPullRequests: (_org, query) =>
      doing('searchPullRequests', query, () => {
        const wanted = matches(memory, query)
        return pulls()
          .filter(({ pull }) => pull.state === 'open')
          .filter(({ pull, org, repo }) => wanted({ ...asHit(pull), repo: { org, repo } }))
          .map(({ org, repo, number, pull: { user, labels, mergeable } }) => ({
            ...{ org, repo, number, user, labels },
            ...(mergeable !== undefined && { mergeable }),
          }))
      }),
    countMerged: (org, login) => doing('countMerged', org, () => state.merged.get(`${org}/${login}`) ?? 0),
  }
}

const asHit = ({ number, title, body, state, user, html_url, labels, assignees }: PullRequest) => ({
  ...{ number, title, body, state, user, html_url, labels, assignees },
  ...{ node_id: '', locked: false, isPullRequest: true, created_at: '', updated_at: '' },
})

/** A review; what is not given is made up. */
export function newReview(memory: Memory, at: IssueRef, given: Partial<Review>): Review {
  const id = memory.id()
  return {
    ...{ id, body: '', user: userNamed('reviewer'), state: 'commented', submitted_at: memory.now() },
    html_url: `${pageOf(at)}/pull/${at.number}#pullrequestreview-${id}`,
    commit_id: memory.state.pulls.get(issueKey(at))?.head.sha ?? '',
    ...given,
  }
}

/** A pull request; what is not given is made up. */
export function newPull(at: IssueRef, given: Partial<PullRequest> = {}): PullRequest {
  const { org, repo } = at
  const base = {
    ref: 'main',
    sha: 'ba5e000000000000000000000000000000000000',
    repo: { org, repo, html_url: pageOf(at) },
  }
  return {
    number: at.number,
    title: 'a change',
    body: '',
    state: 'open',
    draft: false,
    merged: false,
    mergeable: true,
    user: userNamed('author'),
    html_url: `${pageOf(at)}/pull/${at.number}`,
    labels: [],
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    commits: 1,
    head: { ref: 'feature', sha: 'bead000000000000000000000000000000000000' },
    ...given,
    base: { ...base, ...given.base },
  }
}
