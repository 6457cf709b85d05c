// Labels and annotations of ProwJobs and their Pods: what kubectl selectors and dashboards find them by.
import * as names from '../api/labels.ts'
import type { ProwJob, ProwJobSpec, Refs } from '../api/prowjob.ts'
import { filedUnder } from './refs.ts'

export interface Metadata {
  readonly labels: Record<string, string>
  readonly annotations: Record<string, string>
}

type Texts = Readonly<Record<string, string>>

/** Bytes that a label value may have. */
const maxValue = 63
const validValue = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/

/**
 * Labels and annotations of a ProwJob; what the caller adds wins over what is computed. A value that Kubernetes would
 * refuse is replaced by its last path segment, or left out when that is no label value either.
 */
export function labelsAndAnnotations(spec: ProwJobSpec, add: { labels?: Texts; annotations?: Texts } = {}): Metadata {
  const context = spec.context ?? ''
  const labels: Record<string, string> = {
    [names.createdByProw]: 'true',
    [names.jobType]: spec.type,
    [names.jobName]: cut(spec.job),
    [names.context]: cut(context),
    ...refsLabels(filedUnder(spec)),
    ...add.labels,
  }
  return {
    labels: validLabels(labels),
    annotations: { [names.jobName]: spec.job, [names.context]: context, ...add.annotations },
  }
}

/** Labels and annotations of the Pod of a ProwJob. */
export const podLabelsAndAnnotations = (job: ProwJob, buildId: string): Metadata =>
  labelsAndAnnotations(job.spec, {
    labels: {
      ...job.metadata.labels,
      [names.prowJobId]: job.metadata.name ?? '',
      [names.buildId]: buildId,
    },
    annotations: job.metadata.annotations ?? {},
  })

function refsLabels(refs: Refs | undefined): Texts {
  if (refs === undefined) return {}
  const first = refs.pulls?.[0]
  return {
    [names.org]: refs.org,
    [names.repo]: refs.repo,
    [names.baseRef]: refs.base_ref ?? '',
    ...(first === undefined ? {} : { [names.pull]: String(first.number) }),
  }
}

function cut(value: string): string {
  if (Buffer.byteLength(value) <= maxValue) return value
  return Buffer.from(value)
    .subarray(0, maxValue)
    .toString()
    .replace(/[-._]+$/, '')
}

/** Whether Kubernetes takes the text as the value of a label. */
const isLabelValue = (value: string): boolean => value.length <= maxValue && validValue.test(value)

/** A value as a label can hold it: itself, else its last path segment, else undefined. Selectors must ask for the same. */
export function labelValue(value: string): string | undefined {
  if (isLabelValue(value)) return value
  const base = value.replace(/\/+$/, '').split('/').at(-1) ?? ''
  return base !== '' && isLabelValue(base) ? base : undefined
}

function validLabels(labels: Texts): Record<string, string> {
  const valid: Record<string, string> = {}
  for (const [key, value] of Object.entries(labels)) {
    const kept = labelValue(value)
    if (kept !== undefined) valid[key] = kept
  }
  return valid
}
