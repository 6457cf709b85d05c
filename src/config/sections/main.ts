// The main configuration file: its sections, and the few settings that stand in none.
import { configErrors } from '../errors.ts'
import { duration, flag, type Infer, list, object, optional, text } from '../fields.ts'
import { prowjobDefaults } from '../jobs/fields.ts'
import { goUrlError } from '../jobs/go-url.ts'
import type { Report } from '../report.ts'
import type { Config } from '../types.ts'
import { deck, finishDeck } from './deck.ts'
import { finishPlank, plank } from './plank.ts'
import { scheduler } from './scheduler.ts'
import { sinker } from './sinker.ts'

/** The file as it is read; job config may stand in it too and is read elsewhere. */
export const mainFields = object({
  prowjob_namespace: text({ default: 'default', about: 'Namespace of the ProwJobs.' }),
  pod_namespace: text({ default: 'default', about: 'Namespace of their Pods.' }),
  log_level: text({ default: 'info', about: 'panic, fatal, error, warn, info, debug or trace.' }),
  github: object(
    { link_url: text({ default: 'https://github.com', about: 'Base of links to GitHub.' }) },
    { about: 'GitHub.' },
  ),
  plank,
  sinker,
  deck,
  horologium: object(
    { tick_interval: duration({ default: '1m', about: 'Time between two looks at which periodics are due.' }) },
    { about: 'Periodic jobs.' },
  ),
  github_reporter: object(
    {
      job_types_to_report: list(text({ about: '' }), {
        default: ['presubmit', 'postsubmit'],
        about: 'Types of jobs that are reported to GitHub.',
      }),
      no_comment_repos: list(text({ about: '' }), { about: 'Org or org/repo: statuses only.' }),
      summary_comment_repos: list(text({ about: '' }), { about: 'Org or org/repo: one comment at the end.' }),
    },
    { about: 'Reports to GitHub.' },
  ),
  scheduler,
  disabled_clusters: list(text({ about: '' }), { about: 'Contexts of the kubeconfig to leave out; read at start.' }),
  decorate_all_jobs: flag({ about: 'Decorate jobs that do not say.' }),
  prowjob_default_entries: list(
    object({
      repo: optional(text({ about: 'Org or org/repo; empty and * are all.' })),
      cluster: optional(text({ about: 'Build cluster; empty and * are all.' })),
      config: prowjobDefaults,
    }),
    { about: 'Defaults of ProwJobs; later entries win.' },
  ),
  config_version_sha: text({ about: 'Told in logs; a file VERSION beside the main file goes before it.' }),
})
type Read = Infer<typeof mainFields>

/** The main configuration without jobs. */
export type MainConfig = Omit<Config, 'presubmits' | 'postsubmits' | 'periodics'>

const logLevels = ['panic', 'fatal', 'error', 'warn', 'warning', 'info', 'debug', 'trace']
const reportable = ['presubmit', 'postsubmit', 'periodic', 'batch']

/** Checks what was read and brings older forms into the newer ones. */
export function finishMain(given: Read, report: Report): MainConfig {
  const { decorate_all_jobs: _, prowjob_default_entries: __, github_reporter, ...rest } = given
  const log_level = (given.log_level || 'info').toLowerCase()
  if (!logLevels.includes(log_level)) {
    report.error(['log_level'], configErrors.CHOICE({ value: given.log_level, choices: logLevels }))
  }
  const why = goUrlError(given.github.link_url)
  if (why !== undefined) {
    report.error(['github', 'link_url'], configErrors.URL({ value: given.github.link_url, why }))
  }
  for (const [index, value] of github_reporter.job_types_to_report.entries()) {
    if (reportable.includes(value)) continue
    const path = ['github_reporter', 'job_types_to_report', index]
    report.error(path, configErrors.CHOICE({ value, choices: reportable }))
  }
  return {
    ...rest,
    log_level,
    github_reporter,
    prowjob_namespace: given.prowjob_namespace || 'default',
    pod_namespace: given.pod_namespace || 'default',
    plank: finishPlank(given.plank, ['plank'], report),
    deck: finishDeck(given.deck, ['deck'], report),
  }
}
