// Asking people and teams for a review of a pull request, and taking it back.
import { type Core, pullNow, sameLogin } from '../core.ts'
import { Refusal } from '../errors.ts'
import { simpleUser, teamShape } from '../shapes/users.ts'
import type { Account, PullRequest, Repo, Team } from '../state/records.ts'
import { demand, grantedPermission, isCollaborator } from './permissions.ts'
import { emitChange, recordEvent, update } from './timeline.ts'

const cannotReview = (): Refusal =>
  new Refusal(
    422,
    'Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the repository.',
  )

/** Asks people and teams (by slug) for a review: all of them or, when one cannot be asked, none. */
export function requestReviews(
  core: Core,
  repo: Repo,
  by: Account,
  number: number,
  people: readonly string[],
  teamSlugs: readonly string[],
): PullRequest {
  demand(core.state, repo, by, 'triage')
  const pr = pullNow(core.state, repo.id, number)
  const accounts = people.map((login) => {
    if (sameLogin(login, pr.user)) throw new Refusal(422, 'Review cannot be requested from pull request author.')
    const account = core.state.accounts.get(login.toLowerCase())
    if (!account || !isCollaborator(core.state, repo, account)) throw cannotReview()
    return account
  })
  const teams = teamSlugs.map((slug) => {
    const team = core.state.teams.of(repo.owner.toLowerCase()).find((t) => t.slug === slug)
    if (!team || !(team.repos[repo.id] || teamSees(core, repo, team))) throw cannotReview()
    return team
  })
  return core.state.commit(() => {
    for (const account of accounts) {
      const now = pullNow(core.state, repo.id, number)
      if (now.pull.requested_reviewers.some((login) => sameLogin(login, account.login))) continue
      const asked = [...now.pull.requested_reviewers, account.login]
      const changed = update(core, now, { pull: { ...now.pull, requested_reviewers: asked } })
      recordEvent(core, changed, by, 'review_requested', { requested_reviewer: account.login })
      emitChange(core, repo, changed, 'review_requested', by, { requested_reviewer: simpleUser(core, account) })
    }
    for (const team of teams) {
      const now = pullNow(core.state, repo.id, number)
      if (now.pull.requested_teams.includes(team.id)) continue
      const changed = update(core, now, {
        pull: { ...now.pull, requested_teams: [...now.pull.requested_teams, team.id] },
      })
      recordEvent(core, changed, by, 'review_requested', { requested_team: team.id })
      emitChange(core, repo, changed, 'review_requested', by, { requested_team: teamShape(core, team) })
    }
    return pullNow(core.state, repo.id, number)
  })
}

// A team of an organization whose members can all read the repository has access through that.
const teamSees = (core: Core, repo: Repo, team: Team): boolean =>
  Object.keys(team.members).some((login) => {
    const account = core.state.accounts.get(login.toLowerCase())
    return account !== undefined && grantedPermission(core.state, repo, account) !== null
  })

export function unrequestReviews(
  core: Core,
  repo: Repo,
  by: Account,
  number: number,
  people: readonly string[],
  teamSlugs: readonly string[],
): PullRequest {
  demand(core.state, repo, by, 'triage')
  return core.state.commit(() => {
    for (const login of people) {
      const now = pullNow(core.state, repo.id, number)
      const there = now.pull.requested_reviewers.find((asked) => sameLogin(asked, login))
      const account = there === undefined ? undefined : core.state.accounts.get(there.toLowerCase())
      if (!account) continue
      const left = now.pull.requested_reviewers.filter((asked) => asked !== there)
      const changed = update(core, now, { pull: { ...now.pull, requested_reviewers: left } })
      recordEvent(core, changed, by, 'review_request_removed', { requested_reviewer: account.login })
      emitChange(core, repo, changed, 'review_request_removed', by, { requested_reviewer: simpleUser(core, account) })
    }
    for (const team of core.state.teams.of(repo.owner.toLowerCase()).filter((t) => teamSlugs.includes(t.slug))) {
      const now = pullNow(core.state, repo.id, number)
      if (!now.pull.requested_teams.includes(team.id)) continue
      const left = now.pull.requested_teams.filter((id) => id !== team.id)
      const changed = update(core, now, { pull: { ...now.pull, requested_teams: left } })
      recordEvent(core, changed, by, 'review_request_removed', { requested_team: team.id })
      emitChange(core, repo, changed, 'review_request_removed', by, { requested_team: teamShape(core, team) })
    }
    return pullNow(core.state, repo.id, number)
  })
}
