// The sections of few settings.
import { deprecated, list, mapOf, object, optional } from '../collections.ts'
import { configErrors } from '../errors.ts'
import { duration, flag, type Infer, latePattern, text, time, whole } from '../fields.ts'
import type { Report } from '../report.ts'
import { texts } from './shorthands.ts'

export const pushGateway = object(
  {
    endpoint: text({ about: 'Address; empty is none.' }),
    interval: duration({ default: '1m', about: 'Time between two pushes.' }),
    serve_metrics: flag({ about: 'Serve metrics for scraping as well.' }),
  },
  { about: 'Where metrics are pushed to.' },
)

export const ownersDirDenylist = object(
  {
    repos: mapOf(list(latePattern({ about: '' }), { about: '' }), {
      about: 'RE2 patterns of folders by org or org/repo.',
    }),
    default: list(latePattern({ about: '' }), { about: 'RE2 patterns of folders everywhere.' }),
    ignore_preconfigured_defaults: flag({ about: 'Do not leave out \\.git$, _output$ and vendor/.*/.* by yourself.' }),
  },
  { about: 'Folders whose OWNERS files do not count.' },
)

export const managedWebhooks = object(
  {
    respect_legacy_global_token: flag({ about: 'Keep the token without a key of its own.' }),
    auto_accept_invitation: flag({ about: 'Accept invitations of the bot to these orgs and repositories.' }),
    org_repo_config: mapOf(
      object({ token_created_after: optional(time({ about: 'Older tokens are replaced; not in the future.' })) }),
      { about: 'By org or org/repo.' },
    ),
  },
  { about: 'Webhooks that the tool hmac keeps.' },
)

/** Checks the section. `now`: milliseconds since the epoch. */
export function checkWebhooks({ org_repo_config }: Infer<typeof managedWebhooks>, now: number, report: Report): void {
  for (const [key, { token_created_after: value = '' }] of Object.entries(org_repo_config)) {
    if (Date.parse(value) <= now || Number.isNaN(Date.parse(value))) continue
    const path = ['managed_webhooks', 'org_repo_config', key, 'token_created_after']
    report.error(path, configErrors.TIME_IN_FUTURE({ value }))
  }
}

export const inRepoConfig = object(
  {
    enabled: mapOf(flag({ about: '' }), { leavesOutNulls: true, about: 'By *, org or org/repo.' }),
    allowed_clusters: mapOf(list(text({ about: '' }), { about: '' }), {
      leavesOutNulls: true,
      about: 'Build clusters that jobs in repositories may name, by *, org or org/repo; "*" is [default] when not set.',
    }),
  },
  { about: 'Jobs that lie in the repositories that they test.' },
)

/** The section with what holds for all repositories; a list that is there, even an empty one, stays. */
export const finishInRepoConfig = (given: Infer<typeof inRepoConfig>): Infer<typeof inRepoConfig> => ({
  ...given,
  allowed_clusters: { '*': ['default'], ...given.allowed_clusters },
})

const trigger = {
  topics: texts('Subscriptions.'),
  allowed_clusters: texts('Build clusters that its jobs may name; * is all.'),
  max_outstanding_messages: whole({ about: 'Messages at a time; 0 is 10.' }),
}

export const pubsub = {
  pubsub_subscriptions: deprecated(
    optional(mapOf(texts(''), { about: 'Subscriptions by project.' })),
    'use pubsub_triggers',
  ),
  pubsub_triggers: list(object({ project: text({ about: 'Project of Google Cloud.' }), ...trigger }), {
    about: 'Subscriptions whose messages start jobs.',
  }),
}

type Triggers = Infer<(typeof pubsub)['pubsub_triggers']>

/** Brings the older form into the newer one. */
export function finishPubsub(
  older: Readonly<Record<string, readonly string[]>> | undefined,
  newer: Triggers,
  report: Report,
): Triggers {
  if (older && newer.length > 0) {
    report.error(['pubsub_triggers'], configErrors.EXCLUSIVE({ fields: ['pubsub_subscriptions', 'pubsub_triggers'] }))
  }
  const brought = Object.entries(older ?? {}).map(([project, topics]) => ({
    ...{ project, topics: [...topics], allowed_clusters: ['*'], max_outstanding_messages: 0 },
  }))
  return [...newer, ...brought].map((each) => ({
    ...each,
    max_outstanding_messages: each.max_outstanding_messages || 10,
  }))
}

export const pipeline = object(
  { allow_concurrent_postsubmit_jobs: flag({ about: 'Postsubmits of one job may overlap.' }) },
  { about: 'Jobs of Tekton.' },
)

export const moonraker = object(
  { client_timeout: duration({ default: '10m', about: 'Longest time of a request to it.' }) },
  { about: 'The server of in-repository configuration.' },
)
