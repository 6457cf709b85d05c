// Templates that are checked while a configuration is loaded, apart from those of job URLs and comments.
import type { ProwJob } from '../../api/prowjob.ts'
import { configErrors } from '../errors.ts'
import type { Report } from '../report.ts'
import { TemplateError } from '../templates/errors.ts'
import { goView } from '../templates/prowjob-view.ts'
import { compileTemplate } from '../templates/template.ts'
import type { Path } from '../yaml.ts'

/** Reports a template that cannot be parsed. */
export const checkSyntax = (source: string, path: Path, report: Report): void =>
  check(() => compileTemplate(source), path, report)

const empty: ProwJob = {
  apiVersion: 'prow.k8s.io/v1',
  kind: 'ProwJob',
  metadata: { name: '' },
  spec: { type: 'periodic', job: '' },
  status: { state: 'triggered' },
}

/** Reports a template that fails for a ProwJob without any content: upstream refuses it. */
export const checkOnEmptyJob = (source: string, path: Path, report: Report): void =>
  check(() => compileTemplate(source).render(goView(empty)), path, report)

function check(act: () => unknown, path: Path, report: Report): void {
  try {
    act()
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    report.error(path, configErrors.TEMPLATE_SYNTAX({ why: error.message }))
  }
}
