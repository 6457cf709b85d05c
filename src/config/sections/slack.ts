// slack_reporter_configs: which results are told to which channel.
import { mapOf, object, optional } from '../collections.ts'
import { configErrors } from '../errors.ts'
import { flag, type Infer, text } from '../fields.ts'
import type { Report } from '../report.ts'

import type { Path } from '../yaml.ts'
import { maybeText, maybeTexts, texts } from './shorthands.ts'
import { checkOnEmptyJob } from './templates.ts'

// What jobs may say themselves, too.
const slackFields = {
  host: maybeText('Key of the token.'),
  channel: maybeText('Channel.'),
  job_states_to_report: maybeTexts('States; an empty list is none.'),
  report_template: maybeText('Go template of the message, about a ProwJob.'),
  report: optional(flag({ about: 'Report at all.' })),
}

export const slackReporters = mapOf(
  object({
    ...slackFields,
    channel: text({ about: 'Channel; needed.' }),
    job_types_to_report: texts('Types of jobs.'),
    job_states_to_report: texts('States.'),
    report_template: text({
      default:
        'Job {{.Spec.Job}} of type {{.Spec.Type}} ended with state {{.Status.State}}. <{{.Status.URL}}|View logs>',
      about: 'Go template of the message, about a ProwJob; it must work with an empty one.',
    }),
  }),
  { about: 'Messages to Slack, by *, org or org/repo.' },
)

/** Checks one entry. */
export function checkSlack(
  { channel, report_template }: Infer<typeof slackReporters>[string],
  at: Path,
  report: Report,
) {
  if (channel === '') report.error(at, configErrors.MISSING({ field: 'channel' }))
  checkOnEmptyJob(report_template, [...at, 'report_template'], report)
}
