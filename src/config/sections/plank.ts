// plank: how Pods are made, how long they may take, and how many run.
import { jobTypes } from '../../api/prowjob.ts'
import { list, mapOf, object, optional } from '../collections.ts'
import { configErrors } from '../errors.ts'
import { duration, flag, type Infer, text, whole } from '../fields.ts'
import { valueFindings } from '../jobs/check-decoration.ts'
import { decorationConfig } from '../jobs/decoration-fields.ts'
import { goUrlError } from '../jobs/go-url.ts'
import type { Report } from '../report.ts'
import { checkJobTemplate } from '../templates/job-template.ts'
import type { PlankConfig } from '../types.ts'
import type { Path } from '../yaml.ts'
import { checkController, controllerFields } from './jenkins.ts'

/** The section as it stands in a file. */
export const plank = object(
  {
    ...controllerFields,
    pod_pending_timeout: duration({ default: '10m', about: 'A Pod that has not started after this is given up.' }),
    pod_running_timeout: duration({ default: '48h', about: 'A Pod that still runs after this is given up.' }),
    pod_unscheduled_timeout: duration({ default: '5m', about: 'A Pod without a node after this is given up.' }),
    max_revivals: whole({ default: 3, about: 'New Pods for one run after evictions and the like; 0 is none.' }),
    default_decoration_configs: optional(
      mapOf(decorationConfig, { about: 'Older form of the next setting; key: *, org or org/repo.' }),
    ),
    default_decoration_config_entries: optional(
      list(
        object({
          repo: optional(text({ about: 'Org or org/repo; empty and * are all.' })),
          cluster: optional(text({ about: 'Build cluster; empty and * are all.' })),
          config: decorationConfig,
        }),
        { about: 'Decoration that jobs inherit; later entries win.' },
      ),
    ),
    job_url_prefix_config: mapOf(text({ about: '' }), { about: 'Base of job URLs; key: *, org or org/repo.' }),
    jobURLPrefixDisableAppendStorageProvider: flag({ about: 'Leave gs or s3 out of job URLs.' }),
    job_queue_capacities: mapOf(whole({ about: '' }), {
      about: 'Runs at a time per queue; 0 blocks, a negative number is no limit.',
    }),
    build_cluster_status_file: optional(
      text({ about: 'URL of a JSON object in a bucket, written each minute: which build clusters can be used.' }),
    ),
  },
  { about: 'How Pods are made and how long they may take.' },
)

/** Checks the section and brings older forms into the newer ones. */
export function finishPlank(given: Infer<typeof plank>, at: Path, report: Report): PlankConfig {
  const {
    report_template,
    default_decoration_configs: older,
    default_decoration_config_entries: entries,
    ...rest
  } = given
  const exclusive = (a: string, b: string) => report.error([...at, b], configErrors.EXCLUSIVE({ fields: [a, b] }))
  if (older && entries) exclusive('default_decoration_configs', 'default_decoration_config_entries')
  if (report_template && given.report_templates['*']) exclusive('report_template', 'report_templates')
  checkController(given, at, report)
  for (const [key, value] of Object.entries(given.job_url_prefix_config)) {
    const why = goUrlError(value)
    if (why !== undefined) report.error([...at, 'job_url_prefix_config', key], configErrors.URL({ value, why }))
  }
  checkTemplates(given, at, report)
  return {
    ...rest,
    max_goroutines: given.max_goroutines || 20,
    report_templates: { ...(report_template && { '*': report_template }), ...given.report_templates },
    default_decoration_config_entries: checkedEntries(
      entries?.map((entry, index) => ({ entry, path: ['default_decoration_config_entries', index, 'config'] })) ??
        entriesOf(older ?? {}),
      at,
      report,
    ),
  }
}

type Entry = PlankConfig['default_decoration_config_entries'][number]

/** Reports what is wrong for all jobs once, and leaves it out, so that it is not told again for each of them. */
function checkedEntries(
  entries: readonly { readonly entry: Entry; readonly path: Path }[],
  at: Path,
  report: Report,
): readonly Entry[] {
  return entries.map(({ entry, path }) => {
    const findings = valueFindings(entry.config)
    for (const { at: field, finding } of findings) report.error([...at, ...path, ...field], finding)
    if (findings.length === 0) return entry
    const { bucket: _, path_prefix: __, mediaTypes: ___, ...rest } = entry.config.gcs_configuration ?? {}
    return { ...entry, config: { ...entry.config, gcs_configuration: { ...rest, path_strategy: 'explicit' } } }
  })
}

function checkTemplates(given: Infer<typeof plank>, at: Path, report: Report): void {
  const { job_url_template, report_template, report_templates } = given
  if (job_url_template !== '') checkJobTemplate(job_url_template, jobTypes, [...at, 'job_url_template'], report)
  // Only presubmits have comments.
  for (const [key, template] of Object.entries(report_templates)) {
    checkJobTemplate(template, ['presubmit'], [...at, 'report_templates', key], report)
  }
  if (!report_template) return
  const field = [...at, 'report_template']
  checkJobTemplate(report_template, ['presubmit'], field, report)
  report.warn(field, configErrors.DEPRECATED({ field: 'report_template', instead: 'use report_templates["*"]' }))
}

/** Keys of the older map in the order in which they lie over each other: everything, orgs, repositories. */
export function layeredKeys(keys: readonly string[]): readonly string[] {
  const rank = (key: string) => (key === '' ? 0 : key === '*' ? 1 : key.includes('/') ? 3 : 2)
  return [...keys].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
}

const entriesOf = (older: NonNullable<Infer<typeof plank>['default_decoration_configs']>) =>
  layeredKeys(Object.keys(older)).map((repo) => ({
    entry: { repo, config: older[repo] ?? {} },
    path: ['default_decoration_configs', repo],
  }))
