// jenkins_operators: the older controllers of jobs that Jenkins runs.
import { deprecated, list, mapOf, object, optional } from '../collections.ts'
import { configErrors } from '../errors.ts'
import { type Infer, text, whole } from '../fields.ts'
import { selectorError } from '../label-selector.ts'
import type { Report } from '../report.ts'
import { checkJenkinsUrl, checkSyntax } from './templates.ts'

/** What plank and the operators of Jenkins have in common. */
export const controllerFields = {
  job_url_template: text({ about: 'Go template of the URL of runs that no job URL prefix applies to.' }),
  report_template: optional(text({ about: 'Older form of report_templates["*"].' })),
  report_templates: mapOf(text({ about: '' }), {
    about: 'Go templates put at the end of the comment on failures; key: *, org or org/repo.',
  }),
  max_concurrency: whole({ about: 'Runs at a time; 0 is no limit.' }),
  max_goroutines: whole({ default: 20, about: 'ProwJobs worked on at a time.' }),
}

export const jenkinsOperators = list(
  object({
    ...controllerFields,
    report_template: deprecated(controllerFields.report_template, 'use report_templates["*"]'),
    label_selector: text({ about: 'ProwJobs of this operator; empty is all, which is right for a single operator.' }),
  }),
  { about: 'Controllers of jobs of Jenkins.' },
)

/** Checks numbers that controllers have in common. */
export function checkController(
  given: { readonly max_concurrency: number; readonly max_goroutines: number },
  at: readonly (string | number)[],
  report: Report,
): void {
  const { max_concurrency: concurrency, max_goroutines: workers } = given
  if (concurrency < 0) report.error([...at, 'max_concurrency'], configErrors.NEGATIVE({ value: concurrency }))
  if (workers < 0) report.error([...at, 'max_goroutines'], configErrors.NOT_POSITIVE({ value: workers }))
}

/** Checks the section. */
export function checkJenkins(operators: Infer<typeof jenkinsOperators>, report: Report): void {
  for (const [index, operator] of operators.entries()) {
    const at = ['jenkins_operators', index]
    const { label_selector: selector } = operator
    checkController(operator, at, report)
    if (operator.report_template && operator.report_templates['*']) {
      report.error(at, configErrors.EXCLUSIVE({ fields: ['report_template', 'report_templates'] }))
    }
    checkJenkinsUrl(operator.job_url_template, [...at, 'job_url_template'], report)
    if (operator.report_template) checkSyntax(operator.report_template, [...at, 'report_template'], report)
    for (const [key, template] of Object.entries(operator.report_templates)) {
      checkSyntax(template, [...at, 'report_templates', key], report)
    }
    const why = selectorError(selector)
    const wrong =
      why ??
      (operators.length === 1 && selector !== ''
        ? 'a single operator takes all jobs of Jenkins, so it must have no selector'
        : operators.length > 1 && selector === ''
          ? 'each of several operators needs a selector'
          : undefined)
    if (wrong !== undefined) {
      report.error([...at, 'label_selector'], configErrors.SELECTOR({ value: selector, why: wrong }))
    }
  }
}
