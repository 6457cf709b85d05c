// deck: which jobs it shows, and who may rerun and abort.
import { configErrors } from '../errors.ts'
import { type Infer, list, mapOf, object, optional, text } from '../fields.ts'
import { contradictsItself } from '../jobs/check-job.ts'
import { rerunAuthConfig } from '../jobs/fields.ts'
import type { Report } from '../report.ts'
import type { Config } from '../types.ts'
import type { Path } from '../yaml.ts'
import { layeredKeys } from './plank.ts'

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
  },
  { about: 'Which jobs are shown, and who may rerun and abort them.' },
)

/** Checks the section and brings the older form into the newer one. */
export function finishDeck(given: Infer<typeof deck>, at: Path, report: Report): Config['deck'] {
  const { rerun_auth_configs: older, default_rerun_auth_configs: entries, hidden_repos = [] } = given
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
  return { default_rerun_auth_configs: newer ?? rulesOf(older ?? {}), hidden_repos }
}

const rulesOf = (older: NonNullable<Infer<typeof deck>['rerun_auth_configs']>) =>
  layeredKeys(Object.keys(older)).map((repo) => ({ repo, config: older[repo] ?? {} }))
