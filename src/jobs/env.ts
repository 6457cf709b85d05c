// The environment of a test: which job, which build, which code. People's scripts read these names.
import type { ProwJob, Refs } from '../api/prowjob.ts'
import { CannotBuildPod } from './errors.ts'
import { goJson } from './go-json.ts'
import { refsText, withoutScheme } from './refs.ts'
import { jobSpec } from './wire.ts'

export type Environment = Readonly<Record<string, string>>

/**
 * The variables that a run gets, without those of decoration. Throws CannotBuildPod when the run lacks the refs or pull
 * requests that its type promises, or when its decoration cannot be written down.
 */
export function environmentFor(job: ProwJob, buildId: string): Environment {
  const { spec } = job
  const env = {
    CI: 'true',
    JOB_NAME: spec.job,
    JOB_TYPE: spec.type,
    JOB_SPEC: jobSpecText(job, buildId),
    BUILD_ID: buildId,
    PROW_JOB_ID: job.metadata.name ?? '',
    ...(spec.agent === 'kubernetes' && { BUILD_NUMBER: buildId }),
  }
  if (spec.type === 'periodic') return env
  if (spec.refs === undefined) throw new CannotBuildPod(spec.job, `a ${spec.type} needs refs, and this one has none`)
  const withRepo = { ...env, ...repoEnvironment(spec.refs) }
  if (spec.type !== 'presubmit') return withRepo
  const pull = spec.refs.pulls?.[0]
  if (pull === undefined) throw new CannotBuildPod(spec.job, 'a presubmit needs a pull request, and its refs name none')
  return {
    ...withRepo,
    PULL_NUMBER: String(pull.number),
    PULL_PULL_SHA: pull.sha,
    PULL_HEAD_REF: pull.head_ref ?? '',
    PULL_TITLE: pull.title ?? '',
  }
}

/** JOB_SPEC: the run as one JSON object, byte for byte what upstream writes. Throws CannotBuildPod. */
export function jobSpecText(job: ProwJob, buildId: string): string {
  try {
    return goJson(jobSpec(job.metadata.name ?? '', job.spec, buildId))
  } catch (error) {
    throw new CannotBuildPod(job.spec.job, `its decoration is malformed: ${(error as Error).message}`)
  }
}

function repoEnvironment(refs: Refs): Environment {
  const { host, base } = sourcePlace(refs)
  return {
    REPO_OWNER: refs.org,
    REPO_NAME: refs.repo,
    SRC_HOST: host,
    SRC_BASE: base,
    PULL_BASE_REF: refs.base_ref ?? '',
    PULL_BASE_SHA: refs.base_sha ?? '',
    PULL_REFS: refsText(refs),
  }
}

/** Host and rest of the checkout path; an alias without a slash is a host only, and the rest stays org/repo. */
function sourcePlace(refs: Refs): { host: string; base: string } {
  const base = `${refs.org}/${refs.repo}`
  const place = refs.path_alias || (refs.repo_link ? withoutScheme(refs.repo_link) : `github.com/${base}`)
  const slash = place.indexOf('/')
  return slash < 0 ? { host: place, base } : { host: place.slice(0, slash), base: place.slice(slash + 1) }
}
