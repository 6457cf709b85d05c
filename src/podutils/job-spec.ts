// JOB_SPEC: reads what the Pod knows about its run.
import type { JobSpec } from '../api/pod-utilities.ts'
import { check, OptionsError } from './options.ts'
import type { World } from './world.ts'

/** Throws OptionsError when the variable is missing or malformed. */
export function readJobSpec(world: Pick<World, 'env'>): JobSpec {
  const text = world.env.JOB_SPEC
  if (text === undefined) throw new OptionsError('$JOB_SPEC unset')
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    throw new OptionsError(`malformed $JOB_SPEC: ${error instanceof Error ? error.message : String(error)}`)
  }
  return check<JobSpec>(
    parsed,
    {
      type: 'text',
      job: 'text',
      buildid: 'text',
      prowjobid: 'text',
      refs: 'object',
      extra_refs: 'objects',
      decoration_config: 'object',
    },
    '$JOB_SPEC',
  )
}
