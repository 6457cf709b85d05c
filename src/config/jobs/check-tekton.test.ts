// Task refs of Tekton pipelines. One row per rule.
import { expect, test } from 'vitest'
import { errorsIn } from '../testing/texts.ts'

const job = (kind: string, refs: readonly string[], extraRefs: number) =>
  `{name: j, agent: tekton-pipeline, extra_refs: [${Array(extraRefs).fill('{org: o, repo: r}').join(', ')}], ${kind}: {pipelineSpec: {tasks: [{taskSpec: {}}, ${refs.map((name) => `{taskRef: {name: ${name}}}`).join(', ')}]}}}`
const periodic = (...given: Parameters<typeof job>) => `periodics: [${job(...given).replace('{', '{interval: 1h, ')}]`
const presubmit = (...given: Parameters<typeof job>) => `presubmits: {o/r: [${job(...given)}]}`

test.each<[why: string, jobs: string, isWrong: boolean]>([
  ['no refs at all', periodic('pipeline_run_spec', [], 0), false],
  ['the change of a presubmit', presubmit('pipeline_run_spec', ['PROW_IMPLICIT_GIT_REF'], 0), false],
  ['the change of a periodic', periodic('pipeline_run_spec', ['PROW_IMPLICIT_GIT_REF'], 0), true],
  ['every extra ref', periodic('pipeline_run_spec', ['PROW_EXTRA_GIT_REF_1', 'PROW_EXTRA_GIT_REF_0'], 2), false],
  ['an unused one', periodic('pipeline_run_spec', ['PROW_EXTRA_GIT_REF_1'], 2), true],
  ['one too many', periodic('pipeline_run_spec', ['PROW_EXTRA_GIT_REF_0'], 0), true],
  ['leading zeros', periodic('pipeline_run_spec', ['PROW_EXTRA_GIT_REF_00'], 1), true],
])('%s', (_why, jobs, isWrong) => {
  const kind = jobs.startsWith('periodics') ? 'periodics' : 'presubmits["o/r"]'
  expect(errorsIn({ jobs })).toEqual(isWrong ? [`TEKTON_REFS ${kind}[0].pipeline_run_spec.pipelineSpec.tasks`] : [])
})

test('the newer form goes first', () => {
  const jobs = periodic('pipeline_run_spec', [], 0).replace(
    'pipeline_run_spec: {pipelineSpec',
    'tekton_pipeline_run_spec: {v1beta1: {pipelineSpec: {tasks: [{taskRef: {name: PROW_EXTRA_GIT_REF_0}}]}}}, pipeline_run_spec: {pipelineSpec',
  )
  expect(errorsIn({ jobs })).toEqual(['TEKTON_REFS periodics[0].tekton_pipeline_run_spec.v1beta1.pipelineSpec.tasks'])
})
