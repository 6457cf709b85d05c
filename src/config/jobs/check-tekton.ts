// What a Tekton pipeline says about the code that is cloned for it, held against the job's refs.
import { configErrors } from '../errors.ts'
import { asMap } from '../fields.ts'
import type { JobBase } from '../types.ts'
import type { JobFinding } from './check-job.ts'

type Job = JobBase & { readonly type: string }

const extraRef = /PROW_EXTRA_GIT_REF_(\d+)/

/** The first thing that is wrong with the task refs of an inline pipeline. Tasks without a ref name no code. */
export function tektonFindings(job: Job): readonly JobFinding[] {
  const [at, spec] = job.tekton_pipeline_run_spec?.v1beta1
    ? [['tekton_pipeline_run_spec', 'v1beta1'], job.tekton_pipeline_run_spec.v1beta1]
    : [['pipeline_run_spec'], job.pipeline_run_spec]
  const tasks = asMap(asMap(spec)?.pipelineSpec)?.tasks
  if (!Array.isArray(tasks)) return []
  const names = tasks.map((task) => String(asMap(asMap(task)?.taskRef)?.name ?? ''))
  const why = wrongWith(names, job)
  const path = [...at, 'pipelineSpec', 'tasks']
  return why === undefined ? [] : [{ at: path, finding: configErrors.TEKTON_REFS({ why }) }]
}

function wrongWith(names: readonly string[], { type, extra_refs: { length: refs } = [] }: Job): string | undefined {
  if (type === 'periodic' && names.includes('PROW_IMPLICIT_GIT_REF')) {
    return 'a periodic is for no change, so there is no PROW_IMPLICIT_GIT_REF'
  }
  const indexes = names.flatMap((name) => extraRef.exec(name)?.[1] ?? [])
  const padded = indexes.find((index) => index !== String(Number(index)))
  if (padded !== undefined) return `the index in PROW_EXTRA_GIT_REF_${padded} must have no leading zeros`
  const beyond = indexes.find((index) => Number(index) >= refs)
  if (beyond !== undefined) return `there are ${refs} extra_refs, so there is no PROW_EXTRA_GIT_REF_${beyond}`
  const unused = Array.from({ length: refs }, (_, index) => String(index)).find((index) => !indexes.includes(index))
  return unused === undefined ? undefined : `extra_refs[${unused}] is not used: name PROW_EXTRA_GIT_REF_${unused}`
}
