// The main configuration file: its sections, and the few settings that stand in none.
import { deprecated, list, object, optional } from '../collections.ts'
import { configErrors } from '../errors.ts'
import { choice, duration, flag, type Infer, text, url } from '../fields.ts'
import { prowjobDefaults } from '../jobs/fields.ts'
import { jobFileFields } from '../jobs/file-fields.ts'
import type { Report } from '../report.ts'
import type { Config } from '../types.ts'
import { branchProtection, checkBranchProtection } from './branch-protection.ts'
import { deck, finishDeck } from './deck.ts'
import { checkGangway, gangway } from './gangway.ts'
import { gerrit } from './gerrit.ts'
import { checkJenkins, jenkinsOperators } from './jenkins.ts'
import { finishPlank, plank } from './plank.ts'
import { scheduler } from './scheduler.ts'
import { texts } from './shorthands.ts'
import { sinker } from './sinker.ts'
import { slackReporters } from './slack.ts'
import {
  checkWebhooks,
  finishInRepoConfig,
  finishPubsub,
  inRepoConfig,
  managedWebhooks,
  moonraker,
  ownersDirDenylist,
  pipeline,
  pubsub,
  pushGateway,
} from './small.ts'
import { finishTide, tide } from './tide.ts'

const reportable = ['presubmit', 'postsubmit', 'periodic', 'batch']

/** The file as it is read; job config may stand in it too and is read elsewhere. */
export const mainFields = object(
  {
    prowjob_namespace: text({ default: 'default', about: 'Namespace of the ProwJobs.' }),
    pod_namespace: text({ default: 'default', about: 'Namespace of their Pods.' }),
    log_level: text({ default: 'info', about: 'panic, fatal, error, warn, info, debug or trace.' }),
    github: object(
      { link_url: url({ default: 'https://github.com', about: 'Base of links to GitHub.' }) },
      { about: 'GitHub.' },
    ),
    plank,
    sinker,
    deck,
    tide,
    'branch-protection': branchProtection,
    gerrit,
    jenkins_operators: jenkinsOperators,
    pipeline,
    horologium: object(
      { tick_interval: duration({ default: '1m', about: 'Time between two looks at which periodics are due.' }) },
      { about: 'Periodic jobs.' },
    ),
    github_reporter: object(
      {
        job_types_to_report: list(choice(reportable, { about: '' }), {
          default: ['presubmit', 'postsubmit'],
          about: 'Types of jobs that are reported to GitHub.',
        }),
        no_comment_repos: texts('Org or org/repo: statuses only.'),
        summary_comment_repos: texts('Org or org/repo: one comment at the end.'),
      },
      { about: 'Reports to GitHub.' },
    ),
    slack_reporter_configs: slackReporters,
    scheduler,
    gangway,
    moonraker,
    in_repo_config: inRepoConfig,
    push_gateway: pushGateway,
    owners_dir_denylist: ownersDirDenylist,
    managed_webhooks: managedWebhooks,
    ...pubsub,
    disabled_clusters: texts('Contexts of the kubeconfig to leave out; read at start.'),
    decorate_all_jobs: flag({ about: 'Decorate jobs that do not say.' }),
    prowjob_default_entries: list(
      object({
        repo: optional(text({ about: 'Org or org/repo; empty and * are all.' })),
        cluster: optional(text({ about: 'Build cluster; empty and * are all.' })),
        config: prowjobDefaults,
      }),
      { about: 'Defaults of ProwJobs; later entries win.' },
    ),
    status_error_link: text({
      default: 'https://github.com/kubernetes/test-infra/issues',
      about: 'Where people are sent when Jenkins fails.',
    }),
    default_job_timeout: deprecated(duration({ default: '24h', about: '' }), 'it has no effect; use decoration_config'),
    config_version_sha: text({ about: 'Told in logs; a file VERSION beside the main file goes before it.' }),
  },
  { elsewhere: jobFileFields.elsewhere },
)
export type ReadMain = Infer<typeof mainFields>

/** The main configuration without jobs. */
export type MainConfig = Omit<Config, 'presets' | 'presubmits' | 'postsubmits' | 'periodics'>

const logLevels = ['panic', 'fatal', 'error', 'warn', 'warning', 'info', 'debug', 'trace']

/**
 * Checks what was read and brings older forms into the newer ones. `now`: milliseconds since the epoch. Queries of Tide and
 * reporters of Slack may come from several files and are checked elsewhere.
 */
export function finishMain(given: ReadMain, now: number, report: Report): MainConfig {
  const { default_job_timeout: _, pubsub_subscriptions, ...rest } = given
  const log_level = (given.log_level || 'info').toLowerCase()
  if (!logLevels.includes(log_level)) {
    report.error(['log_level'], configErrors.CHOICE({ value: given.log_level, choices: logLevels }))
  }
  checkJenkins(given.jenkins_operators, report)
  checkGangway(given.gangway, report)
  checkWebhooks(given.managed_webhooks, now, report)
  checkBranchProtection(given['branch-protection'], report)
  return {
    ...rest,
    log_level,
    prowjob_namespace: given.prowjob_namespace || 'default',
    pod_namespace: given.pod_namespace || 'default',
    plank: finishPlank(given.plank, ['plank'], report),
    deck: finishDeck(given.deck, ['deck'], report),
    tide: finishTide(given.tide, ['tide'], report),
    gerrit: { ...given.gerrit, ratelimit: given.gerrit.ratelimit || 5 },
    in_repo_config: finishInRepoConfig(given.in_repo_config),
    pubsub_triggers: finishPubsub(pubsub_subscriptions, given.pubsub_triggers, report),
  }
}
