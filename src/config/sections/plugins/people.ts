// Sections of the plugins that speak with people: newcomers, sign-offs, comments, channels.
import { deprecated, list, mapOf, object, optional } from '../../collections.ts'
import { choice, durationText, flag, latePattern, pattern, text, whole } from '../../fields.ts'
import { newcomerView } from '../../templates/html-data.ts'
import { maybeText, texts } from '../shorthands.ts'
import { lateHtml } from '../templates.ts'

const repos = texts('Orgs and org/repos this entry is for.')

const prominent = object(
  {
    disabled: flag({ about: 'Never.' }),
    merged_pr_threshold: whole({ default: 3, about: 'Merged pull requests after which the author is invited.' }),
    message: maybeText('Text; {join_org_url} stands for the link.'),
  },
  { about: 'A larger invitation for those who return.' },
)

const trigger = object(
  {
    repos,
    trusted_apps: texts('Slugs of apps whose pull requests are trusted.'),
    trusted_org: deprecated(text({ about: 'A second org whose members are trusted.' }), 'invite its members'),
    join_org_url: text({ about: 'Link in the welcome text; default: the page of the members.' }),
    only_org_members: flag({ about: 'Collaborators are not trusted.' }),
    ignore_ok_to_test: flag({ about: '/ok-to-test has no effect.' }),
    trigger_github_workflows: flag({ about: 'Also rerun and approve runs of GitHub Actions.' }),
    org_invite: optional(object({ prominent: optional(prominent) }, { about: 'Invitations to the org.' })),
  },
  { about: 'Whose pull requests are tested.' },
)

const dco = object({
  skip_dco_check_for_members: flag({ about: 'Members need not sign off.' }),
  skip_dco_check_for_collaborators: flag({ about: 'Collaborators need not sign off.' }),
  trusted_apps: texts('Slugs of apps that need not sign off.'),
  trusted_org: text({ about: 'A second org whose members need not sign off.' }),
  contributing_repo: text({ about: 'org/repo that explains sign-offs.' }),
  contributing_branch: text({ about: 'Its branch; default: its default branch.' }),
  contributing_path: text({ default: 'CONTRIBUTING.md', about: 'Its file.' }),
})

const mergeWarning = object({
  repos,
  channels: texts('Channels.'),
  exempt_users: texts('Logins that are not told of.'),
  exempt_branches: mapOf(texts(''), { about: 'Branches that are not told of, by org or org/repo.' }),
})

const matchingLabel = object({
  org: text({ about: 'Org.' }),
  repo: text({ about: 'Repository; empty is all of the org.' }),
  branch: text({ about: 'Branch of pull requests; empty is all.' }),
  prs: flag({ about: 'For pull requests.' }),
  issues: flag({ about: 'For issues.' }),
  regexp: pattern({ about: 'RE2 pattern; one label must match.' }),
  missing_label: text({ about: 'Label that is set where none does.' }),
  missing_comment: text({ about: 'What is said then.' }),
  grace_period: durationText({ default: '5s', about: 'Time for others to set a label first.' }),
})

/** How a team of a SIG is mentioned in Kubernetes: name of the SIG, kind of team. */
export const sigMention = String.raw`(?m)@kubernetes/sig-([\w-]*)-(misc|test-failures|bugs|feature-requests|proposals|pr-reviews|api-reviews)`

export const peopleSections = {
  triggers: list(trigger, { about: 'Whose pull requests are tested.' }),
  help: object(
    {
      help_guidelines_url: text({
        default: 'https://git.k8s.io/community/contributors/guide/help-wanted.md',
        about: 'Page about how to label issues for newcomers.',
      }),
      help_guidelines_summary: text({ about: 'Its gist, shown in the answer.' }),
    },
    { about: 'The labels help wanted and good first issue.' },
  ),
  welcome: list(
    object({
      repos,
      message_template: lateHtml(
        { about: 'Go template of HTML; data: Org, Repo, AuthorLogin, AuthorName.' },
        newcomerView({ org: 'o', repo: 'r', login: 'l', name: 'n' }),
      ),
      always_post: flag({ about: 'Not only to newcomers.' }),
    }),
    { about: 'Comments on first pull requests.' },
  ),
  dco: mapOf(dco, { about: 'Sign-offs of commits, by *, org or org/repo.' }),
  heart: object(
    {
      adorees: texts('Logins whose comments are adored.'),
      commentregexp: pattern({ about: 'RE2 pattern of their comments.' }),
    },
    { about: 'Hearts.' },
  ),
  cat: object({ key_path: text({ about: 'File with the key of thecatapi.com.' }) }, { about: 'Cats.' }),
  goose: object({ key_path: text({ about: 'File with the key of unsplash.com.' }) }, { about: 'Geese.' }),
  slack: object(
    {
      mentionchannels: texts('Channels that are told of mentions of SIGs.'),
      mergewarnings: list(mergeWarning, { about: 'Pushes by hand.' }),
    },
    { about: 'Messages to Slack.' },
  ),
  sigmention: object(
    { regexp: pattern({ default: sigMention, about: 'RE2 pattern; groups: SIG, kind of team.' }) },
    { about: 'Labels for mentioned SIGs.' },
  ),
  require_matching_label: list(matchingLabel, { about: 'Labels of which one must be set.' }),
  retitle: object({ allow_closed_issues: flag({ about: 'Closed ones, too.' }) }, { about: '/retitle.' }),
  release_note: object(
    {
      guidelines_url: text({
        default: 'https://git.k8s.io/community/contributors/guide/release-notes.md',
        about: 'Page about release notes.',
      }),
    },
    { about: 'Release notes.' },
  ),
  size: object(
    {
      s: whole({ about: 'Lines; 10 when not set.' }),
      m: whole({ about: 'Lines; 30 when not set.' }),
      l: whole({ about: 'Lines; 100 when not set.' }),
      xl: whole({ about: 'Lines; 500 when not set.' }),
      xxl: whole({ about: 'Lines; 1000 when not set.' }),
    },
    { about: 'From how many changed lines on a size begins.' },
  ),
  invalid_commit_msg: list(
    object({
      repos,
      checks: list(
        object({
          name: choice(['fixupPrefix', 'issueClosingKeywords'], { about: 'Check.' }),
          disabled: flag({ about: 'Leave it out.' }),
        }),
        { about: 'Checks; all are on when not said otherwise.' },
      ),
    }),
    { about: 'What must not stand in commit messages.' },
  ),
  branch_cleaner: object(
    {
      preserved_branches: mapOf(list(latePattern({ about: '' }), { about: '' }), {
        about: 'Names or RE2 patterns, by org or org/repo.',
      }),
    },
    { about: 'Deletes merged branches.' },
  ),
}
