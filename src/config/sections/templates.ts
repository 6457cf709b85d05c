// Templates that are checked while a configuration is loaded, apart from those of job URLs and comments.
import type { ProwJob } from '../../api/prowjob.ts'
import { configErrors } from '../errors.ts'
import { type Field, text } from '../fields.ts'
import type { Report } from '../report.ts'
import { TemplateError } from '../templates/errors.ts'
import type { GoValue } from '../templates/go-values.ts'
import { htmlTemplate } from '../templates/html.ts'
import { goView } from '../templates/prowjob-view.ts'
import { replace } from '../templates/replace.ts'
import { fullJob } from '../templates/samples.ts'
import { compileTemplate, templateWith } from '../templates/template.ts'
import type { Path } from '../yaml.ts'

/** A template that upstream looks at only when it uses it: one that is none, or names what no data has, is warned of. */
function lateTemplate(
  options: { about: string; default?: string },
  check: (source: string) => void,
): Field<string, false> {
  const field = text(options)
  return {
    ...field,
    type: 'Go template',
    read: (value, path, report) => {
      const source = field.read(value, path, report)
      checkLate(() => check(source), path, report)
      return source
    },
  }
}

/** A message about a ProwJob that a job brings itself. */
export const lateJobTemplate = (options: { about: string }): Field<string, false> =>
  lateTemplate(options, (source) => compileTemplate(source).check(goView(fullJob('presubmit'))))

/** A template of HTML, about data like these. */
export const lateHtml = (options: { about: string; default?: string }, sample: GoValue): Field<string, false> =>
  lateTemplate(options, (source) => htmlTemplate(source).check(sample))

/** Warns of a template of HTML that cannot be parsed. */
export const checkHtmlLate = (source: string, path: Path, report: Report): void =>
  checkLate(() => htmlTemplate(source), path, report)

function checkLate(act: () => unknown, path: Path, report: Report): void {
  try {
    act()
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    // With other data it may work.
    if (error.kind !== 'data') report.warn(path, configErrors.TEMPLATE_LATE({ why: error.message }))
  }
}

/** Reports a template that cannot be parsed. */
export const checkSyntax = (source: string, path: Path, report: Report): void =>
  check(() => compileTemplate(source), path, report)

/** The same of the URL of a job of Jenkins, which may replace parts of texts. */
export const checkJenkinsUrl = (source: string, path: Path, report: Report): void =>
  check(() => templateWith(source, { replace }), path, report)

/** A ProwJob without any content. */
export const emptyJob: ProwJob = {
  apiVersion: 'prow.k8s.io/v1',
  kind: 'ProwJob',
  metadata: { name: '' },
  spec: { type: 'periodic', job: '' },
  status: { state: 'triggered' },
}

/** Reports a template that fails for a ProwJob without any content: upstream refuses it. */
export const checkOnEmptyJob = (source: string, path: Path, report: Report): void =>
  check(() => compileTemplate(source).render(goView(emptyJob)), path, report)

function check(act: () => unknown, path: Path, report: Report): void {
  try {
    act()
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    report.error(path, configErrors.TEMPLATE_SYNTAX({ why: error.message }))
  }
}
