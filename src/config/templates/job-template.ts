// Templates over ProwJobs: job URLs and what is put below comments.
import { type JobType, jobTypes, type ProwJob } from '../../api/prowjob.ts'
import { configErrors } from '../errors.ts'
import type { Report } from '../report.ts'
import type { Path } from '../yaml.ts'
import { TemplateError } from './errors.ts'
import { goView } from './prowjob-view.ts'
import { fullJob, typicalJobs } from './samples.ts'
import { compileTemplate } from './template.ts'

/** The output of a template for a job. Throws TemplateError. */
export const renderForJob = (template: string, job: ProwJob): string => compileTemplate(template).render(goView(job))

/**
 * Reports a template that cannot be parsed, or that names what no ProwJob has. A template that fails for ordinary jobs of
 * some of the given types is only warned of: upstream takes it, and there may be no such jobs.
 */
export function checkJobTemplate(source: string, types: readonly JobType[], path: Path, report: Report): void {
  const refused = problem(() => {
    const template = compileTemplate(source)
    for (const type of jobTypes) {
      const why = problem(() => template.check(goView(fullJob(type))))
      if (why?.kind === 'program') throw why
    }
  })
  if (refused !== undefined) {
    report.error(path, configErrors.TEMPLATE({ why: refused.message }))
    return
  }
  for (const type of types) {
    const failed = problem(() => renderForJob(source, typicalJobs[type]))
    if (failed === undefined) continue
    report.warn(path, configErrors.TEMPLATE_FAILS({ type, why: failed.message }))
    return
  }
}

function problem(act: () => unknown): TemplateError | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    if (error instanceof TemplateError) return error
    throw error
  }
}
