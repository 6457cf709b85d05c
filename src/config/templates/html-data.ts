// What the templates of HTML are about, with the names that Go gives it.
import { goInt, goString } from './go-types.ts'
import { type GoValue, goValue } from './go-values.ts'
import { struct } from './struct.ts'

/** A newcomer, as `welcome[].message_template` knows them. */
export interface Newcomer {
  readonly org: string
  readonly repo: string
  readonly login: string
  readonly name: string
}

const newcomer = struct<Newcomer>('welcome.PRInfo', [
  ['Org', 'org', goString],
  ['Repo', 'repo', goString],
  ['AuthorLogin', 'login', goString],
  ['AuthorName', 'name', goString],
])

/** A newcomer as a template sees them. */
export const newcomerView = (given: Newcomer): GoValue => goValue(newcomer, given)

/** A pull request, as `deck.spyglass.pr_history_link_template` knows it. */
export interface PullOfLink {
  readonly org: string
  readonly repo: string
  readonly number: number
}

const pullOfLink = struct<PullOfLink>('spyglass.PR', [
  ['Org', 'org', goString],
  ['Repo', 'repo', goString],
  ['Number', 'number', goInt],
])

/** A pull request as the template of a link sees it. */
export const pullOfLinkView = (given: PullOfLink): GoValue => goValue(pullOfLink, given)

/** A run, as `deck.spyglass.announcement` knows it. */
export interface AnnouncedRun {
  readonly artifactPath: string
}

const announcedRun = struct<AnnouncedRun>('spyglass.Announcement', [['ArtifactPath', 'artifactPath', goString]])

/** A run as the template of an announcement sees it. */
export const announcedRunView = (given: AnnouncedRun): GoValue => goValue(announcedRun, given)
