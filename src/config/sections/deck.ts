// deck: which jobs it shows, and who may rerun and abort.

import { list, mapOf, object, optional } from '../collections.ts'
import { configErrors } from '../errors.ts'
import { duration, flag, type Infer, text } from '../fields.ts'
import { contradictsItself } from '../jobs/check-job.ts'
import { rerunAuthConfig } from '../jobs/fields.ts'
import { selectorError } from '../label-selector.ts'
import type { Report } from '../report.ts'
import type { Config } from '../types.ts'
import type { Path } from '../yaml.ts'
import { layeredKeys } from './plank.ts'
import { maybeText } from './shorthands.ts'
import { finishSpyglass, spyglass } from './spyglass.ts'
import { checkSyntax } from './templates.ts'

/** The section as it stands in a file. */
export const deck = object(
  {
    rerun_auth_configs: optional(mapOf(rerunAuthConfig, { about: 'Older form of the next setting.' })),
    default_rerun_auth_configs: optional(
      list(
        object({
          repo: optional(text({ about: 'Org or org/repo; empty and * are all.' })),
          cluster: optional(text({ about: 'Build cluster; empty and * are all.' })),
          rerun_auth_configs: rerunAuthConfig,
        }),
        { about: 'Who may rerun and abort; the last entry that matches decides alone.' },
      ),
    ),
    hidden_repos: optional(
      list(text({ about: 'Org or org/repo.' }), { about: 'Jobs of these are shown to nobody, nor are their results.' }),
    ),
    spyglass,
    tide_update_period: duration({ default: '10s', about: 'Time between two looks at Tide.' }),
    external_agent_logs: list(
      object({
        agent: text({ about: 'Agent of the jobs.' }),
        selector: text({ about: 'Label selector of the ProwJobs; empty is all.' }),
        url_template: text({ about: 'Go template of the URL of the log, about a ProwJob.' }),
      }),
      { about: 'Logs of jobs that run elsewhere.' },
    ),
    branding: optional(
      object(
        {
          logo: maybeText('Address of an image.'),
          favicon: maybeText('Address of an icon.'),
          background_color: maybeText('Colour of pages.'),
          header_color: maybeText('Colour of the header.'),
        },
        { about: 'How pages look.' },
      ),
    ),
    google_analytics: text({ about: 'Tracking id.' }),
    skip_storage_path_validation: optional(
      flag({ about: 'false: only buckets that the configuration names are shown; default: true.' }),
    ),
    additional_allowed_buckets: list(text({ about: '' }), { about: 'Further buckets that are shown.' }),
  },
  { about: 'Which jobs are shown, and who may rerun and abort them.' },
)

/** Checks the section and brings the older form into the newer one. */
export function finishDeck(given: Infer<typeof deck>, at: Path, report: Report): Config['deck'] {
  const { rerun_auth_configs: older, default_rerun_auth_configs: entries, hidden_repos = [], ...rest } = given
  checkLogs(given.external_agent_logs, at, report)
  if (given.additional_allowed_buckets.length > 0 && given.skip_storage_path_validation !== false) {
    report.error([...at, 'additional_allowed_buckets'], configErrors.DECK_BUCKETS({}))
  }
  if (older && entries) {
    const fields = ['rerun_auth_configs', 'default_rerun_auth_configs']
    report.error([...at, 'default_rerun_auth_configs'], configErrors.EXCLUSIVE({ fields }))
  }
  for (const [index, { rerun_auth_configs: rule }] of (entries ?? []).entries()) {
    if (contradictsItself(rule)) {
      report.error([...at, 'default_rerun_auth_configs', index], configErrors.RERUN_AUTH({}))
    }
  }
  for (const [key, rule] of Object.entries(older ?? {})) {
    if (contradictsItself(rule)) report.error([...at, 'rerun_auth_configs', key], configErrors.RERUN_AUTH({}))
  }
  const newer = entries?.map(({ rerun_auth_configs: config, ...filter }) => ({ ...filter, config }))
  return {
    ...rest,
    default_rerun_auth_configs: newer ?? rulesOf(older ?? {}),
    hidden_repos,
    spyglass: finishSpyglass(given.spyglass, [...at, 'spyglass'], report),
  }
}

function checkLogs(logs: Infer<typeof deck>['external_agent_logs'], at: Path, report: Report): void {
  for (const [index, { selector, url_template }] of logs.entries()) {
    const path = [...at, 'external_agent_logs', index]
    const why = selectorError(selector)
    if (why !== undefined) report.error([...path, 'selector'], configErrors.SELECTOR({ value: selector, why }))
    checkSyntax(url_template, [...path, 'url_template'], report)
  }
}

const rulesOf = (older: NonNullable<Infer<typeof deck>['rerun_auth_configs']>) =>
  layeredKeys(Object.keys(older)).map((repo) => ({ repo, config: older[repo] ?? {} }))
