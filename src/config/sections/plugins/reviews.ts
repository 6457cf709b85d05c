// Sections of the plugins that ask for reviews and decide what they mean.
import { deprecated, list, mapOf, named, object, optional } from '../../collections.ts'
import { flag, type Infer, latePattern, number, pattern, text, whole } from '../../fields.ts'
import { maybeFlag, maybeText, texts } from '../shorthands.ts'

const repos = texts('Orgs and org/repos this entry is for.')

const approve = object(
  {
    repos,
    issue_required: flag({ about: 'An issue must belong to the change.' }),
    require_self_approval: maybeFlag('Authors approve by a command only.'),
    lgtm_acts_as_approve: flag({ about: '/lgtm approves, too.' }),
    ignore_review_state: maybeFlag("GitHub's reviews are no approvals."),
    commandHelpLink: text({ default: 'https://go.k8s.io/bot-commands', about: 'Page of the commands.' }),
    pr_process_link: text({
      default: 'https://git.k8s.io/community/contributors/guide/owners.md#the-code-review-process',
      about: 'Page about reviews.',
    }),
    // Nothing reads these any more; files of many years still have them.
    implicit_self_approve: deprecated(
      maybeFlag(''),
      'it has no effect; use require_self_approval, which says the opposite',
    ),
    review_acts_as_approve: deprecated(
      maybeFlag(''),
      'it has no effect; use ignore_review_state, which says the opposite',
    ),
  },
  { about: 'The label approved.' },
)

/** Who approves a change, and how, in the repositories of one entry. */
export type ApproveConfig = Readonly<Infer<typeof approve>>

/** Where no entry is for a repository. */
export const approveDefaults: ApproveConfig = approve.absent({})

const lgtm = object(
  {
    repos,
    review_acts_as_lgtm: flag({ about: 'Approving and requesting changes act like commands.' }),
    store_tree_hash: flag({ about: 'Keep the label when a push leaves the tree as it was.' }),
    trusted_team_for_sticky_lgtm: text({ about: 'Team whose pull requests keep the label on pushes.' }),
  },
  { about: 'The label lgtm.' },
)

const reviewers = named(
  'Reviewers',
  object({
    request_count: whole({ default: 2, about: 'Reviewers to ask.' }),
    max_request_count: whole({ about: 'Reviewers to ask at most; 0 is no limit.' }),
    exclude_approvers: flag({ about: 'Approvers are not asked as reviewers.' }),
    use_status_availability: flag({ about: 'Nobody is asked whose status at GitHub says busy.' }),
    ignore_drafts: flag({ about: 'Nobody is asked for drafts.' }),
    ignore_authors: texts('Logins for whose changes nobody is asked.'),
    wait_for_status: optional(
      object(
        {
          context: text({ default: 'tide', about: 'Context.' }),
          state: text({ default: 'pending', about: 'State.' }),
          description: pattern({
            default: String.raw`Not mergeable. (PullRequest is missing sufficient approving GitHub review\(s\)|Needs (lgtm|approved|approved, lgtm) labels?)\.?`,
            about: 'RE2 pattern of the description.',
          }),
        },
        { about: 'Ask only when there is this status.' },
      ),
    ),
  }),
)

/** Whom to ask for reviews, and when. */
export type ReviewersConfig = Readonly<Infer<typeof reviewers>>

/** Where a file says nothing of it. */
export const reviewersDefaults: ReviewersConfig = reviewers.absent({})

const blockade = object({
  repos,
  branchregexp: optional(pattern({ about: 'RE2 pattern of branches; absent is all.' })),
  blockregexps: list(latePattern({ about: '' }), { about: 'RE2 patterns of paths.' }),
  exceptionregexps: list(latePattern({ about: '' }), { about: 'RE2 patterns of paths that are fine nevertheless.' }),
  explanation: text({ about: 'Why, for the comment.' }),
})

const restrictedLabel = object({
  label: text({ about: 'Label.' }),
  allowed_teams: texts('Slugs.'),
  allowed_users: texts('Logins.'),
  assign_on: list(object({ label: text({ about: 'Label.' }) }), { about: 'Who may set it is assigned with these.' }),
})

const cherryPickApproved = object({
  org: text({ about: 'Org.' }),
  repo: text({ about: 'Repository.' }),
  branchregexp: pattern({ default: '^release-.*$', about: 'RE2 pattern of branches.' }),
  approvers: texts('Logins.'),
  allow_missing_approved_label: flag({ about: 'The label approved is not needed.' }),
  allow_missing_lgtm_label: flag({ about: 'The label lgtm is not needed.' }),
})

const notApproved = [
  'This PR is not for the master branch but does not have the `cherry-pick-approved`',
  '  label. Adding the `do-not-merge/cherry-pick-not-approved`  label.',
].join('')

export const reviewSections = {
  approve: list(approve, { about: 'The label approved.' }),
  lgtm: list(lgtm, { about: 'The label lgtm.' }),
  blunderbuss: { ...reviewers, about: 'Asks owners of the changed files for reviews.' },
  rifle: { ...reviewers, about: 'Asks for reviews, with an aim.' },
  blockades: list(blockade, { about: 'Paths that must not change.' }),
  cherry_pick_approved: list(cherryPickApproved, { about: 'Who approves picks for releases.' }),
  cherry_pick_unapproved: object(
    {
      branchregexp: pattern({ default: '^release-.*$', about: 'RE2 pattern of branches.' }),
      comment: text({ default: notApproved, about: 'What the author is told.' }),
    },
    { about: 'Keeps picks from merging until they are approved.' },
  ),
  label: object(
    {
      additional_labels: texts('Labels that /label may set beside those with a prefix of their own.'),
      restricted_labels: mapOf(list(restrictedLabel, { about: '' }), {
        about: 'Labels that only some may set, by *, org or org/repo.',
      }),
    },
    { about: 'The commands that set labels.' },
  ),
  owners: object(
    {
      mdyamlrepos: texts('Org or org/repo: Markdown files may begin with owners.'),
      skip_collaborators: texts('Org or org/repo: only OWNERS files count.'),
      labels_denylist: list(text({ about: '' }), {
        default: ['approved', 'lgtm'],
        about: 'Labels that OWNERS files must not set.',
      }),
      filenames: mapOf(
        object({ owners: maybeText('Instead of OWNERS.'), owners_aliases: maybeText('Instead of OWNERS_ALIASES.') }),
        { about: 'Names of the files, by org or org/repo.' },
      ),
    },
    { about: 'OWNERS files.' },
  ),
  override: object(
    {
      allow_top_level_owners: flag({ about: 'Owners of the root may override.' }),
      allowed_github_teams: mapOf(texts(''), { about: 'Slugs of teams that may, by org or org/repo.' }),
    },
    { about: 'Who may override contexts.' },
  ),
  golint: object(
    { minimum_confidence: number({ default: 0.8, about: 'From 0 to 1: what is less certain is not told.' }) },
    { about: 'Comments of golint.' },
  ),
}
