// The rules of metadata that hold for every kind: names, labels, annotations, finalizers, owners.
import type { ObjectMeta } from '../../api/kubernetes.ts'
import type { ApiObject } from './object.ts'
import { type Cause, invalidValue, required } from './status.ts'

/** How a kind's names have to look. */
export type NameRule = 'subdomain' | 'label'

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const qualifiedName = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/
const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/
const maxAnnotationBytes = 256 * 1024

const labelRule =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character"
const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"

/** What is wrong with a name; undefined when nothing is. */
export function nameProblem(name: string, rule: NameRule): string | undefined {
  const longest = rule === 'label' ? 63 : 253
  if (name.length > longest) return `must be no more than ${longest} characters`
  if (rule === 'label') return label.test(name) ? undefined : labelRule
  return subdomain.test(name) ? undefined : subdomainRule
}

/** What is wrong with a label key or a finalizer: an optional DNS prefix, a slash, a name. */
export function keyProblem(key: string): string | undefined {
  const slash = key.indexOf('/')
  const prefix = slash >= 0 ? key.slice(0, slash) : undefined
  const name = key.slice(slash + 1)
  if (prefix !== undefined && (prefix.length > 253 || !subdomain.test(prefix))) return `prefix part ${subdomainRule}`
  if (name.length > 63) return 'name part must be no more than 63 characters'
  if (!qualifiedName.test(name)) {
    return "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
  }
  return undefined
}

/** What is wrong with a label's value. */
export function labelValueProblem(value: string): string | undefined {
  if (value.length > 63) return 'must be no more than 63 characters'
  return labelValue.test(value)
    ? undefined
    : "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
}

/** Checks the metadata of an object that is to be stored. */
export function validateMeta(meta: ObjectMeta, rule: NameRule): readonly Cause[] {
  const causes: Cause[] = []
  if (!meta.name) causes.push(required('metadata.name', 'name or generateName is required'))
  else {
    const problem = nameProblem(meta.name, rule)
    if (problem) causes.push(invalidValue('metadata.name', meta.name, problem))
  }
  for (const [key, value] of Object.entries(meta.labels ?? {})) {
    const problem = keyProblem(key)
    if (problem) causes.push(invalidValue('metadata.labels', key, problem))
    const valueProblem = labelValueProblem(value)
    if (valueProblem) causes.push(invalidValue('metadata.labels', value, valueProblem))
  }
  let bytes = 0
  for (const [key, value] of Object.entries(meta.annotations ?? {})) {
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value)
    const problem = keyProblem(key.toLowerCase())
    if (problem) causes.push(invalidValue('metadata.annotations', key, problem))
  }
  if (bytes > maxAnnotationBytes) {
    causes.push({
      reason: 'FieldValueTooLong',
      field: 'metadata.annotations',
      message: `Too long: may not be more than ${maxAnnotationBytes} bytes`,
    })
  }
  for (const finalizer of meta.finalizers ?? []) {
    const problem = keyProblem(finalizer)
    if (problem) causes.push(invalidValue('metadata.finalizers', finalizer, problem))
  }
  for (const [index, owner] of (meta.ownerReferences ?? []).entries()) {
    for (const field of ['apiVersion', 'kind', 'name', 'uid'] as const) {
      if (!owner[field])
        causes.push(invalidValue(`metadata.ownerReferences[${index}].${field}`, '', 'must not be empty'))
    }
  }
  return causes
}

/** The metadata of an update: what the server alone decides is taken from the object before, the rest from the client. */
export function metaForUpdate(old: ApiObject, next: ApiObject): ObjectMeta {
  const before = old.metadata
  const kept: ObjectMeta = { ...next.metadata }
  for (const field of [
    'name',
    'namespace',
    'generateName',
    'uid',
    'creationTimestamp',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'generation',
    'resourceVersion',
    'selfLink',
  ] as const) {
    delete kept[field]
  }
  return tidied({
    name: before.name ?? '',
    ...pick(before, 'generateName', 'namespace', 'uid', 'resourceVersion', 'generation', 'creationTimestamp'),
    ...pick(before, 'deletionTimestamp', 'deletionGracePeriodSeconds'),
    ...(before.managedFields ? { managedFields: before.managedFields } : {}),
    ...kept,
  })
}

/** A copy without empty maps and lists, which mean the same as none. */
export function tidied(meta: ObjectMeta): ObjectMeta {
  const copy: ObjectMeta = { ...meta }
  for (const field of ['labels', 'annotations', 'finalizers', 'ownerReferences', 'managedFields'] as const) {
    if (Object.keys(copy[field] ?? {}).length === 0) delete copy[field]
  }
  return copy
}

function pick<K extends keyof ObjectMeta>(meta: ObjectMeta, ...fields: readonly K[]): Partial<Pick<ObjectMeta, K>> {
  const out: Partial<Pick<ObjectMeta, K>> = {}
  for (const field of fields) if (meta[field] !== undefined) out[field] = meta[field]
  return out
}
