// tide: what is merged, how, and in which company.
import { deprecated, list, mapOf, named, object, optional } from '../collections.ts'
import { configErrors } from '../errors.ts'
import { choice, duration, flag, type Infer, latePattern, text, whole } from '../fields.ts'
import type { Report } from '../report.ts'
import type { Path } from '../yaml.ts'
import { gerritRepos } from './gerrit.ts'
import { mergeMethod } from './merge-method.ts'
import { maybeFlag, maybeText, maybeTexts, textMap, texts } from './shorthands.ts'
import { checkSyntax } from './templates.ts'
import { tideQueries } from './tide-queries.ts'

const policy = {
  'skip-unknown-contexts': maybeFlag('Contexts that are named nowhere do not count.'),
  'required-contexts': maybeTexts('Contexts that must have succeeded.'),
  'required-if-present-contexts': maybeTexts('Contexts that must have succeeded where they are.'),
  'optional-contexts': maybeTexts('Contexts that do not count.'),
  'optional-regex-contexts': optional(
    list(latePattern({ about: '' }), { about: 'RE2 patterns of contexts that do not count.' }),
  ),
  'from-branch-protection': maybeFlag('Required contexts of branch protection count, too.'),
  'overwrite-pending-contexts': maybeFlag('Set pending contexts of outdated runs anew.'),
}
const branch = named('BranchContextPolicy', object(policy, { about: 'Of a branch.' }))
const repo = named(
  'RepoContextPolicy',
  object({ ...policy, branches: optional(mapOf(branch, { about: 'By branch.' })) }, { about: 'Of a repository.' }),
)
const org = named(
  'OrgContextPolicy',
  object({ ...policy, repos: optional(mapOf(repo, { about: 'By repository.' })) }, { about: 'Of an org.' }),
)

const template = object({ title: maybeText('Go template.'), body: maybeText('Go template.') }, { about: 'Commit.' })

export const tide = object(
  {
    sync_period: duration({ default: '1m', about: 'Time from the start of one round to the start of the next.' }),
    status_update_period: duration({
      default: { from: 'sync_period' },
      about: 'Time from the start of one round of statuses to the start of the next.',
    }),
    max_goroutines: whole({ default: 20, about: 'Pools worked on at a time.' }),
    queries: tideQueries,
    merge_method: mergeMethod,
    merge_commit_template: mapOf(template, { about: 'Text of merge commits, by org or org/repo.' }),
    target_url: deprecated(maybeText('Link of the status.'), 'use target_urls["*"]'),
    target_urls: textMap('Link of the status, by *, org or org/repo.'),
    pr_status_base_url: deprecated(maybeText('Page of the status.'), 'use pr_status_base_urls["*"]'),
    pr_status_base_urls: textMap('Page of the status, by *, org or org/repo; * is needed.'),
    github_merge_blocks_policy: mapOf(choice(['ignore', 'permit', 'block'], { about: '' }), {
      about: 'Whether changes that GitHub would not merge are left out, by *, org or org/repo; default: permit.',
    }),
    batch_size_limit: mapOf(whole({ about: '' }), {
      about: 'Changes in a batch, by *, org or org/repo; 0 is no limit, -1 is no batches.',
    }),
    prioritize_existing_batches: mapOf(flag({ about: '' }), {
      about: 'Take up batches whose tests run already, by *, org or org/repo; default: true.',
    }),
    blocker_label: text({ about: 'Label of issues that keep everything from merging.' }),
    squash_label: text({ about: 'Label of changes that are squashed.' }),
    rebase_label: text({ about: 'Label of changes that are rebased.' }),
    merge_label: text({ about: 'Label of changes that are merged by a merge commit.' }),
    priority: list(object({ labels: texts('Labels; a,b is any of both.') }), {
      about: 'Which changes go first, the most urgent ones first.',
    }),
    display_all_tide_queries_in_status: flag({ about: 'Let the status tell of every query.' }),
    context_options: object(
      { ...policy, orgs: optional(mapOf(org, { about: 'By org.' })) },
      { about: 'Which contexts count; lower levels add to those above.' },
    ),
    gerrit: optional(
      object(
        { queries: gerritRepos, ratelimit: whole({ default: 5, about: 'Not used.' }) },
        { about: 'Tide for Gerrit.' },
      ),
    ),
  },
  { about: 'What is merged, and how.' },
)
type Given = Infer<typeof tide>

/** The section with older forms brought into the newer ones. Periods in milliseconds. */
export type TideConfig = Readonly<Omit<Given, 'target_url' | 'pr_status_base_url'>>

/** Checks the section, apart from its queries, which may come from several files. */
export function finishTide(given: Given, at: Path, report: Report): TideConfig {
  const { target_url, pr_status_base_url, ...rest } = given
  const { target_urls, pr_status_base_urls } = given
  const exclusive = (fields: readonly [string, string]) =>
    report.error([...at, fields[1]], configErrors.EXCLUSIVE({ fields }))
  if (target_url && Object.keys(target_urls).length > 0) exclusive(['target_url', 'target_urls'])
  if (pr_status_base_url && Object.keys(pr_status_base_urls).length > 0) {
    exclusive(['pr_status_base_url', 'pr_status_base_urls'])
  } else if (Object.keys(pr_status_base_urls).length > 0 && pr_status_base_urls['*'] === undefined) {
    report.error([...at, 'pr_status_base_urls'], configErrors.MISSING({ field: '"*"' }))
  }
  if (given.max_goroutines < 0) {
    report.error([...at, 'max_goroutines'], configErrors.NOT_POSITIVE({ value: given.max_goroutines }))
  }
  for (const [key, texts] of Object.entries(given.merge_commit_template)) {
    for (const part of ['title', 'body'] as const) {
      checkSyntax(texts[part] ?? '', [...at, 'merge_commit_template', key, part], report)
    }
  }
  const ratelimit = given.gerrit?.ratelimit
  return {
    ...rest,
    max_goroutines: given.max_goroutines || 20,
    ...(given.gerrit && { gerrit: { ...given.gerrit, ratelimit: ratelimit || 5 } }),
    target_urls: { ...(target_url && { '*': target_url }), ...target_urls },
    pr_status_base_urls: { ...(pr_status_base_url && { '*': pr_status_base_url }), ...pr_status_base_urls },
  }
}
